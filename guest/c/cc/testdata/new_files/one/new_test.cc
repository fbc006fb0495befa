#include "one/new.h"
