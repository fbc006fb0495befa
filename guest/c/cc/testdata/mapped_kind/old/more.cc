#include "old.h"
#include "new/new.h"
