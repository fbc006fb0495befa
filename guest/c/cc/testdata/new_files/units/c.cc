#include "units/b.h"
