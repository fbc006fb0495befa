//! A Gazelle language: a `my_lang_library` for each file `*.my_lang`, whose lines `import DIR/FILE` are its dependencies.
//!
//! It is meant to be changed. `dorcas/src/message.zig` has all messages, and says what each field means.

const std = @import("std");
const dorcas = @import("dorcas");
const message = dorcas.message;
const Allocator = std.mem.Allocator;

pub const panic = dorcas.panic;
comptime {
    dorcas.exportLanguage(@This());
}

pub const name = "my_lang";
const extension = ".my_lang";

/// What the guest is, and what it wants to be told of which files: here where the lines with imports match.
pub fn manifest(_: *dorcas.Call, _: message.ManifestRequest) dorcas.Error!message.Manifest {
    return .{
        .version = "0.1.0",
        .kinds = &.{.{
            .name = "my_lang_library",
            .match_attrs = &.{"srcs"},
            .non_empty_attrs = &.{"srcs"},
            .mergeable_attrs = &.{"srcs"},
            .resolve_attrs = &.{"deps"},
        }},
        .loads = &.{.{
            .module = "rules_my_lang",
            .repo = "rules_my_lang",
            .file = "//my_lang:defs.bzl",
            .symbols = &.{"my_lang_library"},
        }},
        // What matches a pattern without a group is passed over, which is how to skip comments.
        .inputs = &.{.{
            .glob = "*" ++ extension,
            .want = .{ .matches = &.{ "#[^\\n]*", "(?m)^import +([^\\s#]+)" } },
            .methods = .{ .generate_rules = true },
        }},
    };
}

/// From what is in a directory to the rules that should be there.
pub fn generateRules(call: *dorcas.Call, request: message.GenerateRequest) dorcas.Error!message.GenerateResponse {
    var rules: std.ArrayList(message.GeneratedRule) = .empty;
    for (request.files) |file| {
        if (file.name.len <= extension.len or !std.mem.endsWith(u8, file.name, extension)) continue;
        try rules.append(call.arena, .{
            .rule = .{
                .kind = "my_lang_library",
                .name = file.name[0 .. file.name.len - extension.len],
                .attrs = try one(call.arena, .{
                    .name = "srcs",
                    .value = .{ .sorted_strings = try call.arena.dupe([]const u8, &.{file.name}) },
                }),
            },
            .imports = try importsIn(call.arena, file),
        });
    }
    return .{ .rules = rules.items };
}

/// What the file imports, sorted, each once.
fn importsIn(arena: Allocator, file: message.File) Allocator.Error![]const message.ImportSpec {
    var found: std.ArrayList([]const u8) = .empty;
    const matches = switch (file.data) {
        .matches => |matches| matches,
        else => return &.{},
    };
    for (matches) |match| {
        const text = if (match.groups.len > 0) match.groups[0] orelse continue else continue;
        // Sources may be any bytes, a text may not.
        if (std.unicode.utf8ValidateSlice(text)) try found.append(arena, text);
    }
    std.mem.sort([]const u8, found.items, {}, struct {
        fn lessThan(_: void, a: []const u8, b: []const u8) bool {
            return std.mem.lessThan(u8, a, b);
        }
    }.lessThan);

    var specs: std.ArrayList(message.ImportSpec) = .empty;
    for (found.items, 0..) |imp, at| {
        if (at > 0 and std.mem.eql(u8, imp, found.items[at - 1])) continue;
        try specs.append(arena, .{ .lang = name, .imp = imp });
    }
    return specs.items;
}

/// How the rules of a BUILD file can be imported: by directory and name.
pub fn imports(call: *dorcas.Call, request: message.ImportsRequest) dorcas.Error!message.ImportsResponse {
    const rules = try call.arena.alloc(message.RuleImports, request.rules.len);
    for (rules, request.rules) |*out, told| {
        const imp = try std.fmt.allocPrint(call.arena, "{s}/{s}", .{ request.rel, told.rule.name });
        const specs = try call.arena.dupe(message.ImportSpec, &.{.{ .lang = name, .imp = imp }});
        out.* = .{ .importable = true, .imports = specs };
    }
    return .{ .rules = rules };
}

/// From what rules import to what they depend on.
pub fn resolve(call: *dorcas.Call, request: message.ResolveRequest) dorcas.Error!message.ResolveResponse {
    const rules = try call.arena.alloc(message.ResolvedRule, request.rules.len);
    var diagnostics: std.ArrayList(message.Diagnostic) = .empty;
    for (rules, request.rules) |*out, rule| {
        var labels: std.ArrayList([]const u8) = .empty;
        for (rule.imports) |import| {
            if (labelOf(request.found, import.imp)) |label| {
                try labels.append(call.arena, label);
            } else {
                const text = try std.fmt.allocPrint(call.arena, "nobody provides {s}", .{import.imp});
                try diagnostics.append(call.arena, .{ .severity = .warning, .message = text });
            }
        }
        out.* = if (labels.items.len == 0)
            .{ .delete = &.{"deps"} }
        else
            .{ .set = try one(call.arena, .{ .name = "deps", .value = .{ .labels = labels.items } }) };
    }
    return .{ .resolved = .{ .rules = rules, .diagnostics = diagnostics.items } };
}

/// What the user has set for an import, or the rule that provides it.
fn labelOf(found: []const message.Lookup, imp: []const u8) ?[]const u8 {
    for (found) |answer| {
        if (!std.mem.eql(u8, answer.query.import.imp, imp)) continue;
        if (answer.override_label) |label| return label;
        return if (answer.matches.len > 0) answer.matches[0].label else null;
    }
    return null;
}

fn one(arena: Allocator, attr: message.Attr) Allocator.Error![]const message.Attr {
    return arena.dupe(message.Attr, &.{attr});
}

test "imports are sorted, and there once" {
    var arena: std.heap.ArenaAllocator = .init(std.testing.allocator);
    defer arena.deinit();
    const matches = [_]message.Match{
        .{ .pattern = 1, .groups = &.{"fruit/pear"} },
        .{ .pattern = 1, .groups = &.{"fruit/apple"} },
        .{ .pattern = 1, .groups = &.{"fruit/pear"} },
        .{ .pattern = 1, .groups = &.{"\xff"} },
    };
    const specs = try importsIn(arena.allocator(), .{ .name = "bowl.my_lang", .data = .{ .matches = &matches } });
    try std.testing.expectEqualDeep(&[_]message.ImportSpec{
        .{ .lang = name, .imp = "fruit/apple" },
        .{ .lang = name, .imp = "fruit/pear" },
    }, specs);
}
