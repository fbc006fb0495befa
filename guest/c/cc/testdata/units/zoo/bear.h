#include "cat.h"
