#include "made.h"
#include "dup.h"
