#include "code/code.h"
#include "gtest/gtest.h"
#include "test_words.h"
