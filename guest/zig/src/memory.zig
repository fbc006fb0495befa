//! Buffers that cross the boundary. The host frees each of them, with the length with which it crossed.

const std = @import("std");
const builtin = @import("builtin");
const Arena = @import("arena.zig").Arena;
const no_room = @import("answer.zig").out_of_memory;

const allocator = if (builtin.cpu.arch.isWasm()) std.heap.wasm_allocator else std.heap.page_allocator;

/// Memory for one call.
pub fn arena() Arena {
    return .init(allocator);
}

/// Gets a buffer; null where there is no room.
pub fn alloc(len: usize) callconv(.c) ?[*]u8 {
    return allocator.rawAlloc(len, .@"1", @returnAddress());
}

/// Takes a buffer back.
pub fn free(ptr: ?[*]u8, len: usize) callconv(.c) void {
    const start = ptr orelse return;
    if (len == 0 or start == @as([*]const u8, &no_room)) return;
    allocator.rawFree(start[0..len], .@"1", @returnAddress());
}

/// Hands a copy of the bytes over to the host: address above, length below.
pub fn lend(bytes: []const u8) u64 {
    const lent = if (alloc(bytes.len)) |start| copy: {
        @memcpy(start, bytes);
        break :copy start[0..bytes.len];
    } else &no_room;
    return @as(u64, @intFromPtr(lent.ptr)) << 32 | @as(u64, lent.len);
}
