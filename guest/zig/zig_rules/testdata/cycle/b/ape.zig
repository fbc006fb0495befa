const zoo = @import("zoo.zig");
