#include "units/a.h"
