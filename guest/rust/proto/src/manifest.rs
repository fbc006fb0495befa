//! What does the language ask of its host?

use crate::{PROTO_LIBRARY, known, source};
use dorcas_guest::message::{DirectiveInfo, Flag, FlagType, Input, Kind, LoadInfo, Manifest, Methods, Want};

pub(crate) fn manifest() -> Manifest {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    Manifest {
        version: env!("CARGO_PKG_VERSION").into(),
        kinds: vec![Kind {
            name: PROTO_LIBRARY.into(),
            match_any: false,
            match_attrs: names(&["srcs"]),
            non_empty_attrs: names(&["srcs"]),
            substitute_attrs: Vec::new(),
            mergeable_attrs: names(&["import_prefix", "srcs", "strip_import_prefix"]),
            resolve_attrs: names(&["deps"]),
        }],
        loads: vec![LoadInfo {
            module: known::PROTOBUF.module.into(),
            repo: known::PROTOBUF.repo.into(),
            file: known::symbol_file(PROTO_LIBRARY).expect("the symbol is in the table").into(),
            symbols: names(&[PROTO_LIBRARY]),
            after: Vec::new(),
        }],
        directives: directives(),
        flags: flags(),
        inputs: vec![Input {
            glob: "**/*.proto".into(),
            want: Want::Matches(source::patterns()),
            methods: Methods::GENERATE_RULES,
            ..Input::default()
        }],
        quiet: false,
        stateful: false,
    }
}

fn directives() -> Vec<DirectiveInfo> {
    let directive = |(name, help): (&str, &str)| DirectiveInfo { name: name.into(), help: help.into() };
    [
        ("proto", "how rules are generated: default, file, package, legacy, disable or disable_global"),
        ("proto_group", "in package mode, the option by which files are put together, not their proto package"),
        ("proto_import_prefix", "the import_prefix of generated rules"),
        (
            "proto_search",
            "two prefixes: where an import begins with the first, the directory to index begins with the second",
        ),
        (
            "proto_strip_import_prefix",
            "the strip_import_prefix of generated rules, from the root, with a slash in front",
        ),
    ]
    .map(directive)
    .into()
}

fn flags() -> Vec<Flag> {
    let flag = |(name, default, help): (&str, &str, &str)| Flag {
        name: name.into(),
        ty: FlagType::String,
        default: default.into(),
        help: help.into(),
    };
    [
        (
            "proto",
            "default",
            "How rules are generated. default: for one proto package a directory; package: for each proto package; file: \
             for each file; legacy, disable: not at all; disable_global: nor are well-known imports special",
        ),
        ("proto_group", "", "In package mode, the option by which files are put together, not their proto package"),
        ("proto_import_prefix", "", "The import_prefix of generated rules"),
    ]
    .map(flag)
    .into()
}
