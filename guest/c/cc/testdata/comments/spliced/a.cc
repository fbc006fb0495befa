#include \
    "l1/m.h"
#\
include "l2/m.h"
%:include "l3/m.h"
	 # 	 include	"l4/m.h"
