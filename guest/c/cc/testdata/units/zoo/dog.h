#include "zoo/cat.h"
#include "zoo/dog.h"
