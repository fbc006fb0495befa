const words = @import("words.zig");
test "a word" {
    _ = words.hello;
}
