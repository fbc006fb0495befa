//! What does buildifier know about names of attributes?

/// Where an argument stands among the named ones: by this number, then by name.
pub(super) fn priority(attr: &str) -> i32 {
    match attr {
        "name" => -99,
        "gwt_name" => -98,
        "package_name" => -97,
        "visible_node_name" => -96,
        "size" => -95,
        "timeout" => -94,
        "testonly" => -93,
        "src" => -92,
        "srcdir" => -91,
        "srcs" => -90,
        "out" => -89,
        "outs" => -88,
        "hdrs" => -87,
        "has_services" => -86,
        "include" => -85,
        "of" => -84,
        "baseline" => -83,
        "destdir" => 1,
        "exports" => 2,
        "runtime_deps" => 3,
        "deps" => 4,
        "implementation" => 5,
        "implements" => 6,
        "alwayslink" => 7,
        _ => 0,
    }
}

/// Whether buildifier sorts the strings of an attribute and drops duplicates.
pub(crate) fn is_sorted(kind: &str, attr: &str) -> bool {
    let never = matches!((kind, attr), ("genrule", "outs" | "srcs") | ("cc_embed_data", "srcs"));
    !never && SORTED.binary_search(&attr).is_ok()
}

/// Whether buildifier takes the strings of an attribute for labels, which it shortens.
pub(super) fn is_label(kind: &str, attr: &str) -> bool {
    (kind, attr) != ("package_group", "includes") && LABELS.binary_search(&attr).is_ok()
}

const SORTED: &[&str] = &[
    "cc_deps",
    "common_deps",
    "compile_deps",
    "configs",
    "constraints",
    "data",
    "default_visibility",
    "deps",
    "deps_java",
    "exported_deps",
    "exports",
    "filegroups",
    "files",
    "hdrs",
    "implementation_deps",
    "imports",
    "includes",
    "inherits",
    "javadeps",
    "lib_deps",
    "module_deps",
    "outs",
    "packages",
    "plugin_modules",
    "private_deps",
    "proto_deps",
    "protos",
    "pubs",
    "resources",
    "runtime_deps",
    "shared_deps",
    "similar_deps",
    "srcs",
    "swig_includes",
    "swigdeps",
    "tags",
    "test_data",
    "test_deps",
    "test_srcs",
    "test_tags",
    "tests",
    "to_start_extensions",
    "tools",
    "visibility",
];

const LABELS: &[&str] = &[
    "app_target",
    "appdir",
    "base_package",
    "build_deps",
    "cc_deps",
    "ccdeps",
    "common_deps",
    "compile_deps",
    "compiler",
    "data",
    "default_visibility",
    "dep",
    "deps",
    "deps_java",
    "dont_depend_on",
    "env_deps",
    "envscripts",
    "exported_deps",
    "exports",
    "externs_list",
    "files",
    "globals",
    "implementation",
    "implementation_deps",
    "implements",
    "includes",
    "interface",
    "jar",
    "jars",
    "javadeps",
    "lib_deps",
    "library",
    "malloc",
    "model",
    "mods",
    "module_deps",
    "module_target",
    "of",
    "plugins",
    "private_deps",
    "proto_deps",
    "proto_target",
    "protos",
    "resource",
    "resources",
    "runtime_deps",
    "scope",
    "shared_deps",
    "similar_deps",
    "source_jar",
    "src",
    "srcs",
    "stripped_targets",
    "suites",
    "swigdeps",
    "target",
    "target_devices",
    "target_platforms",
    "template",
    "test",
    "test_data",
    "test_deps",
    "test_srcs",
    "tests",
    "tests_deps",
    "tool",
    "tools",
    "visibility",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order() {
        assert!(SORTED.is_sorted_by(|a, b| a < b));
        assert!(LABELS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_rule_may_be_an_exception() {
        assert!(is_sorted("filegroup", "srcs") && !is_sorted("genrule", "srcs"));
        assert!(is_label("filegroup", "includes") && !is_label("package_group", "includes"));
    }
}
