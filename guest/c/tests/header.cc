/** The header in C++: a guest that makes one rule. */
#include "dorcas.h"

DORCAS_LANGUAGE("header")

static bool generate(dorcas_call *call, const dorcas_generate_request *request, dorcas_generate_response *out) {
    static const dorcas_text srcs[] = { DORCAS_INIT("BUILD.bazel") };
    static const dorcas_text name = DORCAS_INIT("srcs");
    (void)request;
    auto &rule = dorcas_generated_rule_add(call, &out->rules)->rule;
    rule.kind = DORCAS_TEXT("filegroup");
    rule.name = DORCAS_TEXT("all");
    dorcas_attr *attr = dorcas_attr_add(call, &rule.attrs);
    attr->name = name;
    attr->value.tag = DORCAS_VALUE_STRINGS;
    attr->value.strings = dorcas_text_list DORCAS_INIT_LIST(srcs);
    return true;
}
DORCAS_GENERATE_RULES(generate)

static bool manifest(dorcas_call *call, const dorcas_manifest_request *, dorcas_manifest *out) {
    dorcas_kind *kind = dorcas_kind_add(call, &out->kinds);
    kind->name = DORCAS_TEXT("filegroup");
    *dorcas_text_add(call, &kind->mergeable_attrs) = DORCAS_TEXT("srcs");
    return true;
}
DORCAS_MANIFEST(manifest)
