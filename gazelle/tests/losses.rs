//! A directory that fails costs others nothing: whatever else is written is what would have been written had it not failed.

mod support;

use dorcas_abi::{
    message::{
        ConfigureRequest, ConfigureResponse, FindRequest, FindResponse, FixRequest, FixResponse, GenerateRequest,
        GenerateResponse, GuestError, ImportsRequest, ImportsResponse, Manifest, Reply, ResolveRequest,
        ResolveResponse,
    },
    wire,
};
use dorcas_gazelle::{GuestLanguage, Indexing, Language, Measured, Options, Outcome, write};
use dorcas_host::{Config, Engine, Limits};
use proptest::prelude::*;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};
use support::{Toy, contents, outcome, repo, shown};

const PROTO: &[u8] = include_bytes!("../../guest/prebuilt/proto.wasm");

fn proto() -> GuestLanguage {
    GuestLanguage::new(Engine::default().load(PROTO).unwrap()).unwrap()
}

/// A language that fails in one method, for one directory, as a guest does that has this body for all of its methods.
struct Failing<'l> {
    language: &'l dyn Language,
    method: &'static str,
    rel: &'static str,
    bad: GuestLanguage,
}

/// The ways in which a call of a guest fails.
const WAYS: [(&str, &str); 5] = [
    ("trap", "(unreachable)"),
    ("fuel", "(loop (br 0)) (i64.const 0)"),
    ("no reply", "(i64.const 0)"),
    ("malformed", "(call $answer (i32.const 1000) (i32.const 3))"),
    ("refusal", "(call $answer (i32.const 2000) (global.get $refusal))"),
];

impl<'l> Failing<'l> {
    fn new(language: &'l dyn Language, method: &'static str, rel: &'static str, body: &str) -> Self {
        let data = |bytes: &[u8]| bytes.iter().map(|byte| format!("\\{byte:02x}")).collect::<Vec<_>>().concat();
        let refusal: Reply<FixResponse> = Err(GuestError { code: 7, message: "no, thanks".into() });
        let refusal = wire::encode(&refusal).unwrap();
        let methods = ["configure", "fix", "generate_rules", "imports", "resolve", "find"];
        let methods =
            methods.map(|name| format!("(func (export \"{name}\") (param i32 i32) (result i64) {body})")).concat();
        let text = format!(
            r#"(module
              (memory (export "memory") 2)
              (data (i32.const 16) "bad")
              (data (i32.const 1000) "\00\ff\ff")
              (data (i32.const 2000) "{}")
              (global $top (mut i32) (i32.const 4096))
              (global $refusal i32 (i32.const {}))
              (func (export "dorcas_abi_v1"))
              (func $alloc (export "alloc") (param $len i32) (result i32)
                (local $ptr i32)
                (local.set $ptr (global.get $top))
                (global.set $top (i32.add (local.get $ptr) (local.get $len)))
                (local.get $ptr))
              (func (export "free") (param i32 i32))
              (func $answer (param $from i32) (param $len i32) (result i64)
                (local $ptr i32)
                (local.set $ptr (call $alloc (local.get $len)))
                (memory.copy (local.get $ptr) (local.get $from) (local.get $len))
                (i64.or (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
                  (i64.extend_i32_u (local.get $len))))
              (func (export "lang_name") (result i64) (call $answer (i32.const 16) (i32.const 3)))
              {methods})"#,
            data(&refusal),
            refusal.len(),
        );
        let limits = Limits { fuel_per_call: 1_000_000, ..Limits::default() };
        let config = Config { limits, ..Config::default() };
        let guest = Engine::new(config).load(&wat::parse_str(text).unwrap()).unwrap();
        Self { language, method, rel, bad: GuestLanguage::new(guest).unwrap() }
    }

    fn of(&self, method: &str, rel: &str) -> &dyn Language {
        if self.method == method && self.rel == rel { &self.bad } else { self.language }
    }
}

