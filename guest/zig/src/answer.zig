//! From the bytes of a request to the bytes of a reply.

const std = @import("std");
const message = @import("message.zig");
const wire = @import("wire.zig");
const Allocator = std.mem.Allocator;

/// What a method can fail with; `Failed` comes from `Call.fail`.
pub const Error = error{ OutOfMemory, Failed };

/// Codes of errors that the SDK answers with.
const undecodable = 1;
const internal = 3;

/// What a method is given beside its request.
pub const Call = struct {
    /// Everything in it lives until the reply is encoded.
    arena: Allocator,
    failure: ?message.GuestError = null,

    /// Ends the call with an error of the guest's own: a code from 1000 on, and a message of at most 4,096 bytes.
    pub fn fail(self: *Call, code: u32, comptime format: []const u8, values: anytype) Error {
        self.failure = .{ .code = code, .message = try std.fmt.allocPrint(self.arena, format, values) };
        return error.Failed;
    }
};

/// Where there is no memory for a better reply.
pub const out_of_memory = [_]u8{ 1, internal, 13 } ++ "out of memory".*;

/// Decodes a request, has it answered, and encodes the reply. It is in `arena`, or constant.
pub fn answer(
    comptime name: []const u8,
    comptime Request: type,
    comptime Response: type,
    comptime function: fn (*Call, Request) Error!Response,
    arena: Allocator,
    argument: []const u8,
) []const u8 {
    const Reply = message.Reply(Response);
    var call: Call = .{ .arena = arena };
    const reply: Reply = reply: {
        const request = wire.decode(Request, arena, argument) catch |fault| break :reply .{ .err = switch (fault) {
            error.OutOfMemory => return &out_of_memory,
            else => |broken| .{ .code = undecodable, .message = breach("the request of `" ++ name ++ "`", broken) },
        } };
        const response = function(&call, request) catch |failure| switch (failure) {
            error.OutOfMemory => return &out_of_memory,
            error.Failed => break :reply .{ .err = call.failure orelse .{
                .code = internal,
                .message = "`" ++ name ++ "` failed without saying why",
            } },
        };
        break :reply .{ .ok = response };
    };
    return wire.encode(Reply, arena, &reply) catch |fault| switch (fault) {
        error.OutOfMemory => &out_of_memory,
        else => |broken| {
            const refusal: Reply = .{ .err = .{
                .code = internal,
                .message = breach("what `" ++ name ++ "` answered", broken),
            } };
            return wire.encode(Reply, arena, &refusal) catch &out_of_memory;
        },
    };
}

/// All sentences are there at compile time: none has to be put together.
fn breach(comptime what: []const u8, fault: wire.Fault) []const u8 {
    return switch (fault) {
        inline else => |broken| what ++ " breaks the schema (" ++ comptime wire.clause(broken) ++ ")",
    };
}

const testing = std.testing;

const Answered = struct {
    arena: std.heap.ArenaAllocator,
    reply: message.Reply(message.GenerateResponse),
};

fn answered(comptime function: anytype, argument: []const u8) !Answered {
    var arena: std.heap.ArenaAllocator = .init(testing.allocator);
    errdefer arena.deinit();
    const bytes = answer("generate_rules", message.GenerateRequest, message.GenerateResponse, function, arena.allocator(), argument);
    const reply = try wire.decode(message.Reply(message.GenerateResponse), arena.allocator(), bytes);
    return .{ .arena = arena, .reply = reply };
}

fn expectError(comptime function: anytype, argument: []const u8, code: u32, text: []const u8) !void {
    var result = try answered(function, argument);
    defer result.arena.deinit();
    try testing.expectEqual(code, result.reply.err.code);
    try testing.expectEqualStrings(text, result.reply.err.message);
}

const empty_request: [10]u8 = @splat(0);

const functions = struct {
    fn unsorted(_: *Call, _: message.GenerateRequest) Error!message.GenerateResponse {
        return .{ .rels_to_index = &.{ "b", "a" } };
    }
    fn refusal(call: *Call, _: message.GenerateRequest) Error!message.GenerateResponse {
        return call.fail(1000, "no {s}, thanks", .{"rules"});
    }
    fn hungry(_: *Call, _: message.GenerateRequest) Error!message.GenerateResponse {
        return error.OutOfMemory;
    }
};

test "a request that is none" {
    try expectError(functions.unsorted, &.{0xff}, 1, "the request of `generate_rules` breaks the schema (wire.exact)");
}

test "no bytes are no request" {
    try expectError(functions.unsorted, "", 1, "the request of `generate_rules` breaks the schema (wire.exact)");
}

test "a response out of order is an error and not a trap" {
    try expectError(functions.unsorted, &empty_request, 3, "what `generate_rules` answered breaks the schema (wire.sorted)");
}

test "an error of the guest's own" {
    try expectError(functions.refusal, &empty_request, 1000, "no rules, thanks");
}

test "no memory" {
    try expectError(functions.hungry, &empty_request, 3, "out of memory");
}
