const thing = @import("thing");
