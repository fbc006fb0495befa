#include "zoo/ape.h"
