#include "code/code.h"
#include <gmock/gmock.h>
