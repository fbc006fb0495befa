//! A second run changes nothing and has the same to say, whatever the repository and whichever guest.

mod support;

use dorcas_gazelle::{GuestLanguage, Language, Options, Outcome, OutputFile, write};
use dorcas_host::Engine;
use proptest::{prelude::*, sample::select};
use std::{collections::BTreeSet, fs, path::Path};
use support::{outcome, repo};

/// What repositories of a language are made of.
struct Tongue {
    /// Its guests, by the names of their files.
    guests: &'static [&'static str],
    files: &'static [&'static str],
    /// Lines of source files. `DIR` is a directory of the repository.
    lines: &'static [&'static str],
    kinds: &'static [&'static str],
    directives: &'static [&'static str],
}

const PROTO: Tongue = Tongue {
    guests: &["visibility", "proto"],
    files: &["a.proto", "b.proto", "c.proto"],
    lines: &[
        "package a;",
        "package b.c;",
        "import \"DIR/a.proto\";",
        "import \"DIR/b.proto\";",
        "import \"google/protobuf/any.proto\";",
        "import \"gone/a.proto\";",
        "option go_package = \"x/y\";",
        "/* import \"gone/b.proto\";",
        "*/",
    ],
    kinds: &["proto_library"],
    directives: &[
        "proto file",
        "proto package",
        "proto_strip_import_prefix /a",
        "proto_import_prefix x",
        "proto disable",
    ],
};

const CC: Tongue = Tongue {
    guests: &["visibility", "proto", "cc"],
    files: &["a.h", "a.cc", "b.h", "b_test.cc", "main.cc", "a.proto"],
    lines: &[
        "#include \"DIR/a.h\"",
        "#include \"DIR/b.h\"",
        "#include \"b.h\"",
        "#include <vector>",
        "#include \"DIR/a.pb.h\"",
        "int main() { return 0; }",
        "/*",
        "*/",
        "import \"DIR/a.proto\";",
    ],
    kinds: &["cc_library", "cc_binary", "cc_test", "cc_proto_library", "proto_library"],
    directives: &["cc_group unit", "cc_include_prefix x", "cc_strip_include_prefix /a", "cc_generate_proto false"],
};

const TS: Tongue = Tongue {
    guests: &["visibility", "ts"],
    files: &["a.ts", "b.tsx", "a.test.ts", "c.js", "data.json", "package.json", "tsconfig.json"],
    lines: &[
        "import \"../DIR/a\";",
        "import { x } from \"./b\";",
        "export * from \"./a\";",
        "const r = require(\"react\");",
        "import \"./data.json\";",
        "jest.mock(\"./a\");",
        "const t = `${import(\"./a\")}`;",
        "{}",
    ],
    kinds: &["ts_project", "js_library", "ts_config"],
    directives: &["js_tsconfig enabled", "js_generate false", "js_visibility //visibility:private"],
};

const ZIG: Tongue = Tongue {
    guests: &["visibility", "zig"],
    files: &["main.zig", "a.zig", "b.zig", "root.zig"],
    lines: &[
        "const a = @import(\"a.zig\");",
        "const b = @import(\"../DIR/b.zig\");",
        "const c = @import(\"DIR\");",
        "pub fn main() void {}",
        "test \"x\" {}",
    ],
    kinds: &["zig_library", "zig_binary", "zig_test"],
    directives: &[],
};

const DIRS: [&str; 5] = ["", "a", "a/b", "c", "internal"];

/// Directives of the pipeline. `KIND` is a kind of the language.
const DIRECTIVES: [&str; 12] = [
    "alias_kind my_macro KIND",
    "map_kind KIND my_kind //:my.bzl",
    "map_kind KIND KIND //:my.bzl",
    "default_visibility //:__subpackages__",
    "default_visibility //a:__pkg__,//c:__subpackages__",
    "exclude b.*",
    "generation_mode update_only",
    "generation_mode create_and_update",
    "lang proto,cc,js,zig",
    "lang visibility_extension",
    "ignore",
    "unknown thing",
];

