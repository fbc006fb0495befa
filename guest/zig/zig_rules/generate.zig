//! Which rules does a directory get?

const std = @import("std");
const dorcas = @import("dorcas");
const message = dorcas.message;
const Source = @import("source.zig").Source;
const sources = @import("source.zig").sources;
const text = @import("text.zig");
const Allocator = std.mem.Allocator;

/// A module for each file that no other one imports, with the files that it imports in turn: a binary where it has `main`,
/// a test where its name says so, else a library. Tests of a library or binary get a rule beside it.
pub fn generateRules(call: *dorcas.Call, request: message.GenerateRequest) dorcas.Error!message.GenerateResponse {
    const arena = call.arena;
    const all = try sources(arena, request.files);
    var rules: std.ArrayList(message.GeneratedRule) = .empty;
    var names: Names = .{ .arena = arena, .all = all };
    var walk: Walk = try .init(arena, all);
    const has_visibility = hasDefaultVisibility(request);
    for (try roots(arena, all, &walk)) |root| {
        const files = try walk.from(root);
        const source = all[root];
        const kind = if (source.is_test) "zig_test" else if (source.has_main) "zig_binary" else "zig_library";
        const name = if (source.is_module)
            try names.take(directory(request.rel) orelse "lib", source.stem())
        else
            try names.take(source.stem(), source.stem());
        try rules.append(arena, try generated(arena, all, has_visibility, kind, name, root, files));
        if (!source.is_test and hasTests(all, root, files)) {
            const of_tests = try names.take(
                try std.mem.concat(arena, u8, &.{ name, "_test" }),
                try std.mem.concat(arena, u8, &.{ name, "_unit_test" }),
            );
            try rules.append(arena, try generated(arena, all, has_visibility, "zig_test", of_tests, root, files));
        }
    }
    return .{
        .rules = rules.items,
        .empty = try empty(arena, request, names),
        .diagnostics = try importsElsewhere(arena, all),
    };
}

/// The files that begin a module, in the order of their names.
fn roots(arena: Allocator, all: []const Source, walk: *Walk) Allocator.Error![]const usize {
    const is_root = try arena.alloc(bool, all.len);
    for (is_root) |*is| is.* = true;
    for (all, 0..) |importer, from| for (importer.files) |file| {
        // A test that imports a file doesn't make it a part of the test.
        if (from != file and (!importer.is_test or all[file].is_test)) is_root[file] = false;
    };
    for (all, is_root) |source, *is| is.* = is.* or source.has_main or source.is_module;

    const reached = try arena.alloc(bool, all.len);
    for (reached) |*is| is.* = false;
    for (all, is_root, 0..) |source, is, root| {
        if (is) reached[root] = true;
        if (is and !source.is_test) for (try walk.from(root)) |file| {
            reached[file] = true;
        };
    }
    var out: std.ArrayList(usize) = .empty;
    for (is_root, 0..) |is, root| {
        // Of files that import each other, and that nobody else imports, the first begins.
        if (!is and reached[root]) continue;
        if (!is) for (try walk.from(root)) |file| {
            reached[file] = true;
        };
        try out.append(arena, root);
    }
    return out.items;
}

/// Which files a file imports, and those that they import.
const Walk = struct {
    arena: Allocator,
    all: []const Source,
    /// The walk in which each file was met last; it is not cleared in between, since most walks meet few files.
    met: []u32,
    walks: u32 = 0,

    fn init(arena: Allocator, all: []const Source) Allocator.Error!Walk {
        const met = try arena.alloc(u32, all.len);
        for (met) |*walk| walk.* = 0;
        return .{ .arena = arena, .all = all, .met = met };
    }

    /// In the order of their names, without the file itself.
    fn from(self: *Walk, root: usize) Allocator.Error![]const usize {
        self.walks += 1;
        self.met[root] = self.walks;
        var out: std.ArrayList(usize) = .empty;
        try self.meet(&out, root);
        var next: usize = 0;
        while (next < out.items.len) : (next += 1) try self.meet(&out, out.items[next]);
        std.mem.sortUnstable(usize, out.items, {}, std.sort.asc(usize));
        return out.items;
    }

    fn meet(self: *Walk, out: *std.ArrayList(usize), importer: usize) Allocator.Error!void {
        for (self.all[importer].files) |file| {
            if (self.met[file] == self.walks) continue;
            self.met[file] = self.walks;
            try out.append(self.arena, file);
        }
    }
};

fn hasTests(all: []const Source, root: usize, files: []const usize) bool {
    if (all[root].has_tests) return true;
    for (files) |file| if (all[file].has_tests) return true;
    return false;
}

fn generated(
    arena: Allocator,
    all: []const Source,
    has_visibility: bool,
    kind: []const u8,
    name: []const u8,
    root: usize,
    files: []const usize,
) Allocator.Error!message.GeneratedRule {
    var attrs: std.ArrayList(message.Attr) = .empty;
    try attrs.append(arena, .{ .name = "main", .value = .{ .string = all[root].name } });
    if (files.len > 0) {
        const srcs = try arena.alloc([]const u8, files.len);
        for (srcs, files) |*src, file| src.* = all[file].name;
        try attrs.append(arena, .{ .name = "srcs", .value = .{ .sorted_strings = srcs } });
    }
    if (text.same(kind, "zig_library") and !has_visibility) {
        try attrs.append(arena, .{ .name = "visibility", .value = .{ .strings = &.{"//visibility:public"} } });
    }
    return .{
        .rule = .{ .kind = kind, .name = name, .attrs = attrs.items },
        .imports = try modules(arena, all, root, files),
    };
}

