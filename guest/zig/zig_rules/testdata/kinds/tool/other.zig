pub export fn main() void {}
test "x" {}
