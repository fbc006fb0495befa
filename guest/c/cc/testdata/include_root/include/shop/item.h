#include "shop/price.h"
#include "shop/deep/tax.h"
