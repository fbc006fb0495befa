//! A Gazelle language for rules_zig: `zig_library`, `zig_binary` and `zig_test` from what sources `@import`.

const dorcas = @import("dorcas");
const message = dorcas.message;
const Call = dorcas.Call;
const Error = dorcas.Error;

pub const panic = dorcas.panic;
comptime {
    dorcas.exportLanguage(@This());
}

pub const name = "zig";
pub const generateRules = @import("generate.zig").generateRules;
pub const imports = @import("resolve.zig").imports;
pub const resolve = @import("resolve.zig").resolve;

pub fn manifest(_: *Call, _: message.ManifestRequest) Error!message.Manifest {
    const kinds = comptime kinds: {
        var kinds: [symbols.len]message.Kind = undefined;
        for (&kinds, symbols) |*kind, symbol| kind.* = .{
            .name = symbol,
            .match_attrs = &.{"main"},
            .non_empty_attrs = &.{"main"},
            .mergeable_attrs = &.{ "main", "srcs" },
            .resolve_attrs = &.{"deps"},
        };
        // It is never generated. Rules that somebody wrote can be imported all the same.
        kinds[1] = .{ .name = symbols[1], .non_empty_attrs = &.{"cdeps"} };
        break :kinds kinds;
    };
    return .{
        .version = "0.1.0",
        .kinds = &kinds,
        .loads = &.{.{ .module = "rules_zig", .repo = "rules_zig", .file = "//zig:defs.bzl", .symbols = &symbols }},
        .inputs = &.{.{ .glob = "*.zig", .want = .{ .matches = &@import("source.zig").patterns }, .methods = .{ .generate_rules = true } }},
    };
}

const symbols = [_][]const u8{ "zig_binary", "zig_c_library", "zig_library", "zig_test" };

test {
    _ = @import("source.zig");
    _ = @import("generate.zig");
    _ = @import("resolve.zig");
    _ = @import("text.zig");
}
