const one = @import("one.zig");
