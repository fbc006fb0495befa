// test "no" {}
test "yes" {}
