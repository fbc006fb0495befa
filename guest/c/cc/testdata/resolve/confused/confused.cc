#include <dup.h>
#include "one/dup.h"
