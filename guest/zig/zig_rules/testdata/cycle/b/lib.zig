const zoo = @import("zoo.zig");
const ape = @import("ape.zig");
