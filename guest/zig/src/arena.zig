//! Memory for one call: values one after the other, all given back at its end.
//!
//! The arena of the standard library is made for several threads, and takes ten times the instructions for a value.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Alignment = std.mem.Alignment;

pub const Arena = struct {
    parent: Allocator,
    /// The block that values are cut from, and behind its head the one before.
    block: ?*Block = null,
    /// What is left of the block.
    next: usize = 0,
    end: usize = 0,

    const Block = struct { before: ?*Block, len: usize };

    /// Together with what `std.heap.wasm_allocator` keeps for itself a power of two, which it rounds up to.
    const first_len = (16 << 10) - @sizeOf(usize);

    pub fn init(parent: Allocator) Arena {
        return .{ .parent = parent };
    }

    pub fn deinit(self: *Arena) void {
        var block = self.block;
        while (block) |last| {
            block = last.before;
            self.parent.rawFree(@as([*]u8, @ptrCast(last))[0..last.len], .of(Block), @returnAddress());
        }
        self.* = undefined;
    }

    pub fn allocator(self: *Arena) Allocator {
        return .{ .ptr = self, .vtable = &.{ .alloc = get, .resize = resize, .remap = remap, .free = free } };
    }

    fn get(context: *anyopaque, len: usize, alignment: Alignment, _: usize) ?[*]u8 {
        const self: *Arena = @ptrCast(@alignCast(context));
        const start = alignment.forward(self.next);
        if (start > self.end or len > self.end - start) return self.fromNewBlock(len, alignment);
        self.next = start + len;
        return @ptrFromInt(start);
    }

    noinline fn fromNewBlock(self: *Arena, len: usize, alignment: Alignment) ?[*]u8 {
        const needed = @sizeOf(Block) +| alignment.toByteUnits() +| len;
        // Each block is twice the one before, so that there are few of them.
        const usual = if (self.block) |last| last.len *| 2 +| @sizeOf(usize) else first_len;
        const size = @max(usual, needed);
        const bytes = self.parent.rawAlloc(size, .of(Block), @returnAddress()) orelse return null;
        const block: *Block = @ptrCast(@alignCast(bytes));
        block.* = .{ .before = self.block, .len = size };
        self.block = block;
        self.end = @intFromPtr(bytes) + size;
        const start = alignment.forward(@intFromPtr(bytes) + @sizeOf(Block));
        self.next = start + len;
        return @ptrFromInt(start);
    }

    /// The last value can grow where it is, or give back what it doesn't need.
    fn resize(context: *anyopaque, memory: []u8, _: Alignment, new_len: usize, _: usize) bool {
        const self: *Arena = @ptrCast(@alignCast(context));
        const start = @intFromPtr(memory.ptr);
        if (start + memory.len != self.next) return new_len <= memory.len;
        if (new_len > self.end - start) return false;
        self.next = start + new_len;
        return true;
    }

    fn remap(context: *anyopaque, memory: []u8, alignment: Alignment, new_len: usize, address: usize) ?[*]u8 {
        return if (resize(context, memory, alignment, new_len, address)) memory.ptr else null;
    }

    fn free(context: *anyopaque, memory: []u8, _: Alignment, _: usize) void {
        const self: *Arena = @ptrCast(@alignCast(context));
        if (@intFromPtr(memory.ptr) + memory.len == self.next) self.next -= memory.len;
    }
};

const testing = std.testing;

test "values are apart, aligned, and all given back" {
    var arena: Arena = .init(testing.allocator);
    defer arena.deinit();
    const gpa = arena.allocator();
    var random: std.Random.DefaultPrng = .init(1);
    var texts: std.ArrayList([]u8) = .empty;
    for (0..2000) |turn| {
        const text = try gpa.alloc(u8, random.random().uintLessThan(usize, 100));
        @memset(text, @truncate(turn));
        try texts.append(gpa, text);
        const number = try gpa.create(u64);
        try testing.expect(@intFromPtr(number) % @alignOf(u64) == 0);
        number.* = turn;
    }
    for (texts.items, 0..) |text, turn| for (text) |byte| try testing.expectEqual(@as(u8, @truncate(turn)), byte);
}

test "the last value grows where it is" {
    var arena: Arena = .init(testing.allocator);
    defer arena.deinit();
    const gpa = arena.allocator();
    const first = try gpa.alloc(u8, 10);
    const grown = try gpa.realloc(first, 1000);
    try testing.expectEqual(first.ptr, grown.ptr);
    gpa.free(grown);
    const again = try gpa.alloc(u8, 10);
    try testing.expectEqual(first.ptr, again.ptr);
    _ = try gpa.alloc(u8, 1);
    try testing.expect(!gpa.resize(again, 1000));
}

test "no room" {
    var arena: Arena = .init(testing.failing_allocator);
    defer arena.deinit();
    try testing.expectError(error.OutOfMemory, arena.allocator().alloc(u8, 1));
    try testing.expectError(error.OutOfMemory, arena.allocator().alloc(u8, std.math.maxInt(usize) - 8));
}
