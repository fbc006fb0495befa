const thing = @import("thing");
const far = @import("far");
const builtin = @import("builtin");
