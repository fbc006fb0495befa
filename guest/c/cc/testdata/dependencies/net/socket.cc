#include "net/socket.h"
#include "base/strings.h"
#include "log/log.h"