/// The modules that these files import, once each.
fn modules(
    arena: Allocator,
    all: []const Source,
    root: usize,
    files: []const usize,
) Allocator.Error![]const message.ImportSpec {
    var texts: std.ArrayList([]const u8) = .empty;
    try texts.appendSlice(arena, all[root].modules);
    for (files) |file| try texts.appendSlice(arena, all[file].modules);
    std.mem.sortUnstable([]const u8, texts.items, {}, struct {
        fn before(_: void, a: []const u8, b: []const u8) bool {
            return std.mem.lessThan(u8, a, b);
        }
    }.before);
    var out: std.ArrayList(message.ImportSpec) = .empty;
    for (texts.items, 0..) |imp, index| {
        if (index > 0 and text.same(imp, texts.items[index - 1])) continue;
        try out.append(arena, .{ .lang = "zig", .imp = imp });
    }
    return out.items;
}

/// The name of a directory, or of the one it is in where it is called `src`; none for the root directory.
fn directory(rel: []const u8) ?[]const u8 {
    var parts = std.mem.splitBackwardsScalar(u8, rel, '/');
    while (parts.next()) |part| {
        if (part.len > 0 and !text.same(part, "src")) return part;
    }
    return null;
}

/// The names of this directory's rules: no two are the same.
const Names = struct {
    arena: Allocator,
    all: []const Source,
    taken: text.Set = .empty,

    /// The first of the two that nobody has, with something behind the second where both are taken.
    fn take(self: *Names, wanted: []const u8, otherwise: []const u8) Allocator.Error![]const u8 {
        // A name that belongs to a file is left to it.
        const is_free = !self.taken.contains(wanted) and (text.same(wanted, otherwise) or !try self.isOfFile(wanted));
        var name = if (is_free) wanted else otherwise;
        while (self.taken.contains(name)) name = try std.mem.concat(self.arena, u8, &.{ name, "_" });
        try self.taken.put(self.arena, name, {});
        return name;
    }

    fn isOfFile(self: *const Names, name: []const u8) Allocator.Error!bool {
        const file = try std.mem.concat(self.arena, u8, &.{ name, ".zig" });
        return @import("source.zig").find(self.all, file) != null;
    }
};

/// Whether rules of the package are visible as it says.
fn hasDefaultVisibility(request: message.GenerateRequest) bool {
    if (request.build_file) |file| {
        for (file.rules) |rule| if (setsVisibility(rule)) return true;
    }
    // What a language before this one generates will stand in the file.
    for (request.other_rules) |other| if (setsVisibility(other.rule)) return true;
    return false;
}

fn setsVisibility(rule: message.Rule) bool {
    if (!text.same(rule.kind, "package")) return false;
    for (rule.attrs) |attr| if (text.same(attr.name, "default_visibility")) return true;
    return false;
}

/// The rules whose main file is gone.
fn empty(arena: Allocator, request: message.GenerateRequest, names: Names) Allocator.Error![]const message.EmptyRule {
    var out: std.ArrayList(message.EmptyRule) = .empty;
    const file = request.build_file orelse return &.{};
    for (file.rules) |rule| {
        const main = stringAttr(rule, "main") orelse continue;
        // A label is a file of somebody else.
        if (std.mem.findScalar(u8, main, ':') != null or isThere(request, main)) continue;
        if (rule.name.len == 0 or names.taken.contains(rule.name)) continue;
        for ([_][]const u8{ "zig_binary", "zig_library", "zig_test" }) |kind| {
            if (text.same(rule.kind, kind)) try out.append(arena, .{ .kind = kind, .name = rule.name });
        }
    }
    return out.items;
}

/// Both lists are sorted.
fn isThere(request: message.GenerateRequest, name: []const u8) bool {
    const order = struct {
        fn ofFile(wanted: []const u8, file: message.File) std.math.Order {
            return std.mem.order(u8, wanted, file.name);
        }
        fn ofName(wanted: []const u8, other: []const u8) std.math.Order {
            return std.mem.order(u8, wanted, other);
        }
    };
    return std.sort.binarySearch(message.File, request.files, name, order.ofFile) != null or
        std.sort.binarySearch([]const u8, request.generated_files, name, order.ofName) != null;
}

/// An attribute that is a string; none where it is absent or something else.
pub fn stringAttr(rule: message.Rule, name: []const u8) ?[]const u8 {
    for (rule.attrs) |attr| {
        if (text.same(attr.name, name)) return switch (attr.value) {
            .string, .label => |string| string,
            else => null,
        };
    }
    return null;
}

fn importsElsewhere(arena: Allocator, all: []const Source) Allocator.Error![]const message.Diagnostic {
    var out: std.ArrayList(message.Diagnostic) = .empty;
    for (all) |source| for (source.elsewhere) |path| try out.append(arena, .{
        .severity = .warning,
        .message = try std.fmt.allocPrint(
            arena,
            "\"{s}\" is imported by its path and belongs to another package: import the name of its module",
            .{path},
        ),
        .file = source.name,
    });
    return out.items;
}
