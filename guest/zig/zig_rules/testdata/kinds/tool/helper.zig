const S = struct {
    pub fn main() void {}
};
const testing = 1;
