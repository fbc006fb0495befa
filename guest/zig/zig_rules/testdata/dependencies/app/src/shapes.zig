const geometry = @import("geometry");
pub const name = geometry.name;
