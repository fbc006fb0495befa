#include "zoo/dog.h"
#include "zoo/elk.h"
