#include "helpers/test.h"
