/* c */ #include "l1/m.h"
#include /* x */ "l2/m.h"
# /* x */ /* y */ include "l3/m.h"
/** Licence
 * of two lines **/ #include "l4/m.h"
