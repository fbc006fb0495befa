//! What does a source file say about itself?

const std = @import("std");
const message = @import("dorcas").message;
const wire = @import("dorcas").wire;
const text = @import("text.zig");
const Allocator = std.mem.Allocator;

/// What the host searches for. Those without a group are passed over: what stands in a comment or a text is no code.
pub const patterns = [_][]const u8{
    \\//[^\n]*
    ,
    // A line of a text of several lines.
    \\\\\\[^\n]*
    ,
    \\'(?:[^'\\\n]|\\[^\n])+'
    ,
    \\@import\(\s*"([^"\\\n]+)"\s*,?\s*\)
    ,
    \\"(?:[^"\\\n]|\\[^\n])*"
    ,
    \\(?m)^pub\s+(?:export\s+)?fn\s+(main)\s*\(
    ,
    \\(?m)^(test)\b
    ,
};
const import_pattern = 3;
const main_pattern = 5;
const test_pattern = 6;

pub const Source = struct {
    name: []const u8,
    /// The files that it imports, as indices of the list it is in.
    files: []const usize = &.{},
    /// The modules that it imports, but for those of the compiler.
    modules: []const []const u8 = &.{},
    /// The files in other directories that it imports.
    elsewhere: []const []const u8 = &.{},
    /// Whether the file is there for its tests.
    is_test: bool = false,
    /// Whether the file is a module's first one by its name.
    is_module: bool = false,
    has_main: bool = false,
    has_tests: bool = false,

    fn init(name: []const u8) Source {
        var source: Source = .{ .name = name };
        source.is_test = isTest(source.stem());
        source.is_module = isModule(source.stem());
        return source;
    }

    pub fn stem(self: Source) []const u8 {
        return self.name[0 .. self.name.len - ".zig".len];
    }
};

fn isTest(stem: []const u8) bool {
    inline for (.{ "test", "tests" }) |word| {
        if (text.same(stem, word) or text.endsWith(stem, "_" ++ word)) return true;
    }
    return text.startsWith(stem, "test_");
}

fn isModule(stem: []const u8) bool {
    return text.same(stem, "root") or text.same(stem, "lib");
}

/// The sources among the files of a directory, in their order. `build.zig` is none: Bazel takes its place.
pub fn sources(arena: Allocator, files: []const message.File) Allocator.Error![]Source {
    var out: std.ArrayList(Source) = .empty;
    for (files) |file| if (isSource(file.name)) try out.append(arena, Source.init(file.name));
    var index: usize = 0;
    for (files) |file| {
        if (!isSource(file.name)) continue;
        try read(arena, out.items, index, file.data);
        index += 1;
    }
    return out.items;
}

fn isSource(name: []const u8) bool {
    if (std.mem.findScalar(u8, name, '/') != null or text.same(name, "build.zig")) return false;
    return name.len > ".zig".len and text.endsWith(name, ".zig");
}

fn read(arena: Allocator, all: []Source, index: usize, data: message.FileData) Allocator.Error!void {
    const matches = if (data == .matches) data.matches else return;
    var files: std.ArrayList(usize) = .empty;
    var modules: std.ArrayList([]const u8) = .empty;
    var elsewhere: std.ArrayList([]const u8) = .empty;
    for (matches) |match| {
        const found = if (match.groups.len > 0) match.groups[0] orelse continue else continue;
        switch (match.pattern) {
            import_pattern => if (!isPlain(found)) {
                // No file and no module has such a name.
            } else if (text.endsWith(found, ".zig")) {
                const path = if (text.startsWith(found, "./")) found[2..] else found;
                if (find(all, path)) |file| try files.append(arena, file);
                if (std.mem.findScalar(u8, path, '/') != null) try elsewhere.append(arena, path);
            } else if (!text.endsWith(found, ".zon") and !isOfCompiler(found)) try modules.append(arena, found),
            main_pattern => all[index].has_main = true,
            test_pattern => all[index].has_tests = true,
            else => {},
        }
    }
    all[index].files = files.items;
    all[index].modules = modules.items;
    all[index].elsewhere = elsewhere.items;
}

/// Whether something is text without control characters.
fn isPlain(bytes: []const u8) bool {
    for (bytes) |byte| if (std.ascii.isControl(byte)) return false;
    return bytes.len > 0 and wire.isUtf8(bytes);
}

fn isOfCompiler(module: []const u8) bool {
    inline for (.{ "std", "builtin", "root", "bazel_builtin" }) |known| {
        if (text.same(module, known)) return true;
    }
    return false;
}

/// The source of this name.
pub fn find(all: []const Source, name: []const u8) ?usize {
    return std.sort.binarySearch(Source, all, name, struct {
        fn order(wanted: []const u8, source: Source) std.math.Order {
            return std.mem.order(u8, wanted, source.name);
        }
    }.order);
}

test "what a file is by its name" {
    for ([_][]const u8{ "test.zig", "tests.zig", "test_a.zig", "a_test.zig", "a_tests.zig" }) |name| {
        try std.testing.expect(Source.init(name).is_test);
    }
    for ([_][]const u8{ "testing.zig", "a.zig", "latest.zig", "contest.zig" }) |name| {
        try std.testing.expect(!Source.init(name).is_test);
    }
    for ([_][]const u8{ "build.zig", ".zig", "a/b.zig", "a.zon" }) |name| try std.testing.expect(!isSource(name));
}

test "matches that mean nothing" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const matches = [_]message.Match{
        .{ .pattern = import_pattern },
        .{ .pattern = import_pattern, .groups = &.{null} },
        .{ .pattern = import_pattern, .groups = &.{"\xff"} },
        .{ .pattern = import_pattern, .groups = &.{"a\nb"} },
        .{ .pattern = import_pattern, .groups = &.{"std"} },
        .{ .pattern = import_pattern, .groups = &.{"data.zon"} },
        .{ .pattern = 1000, .groups = &.{"x"} },
    };
    const found = try sources(arena.allocator(), &.{
        .{ .name = "a.zig", .data = .{ .matches = &matches } },
        .{ .name = "b.zig", .data = .name },
    });
    try std.testing.expectEqualDeep(&[_]Source{ .{ .name = "a.zig" }, .{ .name = "b.zig" } }, found);
}
