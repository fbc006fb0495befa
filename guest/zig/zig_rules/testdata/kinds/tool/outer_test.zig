const t = @import("inner_test.zig");
