pub const n = 1;
