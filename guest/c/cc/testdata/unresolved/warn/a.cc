#include "no/such.h"
#include "../../outside.h"
#include "/usr/include/x.h"
#include <no/such/either.h>
