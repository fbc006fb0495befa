#include "../by_hand.h"
#include "vendor/other.h"
