auto a = FOOR"(";
#include "l1/m.h"
auto b = R"EOF(a(b)c"d
#include "l9/m.h"
)EOF" R"EOF(x)EOF";
#include "l2/m.h"
