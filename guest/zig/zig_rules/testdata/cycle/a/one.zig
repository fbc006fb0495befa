const two = @import("two.zig");
