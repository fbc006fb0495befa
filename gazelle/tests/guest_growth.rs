//! No prebuilt guest has work that grows with the square of a directory: of its files, of the rules in its BUILD file, of what
//! these name. Fuel is the same on every machine, so that this is no test of time.

use dorcas_gazelle::{GuestLanguage, Language, Options, run, write};
use dorcas_host::Engine;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// For four times as much there is at most so much fuel, in hundredths: four times, and what it takes to sort.
const MOST: u64 = 460;

/// How many of something there are, and then four times as many.
const COUNT: usize = 200;

/// Makes the files of a repository with so many of something.
type Shape = fn(&Repository, usize);

struct Repository(PathBuf);

impl Repository {
    fn put(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A file for each number, `%` in its path and text being that number, `~` another one.
    fn each(&self, count: usize, path: &str, text: &str) {
        for number in 0..count {
            self.put(&path.replace('%', &number.to_string()), &numbered(text, number, count));
        }
    }

    /// A file with a text for each number between its head and its tail.
    fn one(&self, count: usize, path: &str, [head, text, tail]: [&str; 3]) {
        let all: String = (0..count).map(|number| numbered(text, number, count)).collect();
        self.put(path, &format!("{head}{all}{tail}"));
    }
}

fn numbered(text: &str, number: usize, count: usize) -> String {
    text.replace('%', &number.to_string()).replace('~', &((number * 7 + 1) % count).to_string())
}

fn guest(name: &str) -> GuestLanguage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/prebuilt").join(name).with_extension("wasm");
    GuestLanguage::new(Engine::default().load(&fs::read(path).unwrap()).unwrap()).unwrap()
}

/// Fuel by language, method and turn: the first one makes the BUILD files, the second one finds them there.
fn fuel(languages: &[&dyn Language], shape: Shape, count: usize) -> BTreeMap<String, u64> {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository(folder.path().to_owned());
    repository.put("MODULE.bazel", "");
    shape(&repository, count);
    let mut fuel = BTreeMap::new();
    for turn in ["first", "second"] {
        let outcome = run(&Options::new(&repository.0), languages, &()).unwrap();
        assert!(outcome.failures.is_empty(), "{count}: {:?}", outcome.failures);
        assert!(write(&outcome).is_empty());
        for language in &outcome.languages {
            for (method, totals) in &language.methods {
                fuel.insert(format!("{turn} {method} of {}", language.name), totals.fuel);
            }
        }
    }
    fuel
}

