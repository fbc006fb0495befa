#include "new.h"
#include "old.h"
