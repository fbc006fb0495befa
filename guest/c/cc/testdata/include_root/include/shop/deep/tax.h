#include "shop/deep/rate.h"