/// All of these grow as they should.
fn verify(guests: &[&str], shapes: &[(&str, Shape)]) {
    let guests: Vec<_> = guests.iter().map(|name| guest(name)).collect();
    let languages: Vec<_> = guests.iter().map(|guest| guest as &dyn Language).collect();
    let mut wrong = String::new();
    for (name, shape) in shapes {
        let (some, many) = (fuel(&languages, *shape, COUNT), fuel(&languages, *shape, 4 * COUNT));
        for (what, some) in some {
            let many = many[&what];
            if std::env::var_os("DORCAS_SHOW").is_some() {
                println!("{name}: {what}: {some}, then {many}: {} %", many.saturating_mul(100) / some.max(1));
            }
            if many * 100 > some * MOST {
                writeln!(wrong, "{name}: {what} takes {some}, and then {many}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const PROTO: &str = "syntax = \"proto3\";\npackage p;\nimport \"p/f~.proto\";\nimport \"q/g%.proto\";\n";

#[test]
fn proto() {
    verify(
        &["proto", "visibility"],
        &[
            ("files of a package", |repository, count| repository.each(count, "p/f%.proto", PROTO)),
            ("files of a package each", |repository, count| {
                repository.put("p/BUILD.bazel", "# gazelle:proto package\n");
                repository.each(count, "p/f%.proto", &PROTO.replace("package p", "package p%"));
            }),
            ("files with a rule each", |repository, count| {
                repository.put("p/BUILD.bazel", "# gazelle:proto file\n");
                repository.each(count, "p/f%.proto", PROTO);
            }),
            ("files in rules of another name", |repository, count| {
                let rule =
                    "proto_library(name = \"r%\", srcs = [\"f%.proto\"], visibility = [\"//visibility:public\"])\n";
                repository.one(count, "p/BUILD.bazel", ["# gazelle:proto file\n", rule, ""]);
                repository.each(count, "p/f%.proto", PROTO);
            }),
            ("rules whose files are gone", |repository, count| {
                let rule = "proto_library(name = \"g%\", srcs = [\"g%.proto\"])\n";
                repository.one(count, "p/BUILD.bazel", ["# gazelle:proto file\n", rule, ""]);
                repository.each(count, "p/f%.proto", PROTO);
            }),
            ("rules of another language", |repository, count| {
                let rule =
                    "my_library(name = \"r%\", srcs = [\"a%.x\", \"b%.x\"], out = \"o%.proto\", deps = [\":r~\"])\n";
                let head = "# gazelle:default_visibility //a\nload(\"//:my.bzl\", \"my_library\")\n";
                repository.one(count, "p/BUILD.bazel", [head, rule, ""]);
                repository.put("p/f.proto", PROTO);
            }),
            ("options", |repository, count| {
                repository.each(count, "p/f%.proto", &format!("{PROTO}option o% = \"x\";\noption p = \"%\";\n"));
            }),
            ("imports of a file", |repository, count| {
                repository.one(count, "p/f.proto", ["", "import \"q/g~.proto\";\n", ""]);
            }),
            ("services of a file", |repository, count| {
                repository.one(count, "p/f.proto", ["", "service S% { }\n", ""]);
            }),
            ("directives", |repository, count| {
                let all =
                    "# gazelle:proto_search a%/ b%\n# gazelle:default_visibility //a%\n# gazelle:proto_group g%\n";
                repository.one(count, "p/BUILD.bazel", ["", all, ""]);
                repository.put("p/f.proto", PROTO);
                repository.put("p/q/f.proto", PROTO);
            }),
            ("labels of a visibility", |repository, count| {
                repository.one(count, "p/BUILD.bazel", ["# gazelle:default_visibility //a", ",//a%", "\n"]);
                repository.put("p/f.proto", PROTO);
            }),
            ("loads", |repository, count| {
                let load = "load(\"@rules_proto//proto:defs.bzl\", a% = \"proto_library\")\n";
                repository.put("MODULE.bazel", "bazel_dep(name = \"protobuf\")\nbazel_dep(name = \"rules_proto\")\n");
                repository.one(count, "p/BUILD.bazel", ["", load, ""]);
            }),
        ],
    );
}

#[test]
fn zig() {
    verify(
        &["zig"],
        &[
            ("files with tests", |repository, count| {
                repository.each(count, "p/f%.zig", "pub fn x() void {}\ntest \"a\" {}\n");
            }),
            ("files that import modules", |repository, count| {
                repository.each(count, "p/f%.zig", "const a = @import(\"m%\");\nconst b = @import(\"m~\");\n");
            }),
            ("files of one module", |repository, count| {
                repository.one(count, "p/root.zig", ["", "const a% = @import(\"f%.zig\");\n", ""]);
                repository.each(count, "p/f%.zig", "const s = @import(\"std\");\ntest \"a\" {}\n");
            }),
            ("files that import each other", |repository, count| {
                repository.each(count, "p/f%.zig", "const a = @import(\"f~.zig\");\n");
            }),
            ("binaries", |repository, count| repository.each(count, "p/f%.zig", "pub fn main() void {}\n")),
            ("rules whose files are gone", |repository, count| {
                let rule = "zig_library(name = \"g%\", main = \"g%.zig\")\n";
                repository.one(
                    count,
                    "p/BUILD.bazel",
                    ["load(\"@rules_zig//zig:defs.bzl\", \"zig_library\")\n", rule, ""],
                );
                repository.each(count, "p/f%.zig", "pub fn x() void {}\n");
            }),
            ("files that rules make", |repository, count| {
                let rule =
                    "genrule(name = \"r%\", outs = [\"g%.zig\"])\nzig_library(name = \"g%\", main = \"g%.zig\")\n";
                repository.one(
                    count,
                    "p/BUILD.bazel",
                    ["load(\"@rules_zig//zig:defs.bzl\", \"zig_library\")\n", rule, ""],
                );
            }),
            ("files with one name but for their ends", |repository, count| {
                repository.each(count, "p/f%.zig", "test \"a\" {}\n");
                repository.each(count, "p/f%_test.zig", "test \"a\" {}\n");
            }),
        ],
    );
}

#[test]
fn cc() {
    verify(
        &["proto", "cc"],
        &[
            ("files of a directory", |repository, count| {
                repository.each(count, "p/f%.h", "#include \"p/f~.h\"\n");
                repository.each(count, "p/f%.cc", "#include \"p/f%.h\"\n#include \"q/g%.h\"\n#include <v%>\n");
            }),
            ("units", |repository, count| {
                repository.put("p/BUILD.bazel", "# gazelle:cc_group unit\n");
                repository.each(count, "p/f%.h", "");
                repository.each(count, "p/f%.cc", "#include \"p/f%.h\"\n#include \"p/f~.h\"\n#include \"q/g%.h\"\n");
            }),
            ("units with a main each", |repository, count| {
                repository.put("p/BUILD.bazel", "# gazelle:cc_group unit\n");
                repository.each(count, "p/f%.h", "");
                repository.each(count, "p/f%.cc", "int main() {}\n");
            }),
            ("new files of units", |repository, count| {
                let rule = "cc_library(name = \"f%\", srcs = [\"f%.cc\"])\n";
                let head = "# gazelle:cc_group unit\nload(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n";
                repository.one(count, "p/BUILD.bazel", [head, rule, ""]);
                repository.each(count, "p/f%.h", "");
                repository.each(count, "p/f%.cc", "");
            }),
            ("mains", |repository, count| repository.each(count, "p/f%.cc", "int main() {}\n")),
            ("tests", |repository, count| {
                repository.put("p/BUILD.bazel", "# gazelle:cc_group unit\n");
                repository.each(count, "p/f%_test.cc", "#include <gtest/gtest.h>\n#include \"p/f%.h\"\n");
            }),
            ("rules whose files are gone", |repository, count| {
                let rule = "cc_library(name = \"g%\", srcs = [\"g%.cc\"], hdrs = [\"g%.h\"])\n";
                repository.one(
                    count,
                    "p/BUILD.bazel",
                    ["load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n", rule, ""],
                );
                repository.each(count, "p/f%.cc", "");
            }),
            ("rules with selects", |repository, count| {
                let rule = "cc_library(name = \"f%\", srcs = select({\":a\": [\"f%.cc\"], \":b\": [\"f~.cc\"]}))\n";
                repository.one(
                    count,
                    "p/BUILD.bazel",
                    ["load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n", rule, ""],
                );
                repository.each(count, "p/f%.cc", "");
            }),
            ("files that rules make", |repository, count| {
                let rule = "genrule(name = \"r%\", outs = [\"g%.cc\"])\n\
                            cc_library(name = \"l%\", srcs = [\"g%.cc\", \"g~.cc\"])\n";
                repository.one(
                    count,
                    "p/BUILD.bazel",
                    ["load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\n", rule, ""],
                );
            }),
            ("includes and deps of a rule", |repository, count| {
                let head = "load(\"@rules_cc//cc:defs.bzl\", \"cc_library\")\ncc_library(name = \"p\", srcs = [\"f.cc\"], deps = [";
                repository.one(count, "p/BUILD.bazel", [head, "\"//q:g%\", ", "])\n"]);
                repository.one(count, "p/f.cc", ["", "#include \"q/g%.h\"\n", ""]);
                repository.put("q/BUILD.bazel", "# gazelle:cc_group unit\n");
                repository.each(count, "q/g%.h", "");
            }),
            ("includes that nobody provides", |repository, count| {
                repository.one(count, "p/f.cc", ["", "#include \"q/g%.h\"\n", ""]);
            }),
            ("protos with a rule each", |repository, count| {
                repository.put("p/BUILD.bazel", "# gazelle:proto file\n");
                repository.each(count, "p/f%.proto", "syntax = \"proto3\";\n");
                repository.one(count, "p/a.cc", ["", "#include \"p/f%.pb.h\"\n", ""]);
            }),
            ("protos that are gone", |repository, count| {
                let rule = "proto_library(name = \"f%_proto\", srcs = [\"f%.proto\"])\n\
                            cc_proto_library(name = \"f%_cc_proto\", deps = [\":f%_proto\"])\n";
                repository.one(count, "p/BUILD.bazel", ["# gazelle:proto file\n", rule, ""]);
            }),
            ("a glob of headers", |repository, count| {
                repository
                    .put("p/BUILD.bazel", "cc_library(name = \"p\", hdrs = glob([\"*.h\"], exclude = [\"x*\"]))\n");
                repository.each(count, "p/f%.h", "");
            }),
            ("rules of another language", |repository, count| {
                let rule = "my_library(name = \"r%\", srcs = [\"a%.x\", \"b%.x\"], deps = [\":r~\"])\n";
                repository.one(count, "p/BUILD.bazel", ["load(\"//:my.bzl\", \"my_library\")\n", rule, ""]);
            }),
        ],
    );
}

#[test]
fn ts() {
    verify(
        &["ts"],
        &[
            ("files of a directory", |repository, count| {
                repository.each(
                    count,
                    "p/f%.ts",
                    "import { a } from \"./f~\";\nimport \"./f%.json\";\nimport \"m%\";\n",
                );
                repository.each(count, "p/f%.json", "{}");
                repository.each(count, "p/f%.test.ts", "import { a } from \"./f%\";\n");
            }),
            ("assets", |repository, count| {
                repository.one(count, "p/f.ts", ["", "import \"./f%.css\";\nimport \"../q/f%.css\";\n", ""]);
                repository.each(count, "p/f%.css", "");
                repository.each(count, "q/f%.css", "");
            }),
            ("rules with a file each", |repository, count| {
                let rule = "ts_project(name = \"r%\", srcs = [\"f%.ts\"])\n";
                let head = "load(\"@aspect_rules_ts//ts:defs.bzl\", \"ts_project\")\n";
                repository.one(count, "p/BUILD.bazel", [head, rule, ""]);
                repository.each(count, "p/f%.ts", "import { a } from \"./f~\";\n");
            }),
            ("rules whose files are gone", |repository, count| {
                let rule = "ts_project(name = \"r%\", srcs = [\"g%.ts\"])\n";
                let head = "load(\"@aspect_rules_ts//ts:defs.bzl\", \"ts_project\")\n";
                repository.one(count, "p/BUILD.bazel", [head, rule, ""]);
                repository.each(count, "p/f%.ts", "");
            }),
            ("files that rules make", |repository, count| {
                let rule = "genrule(name = \"g%\", outs = [\"g%.ts\"])\nts_project(name = \"r%\", srcs = [\"g%.ts\", \"g~.ts\"])\n";
                let head = "load(\"@aspect_rules_ts//ts:defs.bzl\", \"ts_project\")\n";
                repository.one(count, "p/BUILD.bazel", [head, rule, ""]);
            }),
            ("packages and their imports", |repository, count| {
                repository.one(count, "package.json", ["{\"dependencies\": {\"a\": \"1\"", ", \"m%\": \"1\"", "}}"]);
                repository.one(count, "p/f.ts", ["", "import \"m%\";\nimport \"n%\";\n", ""]);
            }),
            ("directives", |repository, count| {
                let all =
                    "# gazelle:js_ignore_imports i%\n# gazelle:js_resolve r% //r:%\n# gazelle:js_test_files t%/*\n";
                repository.one(count, "p/BUILD.bazel", ["", all, ""]);
                repository.put("p/f.ts", "import \"a\";\n");
                repository.put("p/q/f.ts", "import \"a\";\n");
            }),
            ("labels of a visibility", |repository, count| {
                repository.one(count, "p/BUILD.bazel", ["# gazelle:js_visibility //a", " //a%", "\n"]);
                repository.put("p/f.ts", "import \"a\";\n");
            }),
            ("paths of a tsconfig.json", |repository, count| {
                let head = "{\"compilerOptions\": {\"paths\": {\"a\": [\"a\"]";
                repository.one(count, "tsconfig.json", [head, ", \"@p%/*\": [\"p%/*\"]", "}}}"]);
                repository.put("p/f.ts", "import \"@p1/a\";\n");
            }),
            ("rules of another language", |repository, count| {
                let rule = "my_library(name = \"r%\", srcs = [\"a%.x\", \"b%.x\"], deps = [\":r~\"])\n";
                repository.one(count, "p/BUILD.bazel", ["load(\"//:my.bzl\", \"my_library\")\n", rule, ""]);
                repository.put("p/f.ts", "");
            }),
        ],
    );
}