/// Values of attributes. `FILE` is a file of the language.
const VALUES: [&str; 18] = [
    "[\"FILE\"]",
    "[\n        \"FILE\",\n        \"gone.h\",\n    ]",
    "[\"gone.proto\"]",
    "[\"gone.ts\", \"gone.cc\"]",
    "[\n        \"FILE\",  # keep\n        \"gone.zig\",\n    ]",
    "[\":made\"]",
    "[\"//a\", \"//c:d\", \":x\"]",
    "[]",
    "COMMON",
    "COMMON + [\"FILE\"]",
    "[\"FILE\"] + COMMON",
    "[x for x in COMMON]",
    "glob([\"*\"])",
    "select({\n        \"//os:linux\": [\"FILE\"],\n        \"//conditions:default\": [],\n    })",
    "[\"//x\"] + select({\n        \"//os:linux\": [],\n        \"//conditions:default\": [\"//y\"],  # keep\n    })",
    "select({\n        \"//os:linux\": [\"gone.h\"],  # keep\n        \"//os:osx\": [\"FILE\"],\n    })",
    "[\"FILE\"],  # keep",
    "\"FILE\"",
];

const STATEMENTS: [&str; 8] = [
    "COMMON = [\"//x\"]\n",
    "filegroup(\n    name = \"made\",\n    srcs = [\"FILE\"],\n)\n",
    "genrule(\n    name = \"gen\",\n    outs = [\"made.h\"],\n)\n",
    "load(\"//:my.bzl\", \"my_kind\", \"my_macro\")\n",
    "package(default_visibility = [\"//visibility:private\"])\n",
    "# Copyright Somebody.\n",
    "\"\"\"What is here.\"\"\"\n",
    "exports_files([\"x\"])\n",
];

impl Tongue {
    fn source(&'static self) -> impl Strategy<Value = (String, String)> {
        let line = (select(self.lines), select(&DIRS[..])).prop_map(|(line, dir)| line.replace("DIR", dir));
        let lines = prop::collection::vec(line, 0..4);
        (select(&DIRS[..]), select(self.files), lines).prop_map(|(dir, file, lines)| {
            (join(dir, file), lines.into_iter().flat_map(|line| [line, "\n".into()]).collect())
        })
    }

    fn fill(&'static self, text: impl Strategy<Value = &'static str>) -> impl Strategy<Value = String> {
        (text, select(self.kinds), select(self.files))
            .prop_map(|(text, kind, file)| text.replace("KIND", kind).replace("FILE", file))
    }

    fn directive(&'static self) -> impl Strategy<Value = String> {
        let all: Vec<&str> = DIRECTIVES.iter().chain(self.directives).copied().collect();
        self.fill(select(all)).prop_map(|directive| format!("# gazelle:{directive}\n"))
    }

    fn rule(&'static self) -> impl Strategy<Value = String> {
        let kinds: Vec<&str> = self.kinds.iter().copied().chain(["my_kind", "my_macro", "filegroup"]).collect();
        let names = vec!["a", "b", "c", "a_proto", "b_c_proto", "a_test", "internal", "main", "root", "b_tests"];
        let value = || prop::option::of(self.fill(select(&VALUES[..])));
        let attrs = select(vec!["srcs", "srcs", "hdrs", "main"]);
        let above = prop_oneof![
            6 => Just(String::new()),
            1 => Just("# keep\n".to_owned()),
            1 => Just("# About it.\n".to_owned()),
            1 => self.directive(),
        ];
        (above, select(kinds), select(names), attrs, value(), value()).prop_map(
            |(above, kind, name, attr, srcs, deps)| {
                let line = |attr: &str, value: Option<String>| match value {
                    Some(value) if value.ends_with("# keep") => format!("    {attr} = {value}\n"),
                    Some(value) => format!("    {attr} = {value},\n"),
                    None => String::new(),
                };
                format!(
                    "{above}{kind}(\n    name = \"{name}\",\n{}    tags = [\"t\"],\n{})\n",
                    line(attr, srcs),
                    line("deps", deps)
                )
            },
        )
    }

