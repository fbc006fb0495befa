#include "pkg/core.h"
