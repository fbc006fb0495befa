#include "tool/util.h"
// int main() is not here.
int util() { return 1; }
int domain(int main_of);
