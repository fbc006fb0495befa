pub const name = "polygon";
