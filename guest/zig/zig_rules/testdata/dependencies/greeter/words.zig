const root = @import("root.zig");
pub const hello = "hello";
