//! The codec does what the golden vectors of the ABI say, and the messages are those of its schema.

const std = @import("std");
const dorcas = @import("dorcas");
const message = dorcas.message;
const wire = dorcas.wire;
const testing = std.testing;
const Json = std.json.Value;

const Vector = struct {
    name: []const u8,
    type: []const u8,
    hex: []const []const u8,
    value: Json = .null,
    then: ?struct { byte: []const u8, times: usize } = null,
    clause: []const u8 = "",
    offset: usize = 0,
    path: []const u8 = "",
    @"error": []const u8 = "",

    fn bytes(self: Vector, arena: std.mem.Allocator) ![]const u8 {
        var out: std.ArrayList(u8) = .empty;
        for (self.hex) |piece| {
            var pairs = std.mem.tokenizeScalar(u8, piece, ' ');
            while (pairs.next()) |pair| try out.append(arena, try std.fmt.parseInt(u8, pair, 16));
        }
        if (self.then) |then| try out.appendNTimes(arena, try std.fmt.parseInt(u8, then.byte, 16), then.times);
        return out.items;
    }
};

const good = .{ "configure", "find", "fix", "generate_rules", "imports", "manifest", "primitives", "reply", "resolve", "rule" };

test "good vectors" {
    inline for (good) |file| {
        var arena: std.heap.ArenaAllocator = .init(testing.allocator);
        defer arena.deinit();
        const vectors = try parse([]Vector, arena.allocator(), @embedFile("golden/" ++ file ++ ".json"));
        try testing.expect(vectors.len > 0);
        for (vectors) |vector| {
            errdefer std.debug.print("{s}\n", .{vector.name});
            try withType(vector.type, expectGood, .{ arena.allocator(), vector });
        }
    }
}

fn expectGood(comptime T: type, arena: std.mem.Allocator, vector: Vector) !void {
    const bytes = try vector.bytes(arena);
    const value = try wire.decode(T, arena, bytes);
    try testing.expectEqualSlices(u8, bytes, try wire.encode(T, arena, &value));
    try expectMeans(T, .text, value, vector.value);
}

test "bad vectors" {
    var arena: std.heap.ArenaAllocator = .init(testing.allocator);
    defer arena.deinit();
    const vectors = try parse([]Vector, arena.allocator(), @embedFile("golden/bad.json"));
    try testing.expect(vectors.len > 0);
    for (vectors) |vector| {
        errdefer std.debug.print("{s}\n", .{vector.name});
        try withType(vector.type, expectBad, .{ arena.allocator(), vector });
    }
}

fn expectBad(comptime T: type, arena: std.mem.Allocator, vector: Vector) !void {
    const bytes = try vector.bytes(arena);
    var checker: wire.Checker = .{ .bytes = bytes };
    if (checker.message(T)) |_| return error.BadVectorWasAccepted else |fault| {
        try testing.expectEqualStrings(vector.clause, wire.clause(fault));
        try testing.expectEqual(vector.offset, checker.at);
    }
    if (wire.decode(T, arena, bytes)) |_| return error.BadVectorWasDecoded else |_| {}
}

/// Whether a value is what the JSON says: `abi/golden/README.md` has how they correspond.
fn expectMeans(comptime T: type, comptime leaf: @FieldType(message.Note, "leaf"), value: T, json: Json) !void {
    switch (@typeInfo(T)) {
        .bool => try testing.expectEqual(json.bool, value),
        .int => try testing.expectEqual(json.integer, value),
        .optional => |optional| if (value) |inner| {
            try expectMeans(optional.child, leaf, inner, json);
        } else try testing.expect(json == .null),
        .pointer => |pointer| if (pointer.child == u8) {
            if (json == .object) {
                const hex = json.object.get("hex").?.string;
                var buffer: [256]u8 = undefined;
                try testing.expectEqualSlices(u8, try std.fmt.hexToBytes(&buffer, hex), value);
            } else try testing.expectEqualStrings(json.string, value);
        } else {
            try testing.expectEqual(json.array.items.len, value.len);
            for (json.array.items, value) |item, got| try expectMeans(pointer.child, leaf, got, item);
        },
        .@"struct" => |info| {
            try testing.expectEqual(info.field_names.len, json.object.count());
            inline for (info.field_names, info.field_types) |name, Field| {
                try expectMeans(Field, leaf, @field(value, name), json.object.get(name).?);
            }
        },
        .@"enum" => try testing.expectEqualStrings(json.string, camel(@tagName(value)).text()),
        .@"union" => switch (value) {
            inline else => |inner, tag| {
                const name = camel(@tagName(tag));
                if (@TypeOf(inner) == void) return testing.expectEqualStrings(json.string, name.text());
                try testing.expectEqual(1, json.object.count());
                try expectMeans(@TypeOf(inner), leaf, inner, json.object.get(name.text()).?);
            },
        },
        else => comptime unreachable,
    }
}

/// Calls `function` with the message, or the reply with it, that has this name.
fn withType(name: []const u8, comptime function: anytype, arguments: anytype) !void {
    @setEvalBranchQuota(10_000);
    inline for (@typeInfo(message).@"struct".decl_names) |decl| {
        if (comptime isMessage(decl)) {
            const T = @field(message, decl);
            if (std.mem.eql(u8, name, decl)) return @call(.auto, function, .{T} ++ arguments);
            if (std.mem.eql(u8, name, "Reply<" ++ decl ++ ">")) {
                return @call(.auto, function, .{message.Reply(T)} ++ arguments);
            }
        }
    }
    return error.NoSuchType;
}

