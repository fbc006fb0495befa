#include "base/base.h"
#include "../net/socket.h"
#include "app/config.h"
#include <base/strings.h>
int main() {}
