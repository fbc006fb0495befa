pub const both = 1;
