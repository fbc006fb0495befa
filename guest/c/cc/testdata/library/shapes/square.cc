// #include "in/a/comment.h"
/* A comment of several lines:
#include "in/a/long/comment.h"
*/
#include "shapes/square.h"
#include <stdio.h>
  #  include <vector>
const char *text = "a text \
#include \"in/a/text.h\"";
const char *raw = R"(
#include "in/a/raw/text.h"
)";
int big = 1'000'000;
char quote = '"';
// A comment that goes on \
#include "in/the/next/line.h"
int square(int side) { return side * side; }
int not_main() { return 0; }
