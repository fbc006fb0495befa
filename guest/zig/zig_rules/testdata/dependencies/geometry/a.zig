const b = @import("b.zig");
