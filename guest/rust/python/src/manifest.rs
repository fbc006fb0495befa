//! What does the language ask of its host?

use crate::{PY_BINARY, PY_LIBRARY, PY_PROTO_LIBRARY, PY_TEST, config::CONFTEST};
use dorcas_guest::message::{DirectiveInfo, Input, Kind, LoadInfo, Manifest, Methods, Reach, Want};

/// The files among which that with the modules of other repositories has to be: a directive can name it, a glob can't.
pub(crate) const MANIFESTS: &str = "*{gazelle,manifest,modules}*.{yaml,yml}";

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

pub(crate) fn manifest() -> Manifest {
    let input =
        |glob: &str, want: Want, methods: Methods| Input { glob: glob.into(), reach: Reach::Here, want, methods };
    Manifest {
        version: env!("CARGO_PKG_VERSION").into(),
        kinds: vec![
            kind(PY_BINARY, &["srcs"], &["deps", "main", "srcs"]),
            kind(PY_LIBRARY, &["srcs"], &["deps", "srcs"]),
            Kind {
                name: PY_PROTO_LIBRARY.into(),
                non_empty_attrs: names(&["deps"]),
                resolve_attrs: names(&["deps"]),
                ..Kind::default()
            },
            kind(PY_TEST, &[], &["deps", "main", "srcs"]),
        ],
        loads: vec![
            LoadInfo {
                module: "rules_python".into(),
                repo: "rules_python".into(),
                file: "//python:defs.bzl".into(),
                symbols: names(&[PY_BINARY, PY_LIBRARY, PY_TEST]),
                after: Vec::new(),
            },
            LoadInfo {
                module: "protobuf".into(),
                repo: "com_google_protobuf".into(),
                file: "//bazel:py_proto_library.bzl".into(),
                symbols: names(&[PY_PROTO_LIBRARY]),
                after: Vec::new(),
            },
        ],
        directives: directives(),
        flags: Vec::new(),
        inputs: vec![
            input("**/*.py", Want::Scan, Methods::GENERATE_RULES),
            input("**/*.pyi", Want::Name, Methods::GENERATE_RULES),
            input(CONFTEST, Want::Name, Methods::CONFIGURE),
            input(MANIFESTS, Want::Content, Methods::CONFIGURE),
        ],
        quiet: true,
        stateful: false,
    }
}

fn kind(name: &str, match_attrs: &[&str], non_empty: &[&str]) -> Kind {
    Kind {
        name: name.into(),
        match_any: false,
        match_attrs: names(match_attrs),
        non_empty_attrs: names(non_empty),
        substitute_attrs: Vec::new(),
        mergeable_attrs: names(&["srcs"]),
        resolve_attrs: names(&["deps", "pyi_deps", "pyi_srcs"]),
    }
}

fn directives() -> Vec<DirectiveInfo> {
    let directive = |(name, help): (&str, &str)| DirectiveInfo { name: name.into(), help: help.into() };
    [
        (
            "python_binary_naming_convention",
            "name of the py_binary of a __main__.py; $package_name$ is the directory's",
        ),
        (
            "python_default_visibility",
            "visibility of rules: labels with commas between, NONE or DEFAULT; $python_root$ is the root's path",
        ),
        ("python_experimental_allow_relative_imports", "whether relative imports become dependencies: true or false"),
        ("python_extension", "whether there are Python rules: enabled or disabled"),
        ("python_generate_proto", "whether each proto_library gets a py_proto_library: true or false"),
        ("python_generate_pyi_deps", "whether imports for types alone go to pyi_deps, not to deps: true or false"),
        ("python_generate_pyi_srcs", "whether .pyi files beside sources go to pyi_srcs: true or false"),
        (
            "python_generation_mode",
            "a library for each directory, each file, or all directories below: package, file or project",
        ),
        (
            "python_generation_mode_per_file_include_init",
            "in file mode, whether each library has __init__.py too: true or false",
        ),
        (
            "python_generation_mode_per_package_require_test_entry_point",
            "whether one test for a whole package takes a __test__.py or a rule __test__: true or false",
        ),
        ("python_ignore_dependencies", "modules whose import is no dependency, with commas between"),
        ("python_ignore_files", "names of files that are left out, with commas between"),
        (
            "python_include_ancestor_conftest",
            "whether tests depend on conftest.py of the directories above, too: true or false",
        ),
        (
            "python_label_convention",
            "name in labels of other repositories' packages; $distribution_name$ is the distribution's",
        ),
        ("python_label_normalization", "how a distribution's name becomes part of a label: snake_case, pep503 or none"),
        (
            "python_library_naming_convention",
            "name of the py_library of a directory; $package_name$ is the directory's",
        ),
        (
            "python_manifest_file_name",
            "the file with the modules of other repositories, in place of gazelle_python.yaml",
        ),
        (
            "python_proto_naming_convention",
            "name of a py_proto_library; $proto_name$ is that of the proto_library without _proto",
        ),
        (
            "python_resolve_sibling_imports",
            "whether an absolute import may mean a file of the same directory: true or false",
        ),
        ("python_root", "imports begin in this directory; no value"),
        ("python_test_file_pattern", "globs with commas between; files that match are tests"),
        ("python_test_naming_convention", "name of the py_test of a directory; $package_name$ is the directory's"),
        ("python_validate_import_statements", "whether an import that nothing provides is an error: true or false"),
        ("python_visibility", "a further label for the visibility of rules; $python_root$ is the root's path"),
    ]
    .map(directive)
    .into()
}
