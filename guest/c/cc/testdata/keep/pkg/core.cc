#include "core.h"
#include "hidden.h"
#include "version.h"
