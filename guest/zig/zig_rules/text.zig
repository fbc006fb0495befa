//! What the guest does with short texts, in few instructions.
//!
//! The functions of the standard library are made for long ones: fuel is charged for a function as a whole, and theirs have
//! a way for each length.

const std = @import("std");

/// Whether two texts are the same.
pub fn same(a: []const u8, b: []const u8) bool {
    return a.len == b.len and sameBytes(a.ptr, b.ptr, a.len);
}

pub fn startsWith(text: []const u8, start: []const u8) bool {
    return text.len >= start.len and sameBytes(text.ptr, start.ptr, start.len);
}

pub fn endsWith(text: []const u8, end: []const u8) bool {
    return text.len >= end.len and sameBytes(text.ptr + (text.len - end.len), end.ptr, end.len);
}

noinline fn sameBytes(a: [*]const u8, b: [*]const u8, len: usize) bool {
    for (a[0..len], b[0..len]) |x, y| if (x != y) return false;
    return true;
}

/// A set of texts.
pub const Set = std.HashMapUnmanaged([]const u8, void, struct {
    /// FNV-1a: the names of rules are short, and whoever chooses them could choose others.
    pub fn hash(_: @This(), text: []const u8) u64 {
        var state: u32 = 0x811c9dc5;
        for (text) |byte| state = (state ^ byte) *% 0x01000193;
        // The map takes its place from the low bits and a tag from the high ones.
        return @as(u64, state) << 32 | state;
    }

    pub fn eql(_: @This(), a: []const u8, b: []const u8) bool {
        return same(a, b);
    }
}, std.hash_map.default_max_load_percentage);

test "texts that are the same, begin and end alike" {
    try std.testing.expect(same("ab", "ab") and same("", "") and !same("ab", "ac") and !same("ab", "a"));
    try std.testing.expect(startsWith("test_a", "test_") and !startsWith("test", "test_") and startsWith("a", ""));
    try std.testing.expect(endsWith("a_test", "_test") and !endsWith("test", "_test") and endsWith("a", ""));
}

test "a set knows what was put into it" {
    var set: Set = .empty;
    defer set.deinit(std.testing.allocator);
    for ([_][]const u8{ "a", "b", "a", "" }) |text| try set.put(std.testing.allocator, text, {});
    try std.testing.expectEqual(3, set.count());
    try std.testing.expect(set.contains("") and !set.contains("c"));
}
