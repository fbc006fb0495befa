const std = @import("std");
const greeter = @import("greeter");
const shapes = @import("./shapes.zig");
const other = @import("nowhere");
const far = @import("../far.zig");
pub fn main() !void {
    greeter.greet(shapes.name);
}
