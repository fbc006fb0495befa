#include "old.h"
#include "base/base.h"
#include "log/log.h"
