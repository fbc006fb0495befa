#include <dup.h>
#include <openssl/ssl.h>
#include "absl/strings/str_cat.h"
#include "local.inc.h"
