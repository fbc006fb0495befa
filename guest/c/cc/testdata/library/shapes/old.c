#include "./square.h"
