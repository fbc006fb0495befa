#include <shop/item.h>
#include "mine/old.h"
#include "my/new.h"
#include "lib/new/new.h"
#include "include/plain/plain.h"
int main() {}
