#include "util.h"
int main(int argc, char **argv) { return util(); }
