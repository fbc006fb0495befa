#include "shop/item.pb.h"
#include <google/protobuf/message.h>
