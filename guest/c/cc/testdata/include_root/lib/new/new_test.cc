#include "my/new.h"
