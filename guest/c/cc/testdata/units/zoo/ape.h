#include "zoo/bear.h"
