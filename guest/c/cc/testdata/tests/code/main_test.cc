#include "code.h"
#include "gtest/gtest.h"
int main(int argc, char **argv) { return RUN_ALL_TESTS(); }
