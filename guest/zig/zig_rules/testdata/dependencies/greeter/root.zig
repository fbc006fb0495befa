//! Greets. Not an @import("comment").
const std = @import("std");
const words = @import("words.zig");
const text =
    \\ @import("in_a_text")
;
pub fn greet(name: []const u8) void {
    std.debug.print("{s} @import(\"in_a_string\"), {s}{c}\n", .{ words.hello, name, '"' });
}
test "greets" {
    greet("you");
}
