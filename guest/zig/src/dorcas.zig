//! Write a Gazelle language in Zig that compiles to a WebAssembly guest for Dorcas: a file with a name and functions,
//! and one line that exports them. `README.md` has a whole guest.
//!
//! Left out on purpose: regular expressions, file access, and a parser for any language. Sources come with the request,
//! in the form that the manifest's inputs ask for.

const std = @import("std");
const builtin = @import("builtin");
pub const message = @import("message.zig");
pub const wire = @import("wire.zig");
const answers = @import("answer.zig");
const memory = @import("memory.zig");

/// For the guest's root file: `pub const panic = dorcas.panic;`. Leaves the text of a panic for the host.
pub const panic = @import("panic.zig").panic;
pub const Call = answers.Call;
pub const Error = answers.Error;

/// The methods: export, function of the language, request, response.
const methods = .{
    .{ "manifest", "manifest", message.ManifestRequest, message.Manifest },
    .{ "setup", "setup", message.SetupRequest, message.Catalogue },
    .{ "scan", "scan", message.ScanRequest, message.ScanResponse },
    .{ "configure", "configure", message.ConfigureRequest, message.ConfigureResponse },
    .{ "fix", "fix", message.FixRequest, message.FixResponse },
    .{ "generate_rules", "generateRules", message.GenerateRequest, message.GenerateResponse },
    .{ "imports", "imports", message.ImportsRequest, message.ImportsResponse },
    .{ "resolve", "resolve", message.ResolveRequest, message.ResolveResponse },
    .{ "find", "find", message.FindRequest, message.FindResponse },
    .{ "finish", "finish", message.FinishRequest, message.FinishResponse },
};

/// Exports a language: a container with `pub const name` and `pub fn generateRules`, and with those of the functions
/// `manifest`, `setup`, `scan`, `configure`, `fix`, `imports`, `resolve`, `find` and `finish` that it wants to be asked.
///
/// Each is a `fn (*Call, Request) Error!Response`. On other targets than WebAssembly nothing is exported and all is
/// compiled, so that `zig test` checks it.
pub fn exportLanguage(comptime language: type) void {
    if (!@hasDecl(language, "generateRules")) @compileError("a language needs a function generateRules");
    inline for (methods) |method| {
        if (@hasDecl(language, method[1])) {
            const Exported = Method(method[0], method[2], method[3], @field(language, method[1]));
            if (builtin.cpu.arch.isWasm()) @export(&Exported.call, .{ .name = method[0] }) else _ = &Exported.call;
        }
    }
    if (builtin.cpu.arch.isWasm()) {
        @export(&memory.alloc, .{ .name = "alloc" });
        @export(&memory.free, .{ .name = "free" });
        @export(&marker, .{ .name = "dorcas_abi_v1" });
        @export(&Name(language.name).call, .{ .name = "lang_name" });
        @export(&@import("panic.zig").text, .{ .name = "dorcas_panic" });
    }
}

fn marker() callconv(.c) void {}

fn Name(comptime name: []const u8) type {
    return struct {
        fn call() callconv(.c) u64 {
            return memory.lend(name);
        }
    };
}

fn Method(comptime name: []const u8, comptime Request: type, comptime Response: type, comptime function: anytype) type {
    return struct {
        fn call(ptr: ?[*]const u8, len: usize) callconv(.c) u64 {
            var arena = memory.arena();
            defer arena.deinit();
            const argument = if (ptr) |start| start[0..len] else "";
            return memory.lend(answers.answer(name, Request, Response, function, arena.allocator(), argument));
        }
    };
}

test {
    _ = answers;
    _ = memory;
    _ = @import("arena.zig");
}
