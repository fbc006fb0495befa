const c = @import("c_things");
