#include "shop/item.pb.h"
#include "old/old.pb.h"
#include "nobody.pb.h"
int main() {}
