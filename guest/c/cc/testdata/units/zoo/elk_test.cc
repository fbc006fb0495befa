#include "elk.h"
#include "gtest/gtest.h"
