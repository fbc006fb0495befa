const a = @import("a.zig");