    fn build_file(&'static self) -> impl Strategy<Value = (String, String)> {
        let statement = prop_oneof![3 => self.rule(), 1 => self.fill(select(&STATEMENTS[..])), 1 => self.directive()];
        (select(&DIRS[..]), prop::collection::vec(statement, 0..5))
            .prop_map(|(dir, statements)| (join(dir, "BUILD.bazel"), statements.join("\n")))
    }

    fn repository(&'static self) -> impl Strategy<Value = Vec<(String, String)>> {
        let file = prop_oneof![3 => self.source().boxed(), 2 => self.build_file().boxed()];
        prop::collection::vec(file, 1..12)
    }

    /// Runs over many repositories, each twice.
    fn check(&'static self) {
        let engine = Engine::default();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/prebuilt");
        let load = |name: &&str| {
            let module = engine.load(&fs::read(folder.join(format!("{name}.wasm"))).unwrap()).unwrap();
            GuestLanguage::new(module).unwrap()
        };
        let guests: Vec<GuestLanguage> = self.guests.iter().map(load).collect();
        let languages: Vec<&dyn Language> = guests.iter().map(|guest| guest as &dyn Language).collect();
        let config = ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() };
        proptest!(config, |(files in self.repository())| {
            // Two kinds that become one can't be told apart afterwards.
            prop_assume!(mapped_to_my_kind(&files).len() <= 1);
            let dir = repo(&files);
            fs::write(dir.path().join("MODULE.bazel"), "module(name = \"me\")\n").unwrap();
            let options = Options::new(dir.path());
            let first = outcome(&options, &languages);
            let errors = write(&first);
            prop_assert!(errors.is_empty(), "{:?}", errors);
            let second = outcome(&options, &languages);
            let changed = second.files.iter().filter(|file| file.changed());
            let diff = |file: &OutputFile| {
                let [old, new] = [file.old.as_deref().unwrap_or_default(), &file.new].map(|text| String::from_utf8_lossy(text));
                similar::TextDiff::from_lines(&old, &new).unified_diff().header(&file.rel, &file.rel).to_string()
            };
            let changed: Vec<_> = changed.map(diff).collect();
            prop_assert!(changed.is_empty(), "{}\n{:#?}", changed.concat(), files);
            prop_assert_eq!(said(&second), said(&first), "{:#?}", files);
        });
    }
}

/// The kinds that some directive maps to `my_kind`.
fn mapped_to_my_kind(files: &[(String, String)]) -> BTreeSet<&str> {
    let words = files.iter().flat_map(|(_, text)| text.lines()).map(|line| line.split(' ').collect::<Vec<_>>());
    words
        .filter_map(|words| match words[..] {
            ["#", "gazelle:map_kind", kind, "my_kind", _] => Some(kind),
            _ => None,
        })
        .collect()
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.into() } else { format!("{dir}/{name}") }
}

/// All that a run says, and whether it is to end well.
fn said(outcome: &Outcome) -> (bool, Vec<String>) {
    let failures = outcome.failures.iter().map(ToString::to_string);
    // Where lines have moved, they are others.
    let diagnostics = outcome.diagnostics.iter().map(|said| {
        let mut said = said.clone();
        said.line = None;
        said.to_string()
    });
    (outcome.failed(), failures.chain(diagnostics).collect())
}

#[test]
fn proto() {
    PROTO.check();
}

#[test]
fn cc() {
    CC.check();
}

#[test]
fn ts() {
    TS.check();
}

#[test]
fn zig() {
    ZIG.check();
}
