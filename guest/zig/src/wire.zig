//! The strict codec of the wire: each value has exactly one encoding, and all other bytes are refused.
//!
//! `check` reads over a message without building anything, so that a count that lies costs no memory. `decode` builds
//! what has been checked. Both go through the types of `message.zig` at compile time.

const std = @import("std");
const message = @import("message.zig");
const Allocator = std.mem.Allocator;
const Note = message.Note;

pub const max_message_bytes = 16 << 20;
pub const max_message_items = 1 << 20;

/// What can be wrong with a message, by the names of the clauses: `Exact` is `wire.exact`.
pub const Fault = error{ Bool, Canonical, Closed, Exact, Length, NonEmpty, Size, Sorted, Utf8 };

/// The clause that a message breaks.
pub fn clause(fault: Fault) []const u8 {
    return switch (fault) {
        error.Bool => "wire.bool",
        error.Canonical => "wire.canonical",
        error.Closed => "wire.closed",
        error.Exact => "wire.exact",
        error.Length => "wire.length",
        error.NonEmpty => "wire.non-empty",
        error.Size => "wire.size",
        error.Sorted => "wire.sorted",
        error.Utf8 => "wire.utf8",
    };
}

/// The value that `bytes` encode. Its lists are in `arena`, its texts and bytes in `bytes`.
pub fn decode(comptime T: type, arena: Allocator, bytes: []const u8) (Fault || Allocator.Error)!T {
    var checker: Checker = .{ .bytes = bytes };
    try checker.message(T);
    var reader: Reader = .{ .bytes = bytes, .arena = arena };
    return reader.one(T);
}

/// The encoding of `value`. Refuses a value that has none: a text that is no UTF-8, a list out of order.
pub fn encode(comptime T: type, arena: Allocator, value: *const T) (Fault || Allocator.Error)![]u8 {
    var writer: Writer = .{ .arena = arena };
    try writer.one(T, value);
    const bytes = writer.buffer[0..writer.len];
    var checker: Checker = .{ .bytes = bytes };
    try checker.message(T);
    return bytes;
}

/// The fewest bytes that a value takes: the sum of the fields for a struct, 1 for all else.
pub fn leastBytes(comptime T: type) comptime_int {
    const info = @typeInfo(T);
    if (info != .@"struct") return 1;
    comptime var sum = 0;
    inline for (info.@"struct".field_types) |Field| sum += leastBytes(Field);
    return sum;
}

/// What `T` says about one of its fields.
pub fn noteOf(comptime T: type, comptime field: []const u8) Note {
    if (!@hasDecl(T, "wire")) return .{};
    return if (@hasField(@TypeOf(T.wire), field)) @field(T.wire, field) else .{};
}