impl Language for Failing<'_> {
    fn name(&self) -> &str {
        self.language.name()
    }
    fn manifest(&self) -> &Manifest {
        self.language.manifest()
    }
    fn has(&self, method: &str) -> bool {
        method == self.method || self.language.has(method)
    }
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        self.of("configure", &request.rel).configure(request)
    }
    fn fix(&self, request: &FixRequest) -> Measured<FixResponse> {
        self.of("fix", &request.rel).fix(request)
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        self.of("generate_rules", &request.rel).generate(request)
    }
    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        self.of("imports", &request.rel).imports(request)
    }
    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        self.of("resolve", &request.rel).resolve(request)
    }
    fn find(&self, request: &FindRequest) -> Measured<FindResponse> {
        self.of("find", &request.rel).find(request)
    }
}

/// A repository in googleapis' shape: each third directory needs `google/api`, whose rule has a name of its own; each
/// fourth needs the directory before it.
fn googleapis() -> tempfile::TempDir {
    let mut files = vec![
        ("WORKSPACE".to_owned(), String::new()),
        ("google/api/annotations.proto".into(), "syntax = \"proto3\";\npackage google.api;\n".into()),
        (
            "google/api/BUILD.bazel".into(),
            "# gazelle:proto file\n\nproto_library(\n    name = \"annotations_of_our_own\",\n    srcs = \
             [\"annotations.proto\"],\n    visibility = [\"//visibility:public\"],\n)\n"
                .into(),
        ),
        ("google/api/below/b.proto".into(), "syntax = \"proto3\";\n".into()),
    ];
    for n in 0..100 {
        let mut text = format!("syntax = \"proto3\";\npackage google.s{n};\nimport \"google/protobuf/any.proto\";\n");
        if n % 3 == 0 {
            text += "import \"google/api/annotations.proto\";\n";
        }
        if n % 4 == 1 {
            text = format!("{text}import \"google/s{}/s.proto\";\n", n - 1);
        }
        files.push((format!("google/s{n}/s.proto"), text));
    }
    files.push(("user/u.proto".into(), "syntax = \"proto3\";\nimport \"google/api/below/b.proto\";\n".into()));
    repo(&files)
}

/// What changes after all is up to date: directories get files that need others, or lose their BUILD files.
fn change(root: &Path) {
    for n in (0..100).step_by(5) {
        let dir = root.join(format!("google/s{n}"));
        if n % 2 == 0 {
            fs::remove_file(dir.join("BUILD.bazel")).unwrap();
        } else {
            let text = format!(
                "syntax = \"proto3\";\npackage google.s{n};\nimport \"google/s{}/s.proto\";\nimport \
                 \"google/protobuf/empty.proto\";\n",
                n + 1
            );
            fs::write(dir.join("more.proto"), text).unwrap();
        }
    }
    // Whoever needs the new file needs a directory that may be left.
    let text = "syntax = \"proto3\";\nimport \"google/s10/s.proto\";\n";
    fs::create_dir(root.join("after")).unwrap();
    fs::write(root.join("after/a.proto"), text).unwrap();
}

/// What is written, by path.
fn written(outcome: &Outcome) -> BTreeMap<String, String> {
    let changed = outcome.files.iter().filter(|file| file.changed());
    changed.map(|file| (file.rel.clone(), String::from_utf8(file.new.clone()).unwrap())).collect()
}

/// Says that nothing is written but what is right, and that what doesn't need the directory is written.
fn costs_nothing(what: &str, found: &Outcome, healthy: &Outcome, needs: &dyn Fn(&str) -> bool) {
    assert!(found.failed(), "{what}");
    let (found_files, healthy_files) = (written(found), written(healthy));
    for (path, text) in &found_files {
        assert_eq!(Some(text), healthy_files.get(path), "{what}: {path}\n{:?}", found.failures);
    }
    for path in healthy_files.keys().filter(|path| !needs(path)) {
        assert!(found_files.contains_key(path), "{what}: {path} is left: {}", found.failures[0]);
    }
    let left: Vec<_> = found.failures.iter().flat_map(|failure| &failure.left).collect();
    for path in left {
        assert!(!found_files.contains_key(path), "{what}: {path}");
    }
}

