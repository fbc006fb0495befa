//! How can rules be imported, and what do they depend on?

const std = @import("std");
const dorcas = @import("dorcas");
const message = dorcas.message;
const text = @import("text.zig");
const stringAttr = @import("generate.zig").stringAttr;
const Allocator = std.mem.Allocator;

/// A library by its `import_name`, which is its name where nothing is said.
pub fn imports(call: *dorcas.Call, request: message.ImportsRequest) dorcas.Error!message.ImportsResponse {
    const out = try call.arena.alloc(message.RuleImports, request.rules.len);
    for (out, request.rules) |*of, told| {
        const rule = told.rule;
        of.* = .{};
        if (!text.same(rule.kind, "zig_library") and !text.same(rule.kind, "zig_c_library")) continue;
        const given = stringAttr(rule, "import_name") orelse "";
        const name = if (given.len > 0) given else rule.name;
        of.* = .{
            .importable = true,
            .imports = try call.arena.dupe(message.ImportSpec, &.{.{ .lang = "zig", .imp = name }}),
        };
    }
    return .{ .rules = out };
}

/// The library of each module that is imported.
pub fn resolve(call: *dorcas.Call, request: message.ResolveRequest) dorcas.Error!message.ResolveResponse {
    var resolver: Resolver = .{ .arena = call.arena, .request = request };
    const out = try call.arena.alloc(message.ResolvedRule, request.rules.len);
    for (out, request.rules) |*resolved, rule| {
        var deps: std.ArrayList([]const u8) = .empty;
        for (rule.imports) |import| {
            if (!text.same(import.lang, "zig")) continue;
            if (try resolver.label(import.imp, rule.rule.name)) |label| try deps.append(call.arena, label);
        }
        resolved.* = if (deps.items.len == 0)
            .{ .delete = &.{"deps"} }
        else
            .{ .set = try call.arena.dupe(message.Attr, &.{.{ .name = "deps", .value = .{ .labels = deps.items } }}) };
    }
    return .{ .resolved = .{ .rules = out, .diagnostics = resolver.diagnostics.items } };
}

const Resolver = struct {
    arena: Allocator,
    request: message.ResolveRequest,
    diagnostics: std.ArrayList(message.Diagnostic) = .empty,
    told: text.Set = .empty,

    /// The label that provides a module; none where the user has to be told why not.
    fn label(self: *Resolver, module: []const u8, rule: []const u8) Allocator.Error!?[]const u8 {
        const found = self.lookup(module) orelse message.Lookup{ .query = .{ .import = .{} }, .origin = .nowhere };
        if (found.override_label) |chosen| return chosen;
        if (found.matches.len == 1) {
            const only = found.matches[0].label;
            return if (try self.isOwn(only, rule)) null else only;
        }
        // A library and its tests import the same.
        if (self.told.contains(module)) return null;
        try self.told.put(self.arena, module, {});
        try self.diagnostics.append(self.arena, .{
            .severity = .warning,
            .message = if (found.matches.len == 0)
                try std.fmt.allocPrint(
                    self.arena,
                    "no rule provides the module \"{s}\"; one from elsewhere: # gazelle:resolve zig {s} LABEL",
                    .{ module, module },
                )
            else
                try std.fmt.allocPrint(
                    self.arena,
                    "{s} and {s} provide the module \"{s}\"; to choose: # gazelle:resolve zig {s} LABEL",
                    .{ found.matches[0].label, found.matches[1].label, module, module },
                ),
        });
        return null;
    }

    /// Whether a label is that of the rule itself. The index knows the rules of this repository alone, by its name.
    fn isOwn(self: *const Resolver, found: []const u8, rule: []const u8) Allocator.Error!bool {
        const own = try std.fmt.allocPrint(self.arena, "//{s}:{s}", .{ self.request.rel, rule });
        const start = std.mem.find(u8, found, "//") orelse return false;
        return text.same(own, found[start..]);
    }

    fn lookup(self: *const Resolver, module: []const u8) ?message.Lookup {
        // Sorted by the language of the import, the import, and the language asked.
        const index = std.sort.binarySearch(message.Lookup, self.request.found, module, struct {
            fn order(wanted: []const u8, found: message.Lookup) std.math.Order {
                const query = found.query;
                const parts = .{ .{ "zig", query.import.lang }, .{ wanted, query.import.imp }, .{ "zig", query.lang } };
                inline for (parts) |part| {
                    const one = std.mem.order(u8, part[0], part[1]);
                    if (one != .eq) return one;
                }
                return .eq;
            }
        }.order) orelse return null;
        return self.request.found[index];
    }
};
