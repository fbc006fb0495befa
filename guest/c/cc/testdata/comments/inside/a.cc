/* #include "l9/m.h" */
/*
#include "l9/m.h"
*/
// #include "l9/m.h"
// \
#include "l9/m.h"
/**/ /* */ int x; /* c */ #include "l9/m.h"
#include "l1/m.h"
/* a */ foo(); /* b */
#include "l2/m.h"