/// The directories that need `google/api`, or a rule that isn't written because its directory does.
fn needs_api(path: &str) -> bool {
    let number = path.strip_prefix("google/s").and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
    match number {
        None => path.starts_with("google/api") || path.starts_with("user/"),
        // Such a one has a new rule on which the next depends.
        Some(n) => n % 3 == 0 || n % 10 == 5 && (n + 1) % 3 == 0,
    }
}

#[test]
fn a_build_file_that_cannot_be_read_costs_others_nothing() {
    let proto = proto();
    let dir = googleapis();
    let root = dir.path();
    let options = Options::new(root);
    assert!(write(&outcome(&options, &[&proto])).is_empty());
    let settled = outcome(&options, &[&proto]);
    assert!(!settled.failed() && settled.files.iter().all(|file| !file.changed()));
    let file = root.join("google/api/BUILD.bazel");
    let good = fs::read_to_string(&file).unwrap();

    let conflict = format!("<<<<<<< ours\n{good}=======\n{good}>>>>>>> theirs\n");
    let outside = repo(&[("BUILD", &good)]);
    let texts = [
        ("unfinished call", format!("{good}foo(")),
        ("merge conflict", conflict),
        ("NUL", format!("{good}\0")),
        ("not Starlark", format!("{good}x = = 1\n")),
        ("a name twice", format!("{good}\n{good}")),
        ("directive", format!("# gazelle:generation_mode of_its_own\n{good}")),
    ];
    let break_it = |way: &str| {
        fs::remove_file(&file).unwrap();
        match way {
            "dangling link" => symlink("nowhere", &file).unwrap(),
            "loop" => symlink("BUILD.bazel", &file).unwrap(),
            "link out" => symlink(outside.path().join("BUILD"), &file).unwrap(),
            "device" => symlink("/dev/zero", &file).unwrap(),
            "directory" => fs::create_dir(&file).unwrap(),
            "UTF-16" => fs::write(&file, [b"\xff\xfe".as_slice(), good.replace("", "\0").as_bytes()].concat()).unwrap(),
            "too large" => {
                fs::write(&file, &good).unwrap();
                fs::File::options().write(true).open(&file).unwrap().set_len(17 << 20).unwrap();
            }
            "unreadable" => {
                fs::write(&file, &good).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
            }
            way => {
                let (_, text) = texts.iter().find(|(name, _)| *name == way).unwrap();
                fs::write(&file, text).unwrap();
            }
        }
    };
    let ways = ["dangling link", "loop", "link out", "device", "directory", "UTF-16", "too large", "unreadable"];
    let ways: Vec<_> = texts.iter().map(|(name, _)| *name).chain(ways).collect();
    let heal = || {
        if file.is_dir() { fs::remove_dir(&file) } else { fs::remove_file(&file) }.unwrap();
        fs::write(&file, &good).unwrap();
    };
    let fails = |way: &str| {
        // Whoever may read everything reads that too; what a link out leads to is the same text.
        way != "link out" && (way != "unreadable" || fs::read(&file).is_err())
    };
    for way in &ways {
        break_it(way);
        if fails(way) {
            let found = outcome(&options, &[&proto]);
            assert!(found.failed(), "{way}");
            assert_eq!(written(&found), BTreeMap::new(), "{way}");
        }
        heal();
    }

    change(root);
    let healthy = outcome(&options, &[&proto]);
    assert!(written(&healthy).len() > 20);
    for way in &ways {
        break_it(way);
        if fails(way) {
            for indexing in [Indexing::All, Indexing::Lazy] {
                let found = outcome(&Options { indexing, ..options.clone() }, &[&proto]);
                costs_nothing(way, &found, &healthy, &needs_api);
            }
        }
        heal();
    }
    // Nothing of this is remembered.
    assert_eq!(written(&outcome(&options, &[&proto])), written(&healthy));
}