/// Reads over a message. After a fault `at` is the offset of what is wrong.
pub const Checker = struct {
    bytes: []const u8,
    at: usize = 0,
    items_left: u32 = max_message_items,

    /// Checks that the bytes are the encoding of a `T`, to the last of them.
    pub fn message(self: *Checker, comptime T: type) Fault!void {
        if (self.bytes.len > max_message_bytes) return error.Size;
        try self.one(T, .{});
        if (self.at != self.bytes.len) return error.Exact;
    }

    fn one(self: *Checker, comptime T: type, comptime note: Note) Fault!void {
        switch (@typeInfo(T)) {
            .void => {},
            .bool => _ = try self.flag(),
            .int => _ = try self.varint(@bitSizeOf(T)),
            .optional => |optional| if (try self.flag()) try self.one(optional.child, note),
            .pointer => |pointer| if (pointer.child == u8)
                try self.text(note.leaf)
            else if (note.sorted_by == 0)
                try self.list(pointer.child, note)
            else
                try self.sortedList(pointer.child, note),
            .@"struct" => |info| inline for (info.field_names, info.field_types) |name, Field| {
                try self.one(Field, comptime noteOf(T, name));
            },
            .@"enum" => |info| _ = try self.variant(info.field_names.len),
            .@"union" => |info| {
                const number = try self.variant(info.field_names.len);
                inline for (info.field_names, info.field_types, 0..) |name, Field, index| {
                    if (number == index) return self.one(Field, comptime noteOf(T, name));
                }
            },
            else => @compileError("no message has a " ++ @typeName(T)),
        }
    }

    fn flag(self: *Checker) Fault!bool {
        if (self.at == self.bytes.len) return error.Exact;
        const byte = self.bytes[self.at];
        if (byte > 1) return error.Bool;
        self.at += 1;
        return byte == 1;
    }

    fn varint(self: *Checker, comptime bits: u8) Fault!u64 {
        // Lengths, counts and numbers of variants are small, almost all.
        if (self.at < self.bytes.len and self.bytes[self.at] < 0x80) {
            defer self.at += 1;
            return self.bytes[self.at];
        }
        return self.longVarint(bits);
    }

    // What is seldom needed is by itself: fuel is charged for a function as a whole.
    noinline fn longVarint(self: *Checker, bits: u8) Fault!u64 {
        const start = self.at;
        var number: u64 = 0;
        var shift: u8 = 0;
        while (true) : (shift += 7) {
            if (self.at == self.bytes.len) return error.Exact;
            const byte = self.bytes[self.at];
            self.at += 1;
            const low: u64 = byte & 0x7f;
            const over = shift >= bits or (bits - shift < 7 and low >> @intCast(bits - shift) != 0);
            // A last byte of 0 says nothing.
            if (over or (byte == 0 and shift > 0)) {
                self.at = start;
                return error.Canonical;
            }
            number |= low << @intCast(shift);
            if (byte < 0x80) return number;
        }
    }

    fn variant(self: *Checker, variants: u32) Fault!u32 {
        const start = self.at;
        const number = try self.varint(32);
        if (number < variants) return @intCast(number);
        self.at = start;
        return error.Closed;
    }

    fn run(self: *Checker) Fault![]const u8 {
        const start = self.at;
        const len = try self.varint(32);
        if (len > self.bytes.len - self.at) {
            self.at = start;
            return error.Length;
        }
        defer self.at += @intCast(len);
        return self.bytes[self.at..][0..@intCast(len)];
    }

    fn text(self: *Checker, leaf: @FieldType(Note, "leaf")) Fault!void {
        const start = self.at;
        const bytes = try self.run();
        if (leaf == .bytes) return;
        const valid = validUtf8(bytes);
        if (valid != bytes.len) {
            self.at = self.at - bytes.len + valid;
            return error.Utf8;
        }
        if (leaf == .non_empty and bytes.len == 0) {
            self.at = start;
            return error.NonEmpty;
        }
    }

    fn count(self: *Checker, least: u64) Fault!u32 {
        const start = self.at;
        const number = try self.varint(32);
        const fault = if (number * least > self.bytes.len - self.at)
            error.Length
        else if (number > self.items_left)
            error.Size
        else {
            self.items_left -= @intCast(number);
            return @intCast(number);
        };
        self.at = start;
        return fault;
    }

    fn list(self: *Checker, comptime Item: type, comptime note: Note) Fault!void {
        const item_note: Note = .{ .leaf = note.leaf };
        for (0..try self.count(comptime leastBytes(Item))) |_| try self.one(Item, item_note);
    }

    fn sortedList(self: *Checker, comptime Item: type, comptime note: Note) Fault!void {
        var previous: ?usize = null;
        for (0..try self.count(comptime leastBytes(Item))) |_| {
            const start = self.at;
            try self.one(Item, .{ .leaf = note.leaf });
            if (previous) |before| if (!self.rises(before, start, note.sorted_by)) {
                self.at = start;
                return error.Sorted;
            };
            previous = start;
        }
    }

    /// Whether the first so many texts at `a` come before those at `b`. A struct has no bytes of its own, so the texts of
    /// a key lie side by side, also where they belong to a struct in the item.
    fn rises(self: *const Checker, a: usize, b: usize, texts: u8) bool {
        var left: Checker = .{ .bytes = self.bytes, .at = a };
        var right: Checker = .{ .bytes = self.bytes, .at = b };
        for (0..texts) |_| {
            // Both have been checked.
            const x = left.run() catch unreachable;
            const y = right.run() catch unreachable;
            switch (std.mem.order(u8, x, y)) {
                .lt => return true,
                .gt => return false,
                .eq => {},
            }
        }
        return false;
    }
};

/// Whether bytes are UTF-8.
pub fn isUtf8(bytes: []const u8) bool {
    return validUtf8(bytes) == bytes.len;
}

/// How many bytes at the beginning are UTF-8.
fn validUtf8(bytes: []const u8) usize {
    const ascii = asciiPrefix(bytes, 0);
    // Almost all text is.
    return if (ascii == bytes.len) ascii else validUtf8From(bytes, ascii);
}

/// How far it is ASCII, from `start` on.
fn asciiPrefix(bytes: []const u8, start: usize) usize {
    var at = start;
    // Through pointers: `std.mem.readInt` would put the words together from bytes, one by one.
    while (bytes.len - at >= 8) : (at += 8) {
        if (@as(*align(1) const u64, @ptrCast(bytes.ptr + at)).* & 0x8080808080808080 != 0) break;
    }
    if (bytes.len - at >= 4 and @as(*align(1) const u32, @ptrCast(bytes.ptr + at)).* & 0x80808080 == 0) at += 4;
    while (at < bytes.len and bytes[at] < 0x80) at += 1;
    return at;
}

noinline fn validUtf8From(bytes: []const u8, start: usize) usize {
    var at = start;
    while (at < bytes.len) {
        if (bytes[at] < 0x80) {
            at = asciiPrefix(bytes, at);
            continue;
        }
        const len = std.unicode.utf8ByteSequenceLength(bytes[at]) catch return at;
        if (len > bytes.len - at or !std.unicode.utf8ValidateSlice(bytes[at..][0..len])) return at;
        at += len;
    }
    return at;
}

