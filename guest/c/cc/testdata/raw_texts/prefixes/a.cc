auto a = u8R"json({"a": ")"}
#include "l9/m.h"
)json";
#include "l1/m.h"
auto b = LR"---(
" ' // /* )xx"
#include "l9/m.h"
)---";
#include "l2/m.h"
auto c = UR"_(//)_";
#include "l3/m.h"
auto d = R"{}(
#include "l9/m.h"
){}";
#include "l4/m.h"
