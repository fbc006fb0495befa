#include "one/old.h"
