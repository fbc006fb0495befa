#include "several/second.h"
