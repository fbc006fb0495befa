#include <fmt/core.h>
#include "json/json.h"
#include "third_party/json/include/json/reader.h"
#include "api.h"
#include "very/deep.h"
#include "third_party/bin/bin.h"
#include "third_party/bin/other.h"
#include "third_party/fmt/core_internal.h"
int main() {}
