#include <shop/deep/tax.h>
#include "other.h"
