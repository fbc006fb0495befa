const three = @import("three.zig");
