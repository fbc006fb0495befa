/** A guest that gives up: the host finds its text. */
#include "dorcas.h"

DORCAS_LANGUAGE("abort")

static bool generate(dorcas_call *call, const dorcas_generate_request *request, dorcas_generate_response *out) {
    (void)out;
    if (request->rel.len) dorcas_alloc(call, (size_t)-1);
    dorcas_abort(DORCAS_CONCAT(call, DORCAS_TEXT("this can't "), DORCAS_TEXT("happen")));
}
DORCAS_GENERATE_RULES(generate)
