const std = @import("std");

/// `zig build` makes the guest in `zig_rules`, `zig build test` runs all tests. For other packages there is the module
/// `dorcas`.
pub fn build(b: *std.Build) void {
    const wasm = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .freestanding });
    const dorcas = b.addModule("dorcas", .{ .root_source_file = b.path("src/dorcas.zig") });

    const guest = b.addExecutable(.{
        .name = "zig",
        .root_module = b.createModule(.{
            .root_source_file = b.path("zig_rules/zig_rules.zig"),
            .target = wasm,
            .optimize = .ReleaseSmall,
            .strip = true,
            .imports = &.{.{ .name = "dorcas", .module = dorcas }},
        }),
    });
    guest.entry = .disabled;
    guest.rdynamic = true;
    guest.stack_size = 32768;
    b.installArtifact(guest);

    const native = b.resolveTargetQuery(.{});
    const golden = b.createModule(.{
        .root_source_file = b.path("tests/golden.zig"),
        .target = native,
        .imports = &.{.{ .name = "dorcas", .module = dorcas }},
    });
    for (tables) |table| {
        golden.addAnonymousImport(table, .{ .root_source_file = b.path(b.fmt("../../abi/{s}", .{table})) });
    }
    const language = b.createModule(.{
        .root_source_file = b.path("zig_rules/zig_rules.zig"),
        .target = native,
        .imports = &.{.{ .name = "dorcas", .module = dorcas }},
    });
    const sdk = b.createModule(.{ .root_source_file = b.path("src/dorcas.zig"), .target = native });
    const step = b.step("test", "Run all tests");
    for ([_]*std.Build.Module{ sdk, golden, language }) |module| {
        step.dependOn(&b.addRunArtifact(b.addTest(.{ .root_module = module })).step);
    }
}

/// What the tests read of `abi`.
const tables = [_][]const u8{
    "schema.json",          "golden/bad.json",   "golden/configure.json",      "golden/find.json",
    "golden/finish.json",   "golden/fix.json",   "golden/generate_rules.json", "golden/imports.json",
    "golden/manifest.json", "golden/reply.json", "golden/primitives.json",     "golden/resolve.json",
    "golden/rule.json",     "golden/scan.json",  "golden/setup.json",
};
