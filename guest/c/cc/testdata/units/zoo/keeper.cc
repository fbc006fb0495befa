#include "dog.h"
#include "keeper.h"
int main() {}
