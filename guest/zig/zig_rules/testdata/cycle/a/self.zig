const self = @import("self.zig");
const me = @import("self");
