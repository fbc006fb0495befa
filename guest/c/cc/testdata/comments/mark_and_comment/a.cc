/* c */ #include "l1/m.h"
