const h = @import("helper.zig");
