pub const at_the_root = 1;
