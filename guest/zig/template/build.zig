const std = @import("std");

/// `zig build` makes `zig-out/bin/my_lang.wasm`, `zig build test` runs the tests in Zig.
pub fn build(b: *std.Build) void {
    const dorcas = b.dependency("dorcas", .{}).module("dorcas");

    const guest = b.addExecutable(.{
        .name = "my_lang",
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/root.zig"),
            .target = b.resolveTargetQuery(.{ .cpu_arch = .wasm32, .os_tag = .freestanding }),
            .optimize = .ReleaseSmall,
            .strip = true,
            .imports = &.{.{ .name = "dorcas", .module = dorcas }},
        }),
    });
    guest.entry = .disabled;
    guest.rdynamic = true;
    // The default of 16 MiB costs more than a call does, each time an instance is made.
    guest.stack_size = 32768;
    b.installArtifact(guest);

    const tests = b.addTest(.{
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/root.zig"),
            .target = b.resolveTargetQuery(.{}),
            .imports = &.{.{ .name = "dorcas", .module = dorcas }},
        }),
    });
    b.step("test", "Run the tests in Zig").dependOn(&b.addRunArtifact(tests).step);
}