/// Builds values of a message that has been checked.
const Reader = struct {
    bytes: []const u8,
    arena: Allocator,
    at: usize = 0,

    fn one(self: *Reader, comptime T: type) Allocator.Error!T {
        switch (@typeInfo(T)) {
            .void => return {},
            .bool => return self.byte() == 1,
            .int => |int| {
                const number = self.varint();
                if (int.signedness == .unsigned) return @intCast(number);
                // Zigzag: 0, 1, 2, 3 stand for 0, -1, 1, -2.
                return @bitCast((number >> 1) ^ (0 -% (number & 1)));
            },
            .optional => |optional| return if (self.byte() == 1) try self.one(optional.child) else null,
            .pointer => |pointer| {
                const len: usize = @intCast(self.varint());
                if (pointer.child == u8) {
                    defer self.at += len;
                    return self.bytes[self.at..][0..len];
                }
                const items = try self.arena.alloc(pointer.child, len);
                for (items) |*item| item.* = try self.one(pointer.child);
                return items;
            },
            .@"struct" => |info| {
                var result: T = undefined;
                inline for (info.field_names, info.field_types) |name, Field| {
                    @field(result, name) = try self.one(Field);
                }
                return result;
            },
            .@"enum" => return @fromBackingInt(@intCast(self.varint())),
            .@"union" => |info| {
                const number = self.varint();
                inline for (info.field_names, info.field_types, 0..) |name, Field, index| {
                    if (number == index) return @unionInit(T, name, try self.one(Field));
                }
                unreachable;
            },
            else => comptime unreachable,
        }
    }

    fn byte(self: *Reader) u8 {
        defer self.at += 1;
        return self.bytes[self.at];
    }

    fn varint(self: *Reader) u64 {
        const first = self.byte();
        return if (first < 0x80) first else self.longVarint(first);
    }

    noinline fn longVarint(self: *Reader, first: u8) u64 {
        var number: u64 = first & 0x7f;
        var shift: u6 = 7;
        while (true) : (shift += 7) {
            const next = self.byte();
            number |= @as(u64, next & 0x7f) << shift;
            if (next < 0x80) return number;
        }
    }
};

const Writer = struct {
    arena: Allocator,
    buffer: []u8 = &.{},
    len: usize = 0,

    fn one(self: *Writer, comptime T: type, from: *const T) (Fault || Allocator.Error)!void {
        switch (@typeInfo(T)) {
            .void => {},
            .bool => try self.varint(@intFromBool(from.*)),
            .int => |int| {
                if (int.signedness == .unsigned) return self.varint(from.*);
                const number: u64 = @bitCast(from.*);
                try self.varint((number << 1) ^ (0 -% (number >> 63)));
            },
            .optional => |optional| if (from.*) |*inner| {
                try self.varint(1);
                try self.one(optional.child, inner);
            } else try self.varint(0),
            .pointer => |pointer| {
                // What doesn't fit into a message needn't be written.
                if (from.len > max_message_bytes) return error.Size;
                try self.varint(from.len);
                if (pointer.child == u8) return self.append(from.*);
                for (from.*) |*item| try self.one(pointer.child, item);
            },
            .@"struct" => |info| inline for (info.field_names, info.field_types) |name, Field| {
                try self.one(Field, &@field(from, name));
            },
            .@"enum" => try self.varint(@backingInt(from.*)),
            .@"union" => switch (from.*) {
                inline else => |*inner, tag| {
                    try self.varint(@backingInt(tag));
                    try self.one(@TypeOf(inner.*), inner);
                },
            },
            else => comptime unreachable,
        }
    }

    fn varint(self: *Writer, number: u64) Allocator.Error!void {
        if (number >= 0x80 or self.len == self.buffer.len) return self.longVarint(number);
        self.buffer[self.len] = @intCast(number);
        self.len += 1;
    }

    noinline fn longVarint(self: *Writer, number: u64) Allocator.Error!void {
        var bytes: [10]u8 = undefined;
        var len: usize = 0;
        var left = number;
        while (left >= 0x80) : (left >>= 7) {
            bytes[len] = @as(u8, @truncate(left)) | 0x80;
            len += 1;
        }
        bytes[len] = @intCast(left);
        return self.append(bytes[0 .. len + 1]);
    }

    fn append(self: *Writer, bytes: []const u8) Allocator.Error!void {
        if (bytes.len > self.buffer.len - self.len) try self.grow(bytes.len);
        @memcpy(self.buffer[self.len..][0..bytes.len], bytes);
        self.len += bytes.len;
    }

    noinline fn grow(self: *Writer, more: usize) Allocator.Error!void {
        const len = @max(self.len +| more, self.buffer.len *| 2, 1024);
        const buffer = try self.arena.alloc(u8, len);
        @memcpy(buffer[0..self.len], self.buffer[0..self.len]);
        self.buffer = buffer;
    }
};