#[test]
fn a_guest_that_fails_costs_others_nothing() {
    let proto = proto();
    let dir = googleapis();
    let options = Options::new(dir.path());
    assert!(write(&outcome(&options, &[&proto])).is_empty());
    for (way, body) in WAYS {
        for method in ["configure", "fix", "generate_rules", "imports", "resolve", "find"] {
            let failing = Failing::new(&proto, method, "google/api", body);
            let found = outcome(&options, &[&failing]);
            // There is nothing to resolve, or to find.
            let is_called = method != "find";
            assert_eq!(found.failed(), is_called, "{way} {method}");
            assert_eq!(written(&found), BTreeMap::new(), "{way} {method}");
        }
    }
    change(dir.path());
    // And something new where it fails.
    fs::write(dir.path().join("google/api/new.proto"), "syntax = \"proto3\";\n").unwrap();
    fs::create_dir(dir.path().join("newcomer")).unwrap();
    let text = "syntax = \"proto3\";\nimport \"google/api/new.proto\";\n";
    fs::write(dir.path().join("newcomer/n.proto"), text).unwrap();
    let healthy = outcome(&options, &[&proto]);
    for (way, body) in WAYS {
        for method in ["configure", "fix", "generate_rules", "imports", "resolve"] {
            let failing = Failing::new(&proto, method, "google/api", body);
            let found = outcome(&options, &[&failing]);
            let is_known = !matches!(method, "configure" | "imports");
            let needs = |path: &str| {
                path.starts_with("newcomer") || path.starts_with("google/api") || !is_known && needs_api(path)
            };
            costs_nothing(&format!("{way} {method}"), &found, &healthy, &needs);
        }
    }
}

#[test]
fn it_is_said_how_many_are_left() {
    let dir = googleapis();
    let proto = proto();
    write(&outcome(&Options::new(dir.path()), &[&proto]));
    let file = dir.path().join("google/api/BUILD.bazel");
    fs::write(&file, fs::read_to_string(&file).unwrap() + "foo(").unwrap();
    let found = outcome(&Options::new(dir.path()), &[&proto]);
    // Each third of a hundred, and the one that needs what is below.
    assert_eq!(found.failures[0].left.len(), 35);
    let said = found.failures[0].to_string();
    assert!(
        said.starts_with("//google/api: google/api/BUILD.bazel:10:1: ")
            && said.ends_with(
                " (1 directories in it were not looked at); left as they are, since they may depend on it: \
                 google/s0/BUILD.bazel, google/s12/BUILD.bazel, google/s15/BUILD.bazel and 32 more"
            ),
        "{said}"
    );
    assert!(!said.contains('\n'));
}

#[test]
fn labels_of_rules_that_are_not_written_are_not_written() {
    // The rule of `b` is new; `a` needs it, and `c` needs `a`.
    let dir = repo(&[
        ("WORKSPACE", ""),
        ("a/x.toy", "import \"b\""),
        ("b/x.toy", ""),
        ("c/x.toy", "import \"a\""),
        ("d/x.toy", "import \"e\""),
        ("e/x.toy", ""),
    ]);
    let toy = Toy { fails: Some(("resolve", "b")), ..Toy::new() };
    let found = outcome(&Options::new(dir.path()), &[&toy]);
    assert_eq!(written(&found).into_keys().collect::<Vec<_>>(), ["d/BUILD.bazel", "e/BUILD.bazel"]);
    assert_eq!(
        found.failures[0].to_string(),
        "//b: language toy: resolve: it feels unwell; left as they are, since they may depend on it: a/BUILD.bazel, \
         c/BUILD.bazel"
    );
    // Where something else has the name, the same.
    fs::create_dir(dir.path().join("b/BUILD.bazel")).unwrap();
    let found = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    assert_eq!(written(&found).into_keys().collect::<Vec<_>>(), ["d/BUILD.bazel", "e/BUILD.bazel"]);
    assert!(found.failures[0].to_string().starts_with("//b: b/BUILD.bazel cannot become a BUILD file: "));
}