fn isMessage(comptime decl: []const u8) bool {
    return !std.mem.eql(u8, decl, "Note") and !std.mem.eql(u8, decl, "Reply");
}

/// A name as the schema spells it: `sorted_strings` is `SortedStrings`. Replies have `Ok` and `Err`.
const Camel = struct {
    bytes: [32]u8 = undefined,
    len: usize = 0,

    fn text(self: *const Camel) []const u8 {
        return self.bytes[0..self.len];
    }
};

fn camel(name: []const u8) Camel {
    var out: Camel = .{};
    var upper = true;
    for (name) |byte| {
        if (byte != '_') {
            out.bytes[out.len] = if (upper) std.ascii.toUpper(byte) else byte;
            out.len += 1;
        }
        upper = byte == '_';
    }
    return out;
}

const Schema = struct {
    abi_version: u32,
    types: []const Type,
    limits: []const struct { name: []const u8, value: u64 },

    const Type = struct {
        name: []const u8,
        least_bytes: u32,
        @"struct": ?[]const Field = null,
        @"enum": ?[]const Variant = null,
    };
    const Field = struct { name: []const u8, type: Shape };
    const Variant = struct { name: []const u8, discriminant: u32, one: ?Shape = null, fields: ?[]const Field = null };
    const Shape = struct {
        kind: []const u8,
        name: []const u8 = "",
        of: ?*const Shape = null,
        non_empty: bool = false,
        sorted_by: u8 = 0,
    };
};

test "the messages are those of the schema" {
    var arena: std.heap.ArenaAllocator = .init(testing.allocator);
    defer arena.deinit();
    const schema = try parse(Schema, arena.allocator(), @embedFile("schema.json"));
    try testing.expectEqual(1, schema.abi_version);
    var known: usize = 0;
    inline for (@typeInfo(message).@"struct".decl_names) |decl| known += @intFromBool(comptime isMessage(decl));
    try testing.expectEqual(schema.types.len, known);
    for (schema.types) |of| {
        errdefer std.debug.print("{s}\n", .{of.name});
        try withType(of.name, expectType, .{of});
    }
    for (schema.limits) |limit| {
        if (std.mem.eql(u8, limit.name, "message_bytes")) try testing.expectEqual(limit.value, wire.max_message_bytes);
        if (std.mem.eql(u8, limit.name, "message_items")) try testing.expectEqual(limit.value, wire.max_message_items);
    }
}

fn expectType(comptime T: type, of: Schema.Type) !void {
    try testing.expectEqual(of.least_bytes, wire.leastBytes(T));
    switch (@typeInfo(T)) {
        .@"struct" => try expectFields(T, of.@"struct".?),
        .@"enum" => |info| {
            try testing.expectEqual(of.@"enum".?.len, info.field_names.len);
            inline for (info.field_names, 0..) |name, index| try expectVariant(name, index, of.@"enum".?[index]);
        },
        .@"union" => |info| {
            try testing.expectEqual(of.@"enum".?.len, info.field_names.len);
            inline for (info.field_names, info.field_types, 0..) |name, Field, index| {
                const variant = of.@"enum".?[index];
                try expectVariant(name, index, variant);
                if (variant.one) |shape| {
                    try expectShape(Field, comptime wire.noteOf(T, name), shape);
                } else if (variant.fields) |fields| {
                    if (@typeInfo(Field) != .@"struct") return error.VariantWithoutFields;
                    try expectFields(Field, fields);
                } else try testing.expect(Field == void);
            }
        },
        else => return error.NotAMessage,
    }
}

fn expectVariant(name: []const u8, index: usize, of: Schema.Variant) !void {
    try testing.expectEqualStrings(of.name, camel(name).text());
    try testing.expectEqual(of.discriminant, index);
}

fn expectFields(comptime T: type, fields: []const Schema.Field) !void {
    if (@typeInfo(T) != .@"struct") return error.NotAStruct;
    const info = @typeInfo(T).@"struct";
    try testing.expectEqual(fields.len, info.field_names.len);
    inline for (info.field_names, info.field_types, 0..) |name, Field, index| {
        errdefer std.debug.print("{s}\n", .{name});
        try testing.expectEqualStrings(fields[index].name, name);
        try expectShape(Field, comptime wire.noteOf(T, name), fields[index].type);
    }
}

fn expectShape(comptime T: type, comptime note: message.Note, shape: Schema.Shape) !void {
    const is = struct {
        fn kind(of: Schema.Shape, name: []const u8) !void {
            try testing.expectEqualStrings(of.kind, name);
        }
    }.kind;
    switch (@typeInfo(T)) {
        .bool => try is(shape, "bool"),
        .int => |int| try is(shape, if (int.signedness == .unsigned) "u32" else "i64"),
        .optional => |optional| {
            try is(shape, "option");
            try expectShape(optional.child, note, shape.of.?.*);
        },
        .pointer => |pointer| if (pointer.child == u8) {
            try is(shape, if (note.leaf == .bytes) "bytes" else "text");
            try testing.expectEqual(shape.non_empty, note.leaf == .non_empty);
        } else {
            try is(shape, "list");
            try testing.expectEqual(shape.sorted_by, note.sorted_by);
            try expectShape(pointer.child, .{ .leaf = note.leaf }, shape.of.?.*);
        },
        else => {
            try is(shape, "type");
            const name = @typeName(T);
            try testing.expectEqualStrings(shape.name, name[std.mem.findScalarLast(u8, name, '.').? + 1 ..]);
        },
    }
}

fn parse(comptime T: type, arena: std.mem.Allocator, text: []const u8) !T {
    return std.json.parseFromSliceLeaky(T, arena, text, .{ .ignore_unknown_fields = true });
}
