const char* a = R"xx(
#include "l9/m.h"
)xx";
#include "l1/m.h"
const char* b = R"(
#include "l9/m.h"
)";
#include "l2/m.h"
