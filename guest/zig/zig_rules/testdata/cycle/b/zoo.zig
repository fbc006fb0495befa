const lib = @import("lib.zig");
