#include "../elk.h"