#[test]
fn what_a_directory_says_to_those_below_is_not_forgotten() {
    let dir = repo(&[
        ("WORKSPACE", ""),
        ("a/BUILD.bazel", "# gazelle:map_kind toy_library ours //:ours.bzl\n"),
        ("a/b/x.toy", ""),
        ("c/x.toy", "import \"a/b\""),
        ("d/x.toy", ""),
    ]);
    let options = Options::new(dir.path());
    assert!(write(&outcome(&options, &[&Toy::new()])).is_empty());
    assert!(fs::read_to_string(dir.path().join("a/b/BUILD.bazel")).unwrap().contains("ours(\n"));
    for (path, text) in [("a/BUILD.bazel", "# gazelle:map_kind toy_library ours //:ours.bzl\n("), ("BUILD.bazel", "(")]
    {
        let before = fs::read(dir.path().join(path)).ok();
        fs::write(dir.path().join(path), text).unwrap();
        let found = outcome(&options, &[&Toy::new()]);
        assert!(found.failed());
        assert_eq!(written(&found), BTreeMap::new(), "{path}");
        match before {
            Some(before) => fs::write(dir.path().join(path), before).unwrap(),
            None => fs::remove_file(dir.path().join(path)).unwrap(),
        }
    }
}

#[test]
fn without_an_index_there_is_nothing_to_wait_for() {
    let dir = repo(&[("a/x.toy", "import \"b\""), ("b/x.toy", ""), ("b/BUILD", "(")]);
    let options = Options { indexing: Indexing::None, ..Options::new(dir.path()) };
    let found = outcome(&options, &[&Toy::new()]);
    assert_eq!(written(&found).into_keys().collect::<Vec<_>>(), ["a/BUILD.bazel"]);
}

#[test]
fn a_stateful_language_and_a_failure() {
    let dir = repo(&[("a/x.toy", "import \"b\""), ("b/x.toy", ""), ("c/x.toy", ""), ("d/x.toy", "import \"c\"")]);
    for method in ["configure", "generate_rules", "imports", "resolve"] {
        let mut toy = Toy { fails: Some((method, "b")), ..Toy::new() };
        toy.manifest.stateful = true;
        let found = outcome(&Options::new(dir.path()), &[&toy]);
        let expected = ["c/BUILD.bazel", "d/BUILD.bazel"];
        assert_eq!(written(&found).into_keys().collect::<Vec<_>>(), expected, "{method}: {}", shown(&found));
    }
}

#[test]
fn a_label_in_a_form_of_its_own_is_one_too() {
    let text = |label: &str| {
        format!("toy_library(\n    name = \"a\",\n    srcs = [\"x.toy\"],\n    deps = [\"{label}\"],\n)\n")
    };
    for label in ["//b:mine", "@//b:mine", "@w//b:mine"] {
        let dir = repo(&[
            ("WORKSPACE", "workspace(name = \"w\")\n"),
            ("a/x.toy", ""),
            ("a/BUILD", &text(label)),
            ("b/BUILD", "<<<<<<< ours\n"),
            ("c/x.toy", ""),
        ]);
        let mut toy = Toy::new();
        toy.manifest.kinds[0].resolve_attrs = vec!["deps".into()];
        let found = outcome(&Options::new(dir.path()), &[&toy]);
        assert_eq!(written(&found).into_keys().collect::<Vec<_>>(), ["c/BUILD.bazel"], "{label}");
    }
}

#[test]
fn what_is_edited_while_a_run_goes_on_is_not_overwritten() {
    let files: Vec<_> = (0..40)
        .flat_map(|n| [(format!("d{n}/x.toy"), ""), (format!("d{n}/BUILD"), "mine()\n")])
        .chain([("new/x.toy".into(), ""), ("made/x.toy".into(), "")])
        .collect();
    let dir = repo(&files);
    let found = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    let file = |n: usize| dir.path().join(format!("d{n}/BUILD"));
    for n in 0..30 {
        match n % 3 {
            0 => fs::write(file(n), format!("mine()\n# {n}\n")).unwrap(),
            // As long as before.
            1 => fs::write(file(n), "mind()\n").unwrap(),
            _ => fs::remove_file(file(n)).unwrap(),
        }
    }
    fs::write(dir.path().join("made/BUILD.bazel"), "made()\n").unwrap();
    let failed = write(&found);
    assert_eq!(failed.len(), 31);
    for n in 0..40 {
        let text = fs::read_to_string(file(n)).ok();
        match n % 3 {
            _ if n >= 30 => assert!(text.unwrap().contains("toy_library(")),
            0 => assert_eq!(text.unwrap(), format!("mine()\n# {n}\n")),
            1 => assert_eq!(text.unwrap(), "mind()\n"),
            _ => assert_eq!(text, None),
        }
    }
    assert_eq!(fs::read_to_string(dir.path().join("made/BUILD.bazel")).unwrap(), "made()\n");
    assert!(dir.path().join("new/BUILD.bazel").exists());
    assert!(failed.iter().all(|error| error.to_string().ends_with("; run again")));
    // And that is all that there is to do.
    assert!(write(&outcome(&Options::new(dir.path()), &[&Toy::new()])).is_empty());
    assert!(fs::read_to_string(file(0)).unwrap().contains("\n# 0\n"));
}

/// Directories with sources that import each other, some with a BUILD file.
fn trees() -> impl Strategy<Value = Vec<(String, String)>> {
    let dir = "[abc](/[abc]){0,2}";
    let imports = prop::collection::vec("([abc](/[abc]){0,2}|)", 0..3);
    prop::collection::vec((dir, "[xy]\\.toy", imports), 1..16).prop_map(|files| {
        let text =
            |imports: Vec<String>| imports.iter().map(|imp| format!("import \"{imp}\"\n")).collect::<Vec<_>>().concat();
        files.into_iter().map(|(dir, name, imports)| (format!("{dir}/{name}"), text(imports))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    /// Of two trees one after the other, with a failure in the second run, nothing is written that the run without the
    /// failure doesn't write.
    #[test]
    fn what_is_written_is_right(before in trees(), after in trees(), broken in "[abc](/[abc]){0,1}|", way in 0..6_usize) {
        let dir = repo(&before);
        let options = Options::new(dir.path());
        let toy = || {
            let mut toy = Toy::new();
            toy.manifest.kinds[0].mergeable_attrs = vec!["srcs".into()];
            toy.manifest.kinds[0].resolve_attrs = vec!["deps".into()];
            toy
        };
        prop_assert!(write(&outcome(&options, &[&toy()])).is_empty());
        for (path, text) in &after {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let healthy = written(&outcome(&options, &[&toy()]));
        let rel: &'static str = Box::leak(broken.into_boxed_str());
        let mut bad = toy();
        if let Some(method) = ["configure", "generate_rules", "imports", "resolve"].get(way) {
            bad.fails = Some((method, rel));
        } else if dir.path().join(rel).is_dir() {
            let file = dir.path().join(rel).join("BUILD.bazel");
            if way == 4 {
                let text = fs::read_to_string(&file).unwrap_or_default();
                fs::write(file, text + "(").unwrap();
            } else {
                let _ = fs::remove_file(&file);
                symlink("nowhere", file).unwrap();
            }
        }
        let before = contents(dir.path());
        let found = outcome(&options, &[&bad]);
        let files = written(&found);
        for (path, text) in &files {
            prop_assert_eq!(Some(text), healthy.get(path), "{}", path);
        }
        if !found.failed() {
            prop_assert_eq!(files, healthy);
        }
        prop_assert_eq!(contents(dir.path()), before);
    }
}
