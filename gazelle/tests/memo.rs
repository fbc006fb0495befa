//! What earlier runs have found out is used where nothing has changed, and never where something has.

mod support;

use dorcas_abi::message::*;
use dorcas_gazelle::{GuestLanguage, Language, Measured, MemoDir, Options, Outcome};
use dorcas_host::{Config, Digest, Engine, Limits, Profile};
use proptest::prelude::*;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};
use support::{Toy, outcome, repo, shown};

const PROTO: &[u8] = include_bytes!("../../guest/prebuilt/proto.wasm");
const LIMIT: u64 = 64 << 20;

const FILES: &[(&str, &str)] = &[
    ("MODULE.bazel", "module(name = \"me\")\n"),
    ("a/a.proto", "syntax = \"proto3\"; // One.\nimport \"b/b.proto\";\n"),
    ("b/b.proto", "syntax = \"proto3\";\n"),
    ("c/BUILD.bazel", "genrule(\n    name = \"g\",\n    outs = [\"g.txt\"],\n)\n"),
    ("c/c.proto", "syntax = \"proto3\";\nimport \"a/none.proto\";\n"),
];

fn proto(config: Config, wasm: &[u8]) -> GuestLanguage {
    GuestLanguage::new(Engine::new(config).load(wasm).unwrap()).unwrap()
}

/// A run, what it shows compared with what one without a memo shows.
fn run_in(memo: &Path, mut options: Options, languages: &[&dyn Language]) -> Outcome {
    let without = shown(&outcome(&options, languages));
    let memo = Arc::new(MemoDir::new(memo, LIMIT).open(&options.repo_root, "test"));
    options.memo = Some(Arc::clone(&memo));
    let outcome = outcome(&options, languages);
    memo.save().unwrap();
    assert_eq!(shown(&outcome), without);
    outcome
}

/// The calls that were made, by language and method.
fn made(outcome: &Outcome) -> String {
    let methods = outcome.languages.iter().flat_map(|language| {
        let made = language.methods.iter().filter(|(_, totals)| totals.calls > 0);
        made.map(|(method, totals)| format!("{} {method} {}", language.name, totals.calls))
    });
    methods.collect::<Vec<_>>().join(", ")
}

fn known(outcome: &Outcome) -> u64 {
    outcome.languages.iter().map(|language| language.total().known).sum()
}

/// A repository that runs have been on, and what the next is to be told.
struct Case {
    dir: tempfile::TempDir,
    memo: tempfile::TempDir,
    options: Options,
    config: Config,
    wasm: Vec<u8>,
}

impl Case {
    fn new() -> Self {
        let dir = repo(FILES);
        let options = Options::new(dir.path());
        let memo = tempfile::tempdir().unwrap();
        Self { dir, memo, options, config: Config::default(), wasm: PROTO.to_vec() }
    }

    fn proto(&self) -> GuestLanguage {
        proto(self.config.clone(), &self.wasm)
    }

    fn run(&self) -> Outcome {
        run_in(self.memo.path(), self.options.clone(), &[&self.proto()])
    }

    fn path(&self, rel: &str) -> PathBuf {
        self.dir.path().join(rel)
    }

    fn write(&self, rel: &str, text: &str) {
        fs::create_dir_all(self.path(rel).parent().unwrap()).unwrap();
        fs::write(self.path(rel), text).unwrap();
    }

    fn append(&self, rel: &str, text: &str) {
        let before = fs::read_to_string(self.path(rel)).unwrap_or_default();
        self.write(rel, &(before + text));
    }
}

/// What the proto language is asked on the second run after a change in between.
fn asked_after(change: impl FnOnce(&mut Case)) -> String {
    let mut case = Case::new();
    assert_eq!(known(&case.run()), 0);
    assert_eq!(made(&case.run()), "", "nothing has changed");
    change(&mut case);
    let first = made(&case.run());
    assert_eq!(made(&case.run()), "", "nothing has changed since");
    first
}

macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident: $change:expr => $asked:expr;)*) => {
        $($(#[$doc])* #[test] fn $name() { assert_eq!(asked_after($change), $asked); })*
    };
}

changes! {
    nothing_but_a_time: |case| {
        let file = fs::File::options().write(true).open(case.path("a/a.proto")).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    } => "";

    /// The guest is told of matches, and a comment is none.
    a_comment: |case| case.append("a/a.proto", "// Two.\n") => "";

    an_import: |case| case.append("a/a.proto", "import \"c/c.proto\";\n")
        => "proto generate_rules 1, proto resolve 1";

    a_file_of_the_same_size: |case| {
        case.write("a/a.proto", "syntax = \"proto3\"; // One.\nimport \"c/c.proto\";\n");
    } => "proto generate_rules 1, proto resolve 1";

    a_file_more: |case| case.write("a/x.proto", "") => "proto generate_rules 1, proto imports 1, proto resolve 1";

    a_file_less: |case| fs::remove_file(case.path("a/a.proto")).unwrap()
        => "proto generate_rules 1";

    another_name: |case| fs::rename(case.path("a/a.proto"), case.path("a/z.proto")).unwrap()
        => "proto generate_rules 1, proto imports 1, proto resolve 1";

    /// The file that was imported has another rule now: others resolve to that.
    what_is_in_the_index: |case| case.write("b/BUILD.bazel", "proto_library(name = \"own\", srcs = [\"b.proto\"])\n")
        => "proto configure 1, proto fix 1, proto generate_rules 1, proto imports 1, proto resolve 2";

    /// What was looked for without success is there.
    what_was_missing: |case| case.write("a/none.proto", "")
        => "proto generate_rules 1, proto imports 1, proto resolve 2";

    a_directory_more: |case| case.write("a/sub/x.txt", "")
        => "proto configure 1, proto generate_rules 2";

    a_build_file: |case| case.write("a/BUILD.bazel", "filegroup(name = \"f\")\n")
        => "proto configure 1, proto fix 1, proto generate_rules 1, proto imports 1";

    a_rule_in_a_build_file: |case| case.append("c/BUILD.bazel", "\nfilegroup(name = \"f\")\n")
        => "proto configure 1, proto fix 1, proto generate_rules 1, proto imports 1";

    /// The root directory and all in it: the state comes from there.
    a_directive_above: |case| case.write("BUILD.bazel", "# gazelle:proto package\n")
        => "proto configure 4, proto fix 2, proto generate_rules 4, proto imports 3, proto resolve 3, proto find 1";

    a_generated_file: |case| {
        case.write("c/BUILD.bazel", "genrule(\n    name = \"g\",\n    outs = [\"x.proto\"],\n)\n");
    } => "proto configure 1, proto fix 1, proto generate_rules 1, proto imports 1, proto resolve 1";

    an_override: |case| case.write("BUILD.bazel", "# gazelle:resolve proto a/none.proto //x\n")
        => "proto configure 1, proto fix 1, proto generate_rules 1, proto resolve 1";

    a_flag_of_the_guest: |case| case.options.flags = vec![("proto_group".into(), "go_package".into())]
        => "proto configure 4, proto fix 1, proto generate_rules 4, proto imports 3, proto resolve 3, proto find 1";

    another_command: |case| case.options.command = Command::Fix
        => "proto configure 4, proto fix 1, proto generate_rules 4, proto imports 3, proto resolve 3, proto find 1";

    the_name_of_the_repository: |case| case.write("MODULE.bazel", "module(name = \"you\")\n")
        => "proto configure 4, proto fix 1, proto generate_rules 4, proto imports 3, proto resolve 3, proto find 1";

    the_name_of_a_module: |case| {
        case.append("MODULE.bazel", "bazel_dep(name = \"protobuf\", repo_name = \"pb\")\n");
    } => "proto configure 4, proto fix 1, proto generate_rules 4, proto imports 3, proto resolve 3, proto find 1";

    what_is_left_out: |case| case.options.exclude = vec!["c/c.proto".into()]
        => "proto generate_rules 1";

    /// A section that means nothing, at the end.
    the_module: |case| case.wasm.extend([0, 2, 1, b'x'])
        => ALL;

    a_limit: |case| case.config.limits = Limits { fuel_per_call: 199_999_999, ..Limits::default() }
        => ALL;

    the_profile: |case| case.config.profile = Profile::Fast
        => ALL;
}

const ALL: &str =
    "proto configure 4, proto fix 1, proto generate_rules 4, proto imports 3, proto resolve 3, proto find 1";

/// A language that is there, and a rule of it.
#[test]
fn another_language_in_front() {
    let case = Case::new();
    case.run();
    let other = Toy { name: "other", ..Toy::new() };
    let asked = || made(&run_in(case.memo.path(), Options::new(case.dir.path()), &[&other, &case.proto()]));
    let of_proto =
        |asked: String| asked.split(", ").filter(|one| one.starts_with("proto")).collect::<Vec<_>>().join(", ");
    assert_eq!(of_proto(asked()), "proto configure 1", "the root directory is told of it");
    assert_eq!(of_proto(asked()), "");
    case.write("c/c.toy", "");
    // The BUILD file has one rule more, of which `imports` is told.
    assert_eq!(of_proto(asked()), "proto generate_rules 1, proto imports 1");
}

/// A language whose answers may be kept, and what it is asked in a run.
fn toy(pattern: &str) -> Toy {
    let mut toy = Toy { identity: Some(Digest::of(b"toy")), ..Toy::new() };
    toy.manifest.inputs = vec![Input {
        glob: "*.toy".into(),
        want: Want::Matches(vec![pattern.into()]),
        methods: Methods::GENERATE_RULES,
        ..Input::default()
    }];
    toy
}

const IMPORT: &str = r#"import "([^"\n]*)""#;

#[test]
fn a_language_that_says_nothing_of_itself_is_asked_each_time() {
    let (dir, memo) = (repo(&[("a/a.toy", "")]), tempfile::tempdir().unwrap());
    let toy = Toy { identity: None, ..toy(IMPORT) };
    for _ in 0..2 {
        assert_eq!(known(&run_in(memo.path(), Options::new(dir.path()), &[&toy])), 0);
    }
}

#[test]
fn a_stateful_language_is_asked_each_time() {
    let (dir, memo) = (repo(&[("a/a.toy", "")]), tempfile::tempdir().unwrap());
    let mut toy = toy(IMPORT);
    toy.manifest.stateful = true;
    for _ in 0..2 {
        assert_eq!(known(&run_in(memo.path(), Options::new(dir.path()), &[&toy])), 0);
    }
}

#[test]
fn a_call_that_failed_is_made_again() {
    let (dir, memo) = (repo(&[("a/a.toy", "")]), tempfile::tempdir().unwrap());
    for _ in 0..2 {
        let toy = Toy { fails: Some(("generate_rules", "a")), ..toy(IMPORT) };
        let outcome = run_in(memo.path(), Options::new(dir.path()), &[&toy]);
        assert_eq!(outcome.failures.len(), 1);
    }
    let outcome = run_in(memo.path(), Options::new(dir.path()), &[&toy(IMPORT)]);
    assert_eq!(outcome.failures.len(), 0);
}

/// A language that looks at files itself.
struct Scanner(Toy);

impl Language for Scanner {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn manifest(&self) -> &Manifest {
        self.0.manifest()
    }
    fn has(&self, method: &str) -> bool {
        method == "scan" || method == "generate_rules"
    }
    fn identity(&self) -> Option<Digest> {
        self.0.identity()
    }
    fn configure(&self, _: &ConfigureRequest) -> Measured<ConfigureResponse> {
        unreachable!("it has none")
    }
    fn scan(&self, request: &ScanRequest) -> Measured<ScanResponse> {
        let content = String::from_utf8_lossy(&request.content).into_owned();
        if content.contains("fails") {
            return Err("it feels unwell".into()).into();
        }
        let odd = Diagnostic { severity: Severity::Warning, message: "odd".into(), ..Diagnostic::default() };
        let diagnostics = if content.contains("odd") { vec![odd] } else { Vec::new() };
        Ok(ScanResponse { facts: request.content.clone(), diagnostics }).into()
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        let all: Vec<_> = request.files.iter().map(|file| format!("{file:?}")).collect();
        let rule = Rule {
            kind: "toy_library".into(),
            name: "all".into(),
            attrs: vec![support::attr("told", Value::Strings(all))],
            ..Rule::default()
        };
        let rules = vec![GeneratedRule { rule, ..GeneratedRule::default() }];
        Ok(GenerateResponse { rules, ..GenerateResponse::default() }).into()
    }
    fn imports(&self, _: &ImportsRequest) -> Measured<ImportsResponse> {
        unreachable!("it has none")
    }
    fn resolve(&self, _: &ResolveRequest) -> Measured<ResolveResponse> {
        unreachable!("it has none")
    }
    fn find(&self, _: &FindRequest) -> Measured<FindResponse> {
        unreachable!("it has none")
    }
}

fn scanner() -> Scanner {
    let mut toy = toy("x");
    toy.manifest.inputs[0].want = Want::Scan;
    Scanner(toy)
}

/// One changed file in a directory of 200 costs one scan.
#[test]
fn one_changed_file_costs_one_scan() {
    let files: Vec<_> = (0..200).map(|n| (format!("a/f{n:03}.toy"), format!("{n}"))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (dir, memo) = (repo(&files), tempfile::tempdir().unwrap());
    let asked = || made(&run_in(memo.path(), Options::new(dir.path()), &[&scanner()]));
    assert_eq!(asked(), "toy scan 200, toy generate_rules 2");
    assert_eq!(asked(), "");
    fs::write(dir.path().join("a/f017.toy"), "changed").unwrap();
    assert_eq!(asked(), "toy scan 1, toy generate_rules 1");
    // Under another name it is another file.
    fs::rename(dir.path().join("a/f017.toy"), dir.path().join("a/g.toy")).unwrap();
    assert_eq!(asked(), "toy scan 1, toy generate_rules 1");
    fs::create_dir(dir.path().join("b")).unwrap();
    fs::copy(dir.path().join("a/g.toy"), dir.path().join("b/g.toy")).unwrap();
    assert_eq!(asked(), "toy generate_rules 2", "it was scanned in the other directory");
}

/// What has to be said of a file is said in each run, whether or not the file was read again.
#[test]
fn diagnostics_of_scans_are_said_again() {
    let (dir, memo) =
        (repo(&[("a/odd.toy", "odd"), ("a/bad.toy", "fails"), ("a/ok.toy", "")]), tempfile::tempdir().unwrap());
    // So that files could be known by their stamps.
    for name in ["odd", "bad", "ok"] {
        let file = fs::File::options().write(true).open(dir.path().join(format!("a/{name}.toy"))).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(60)).unwrap();
    }
    thread::sleep(Duration::from_secs(4));
    for asked in ["toy scan 3, toy generate_rules 2", "toy scan 1", "toy scan 1"] {
        let outcome = run_in(memo.path(), Options::new(dir.path()), &[&scanner()]);
        assert_eq!(made(&outcome), asked);
        let said: Vec<_> = outcome.diagnostics.iter().map(|one| format!("{} {}", one.path, one.message)).collect();
        assert_eq!(said, ["a/bad.toy scan: it feels unwell", "a/odd.toy odd"]);
    }
}

/// Files that are old enough are known by what the system says of them.
#[test]
#[cfg(unix)]
fn files_that_are_not_read() {
    let text = "import \"b\" export \"c\"\n";
    let files = ["a/a.toy", "changed/a.toy", "replaced/a.toy", "linked/real.txt", "b/b.toy", "c/c.toy"];
    let dir = repo(&files.map(|file| (file, text)));
    let memo = tempfile::tempdir().unwrap();
    let path = |rel: &str| dir.path().join(rel);
    std::os::unix::fs::symlink("real.txt", path("linked/a.toy")).unwrap();
    let run = |toy: &Toy| run_in(memo.path(), Options::new(dir.path()), &[toy]);
    let entries = || MemoDir::new(memo.path(), LIMIT).files().unwrap()[0].entries;
    run(&toy(IMPORT));
    let fresh = entries();
    thread::sleep(Duration::from_millis(3100));
    run(&toy(IMPORT));
    assert_eq!(entries() - fresh, files.len(), "one a directory");
    assert_eq!(made(&run(&toy(IMPORT))), "");

    // The same size and the same times, as far as these can be set.
    let modified = |rel: &str| fs::metadata(path(rel)).unwrap().modified().unwrap();
    let set_modified = |rel: &str, time| {
        fs::File::options().write(true).open(path(rel)).unwrap().set_modified(time).unwrap();
    };
    let other = "import \"c\" export \"c\"\n";
    let before = modified("changed/a.toy");
    fs::write(path("changed/a.toy"), other).unwrap();
    set_modified("changed/a.toy", before);
    assert_eq!(made(&run(&toy(IMPORT))), "toy generate_rules 1, toy resolve 1");

    let before = modified("replaced/a.toy");
    fs::write(path("replaced/new"), other).unwrap();
    set_modified("replaced/new", before);
    fs::rename(path("replaced/new"), path("replaced/a.toy")).unwrap();
    assert_eq!(made(&run(&toy(IMPORT))), "toy generate_rules 1, toy resolve 1");

    fs::write(path("linked/other.txt"), other).unwrap();
    fs::remove_file(path("linked/a.toy")).unwrap();
    std::os::unix::fs::symlink("other.txt", path("linked/a.toy")).unwrap();
    assert_eq!(made(&run(&toy(IMPORT))), "toy generate_rules 1, toy resolve 1");

    // The same files, read for something else.
    let asked = made(&run(&toy(r#"export "([^"\n]*)""#)));
    assert!(asked.contains("toy generate_rules 3"), "{asked}");
    assert_eq!(made(&run(&toy(IMPORT))), "");

    // What can't be read any more is not taken for what it was.
    fs::remove_file(path("linked/other.txt")).unwrap();
    let outcome = run(&toy(IMPORT));
    let diagnostics: Vec<_> = outcome.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        diagnostics.contains(&"linked/a.toy: it is left out: it is a link that leads to nothing".to_owned()),
        "{diagnostics:?}"
    );
    assert!(!shown(&outcome).contains("linked/BUILD"), "{}", shown(&outcome));
}

#[test]
fn runs_at_the_same_time_say_the_same() {
    let (dir, memo) = (repo(FILES), tempfile::tempdir().unwrap());
    let proto = proto(Config::default(), PROTO);
    let expected = shown(&outcome(&Options::new(dir.path()), &[&proto]));
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                for _ in 0..4 {
                    let outcome = run_in(memo.path(), Options::new(dir.path()), &[&proto]);
                    assert_eq!(shown(&outcome), expected);
                }
            });
        }
    });
}

#[test]
fn sample_trees_yield_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trees");
    let roots = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("repo"));
    let roots: Vec<_> = roots.filter(|root| root.is_dir()).collect();
    assert!(roots.len() >= 10, "there are trees");
    let (memo, proto) = (tempfile::tempdir().unwrap(), proto(Config::default(), PROTO));
    for root in roots {
        for threads in [1, 4] {
            for command in [Command::Update, Command::Fix] {
                let options = Options { threads, command, ..Options::new(&root) };
                let outcome = run_in(memo.path(), options, &[&proto]);
                assert_eq!(made(&outcome).is_empty(), threads == 4, "{}", root.display());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens to the file, the next run says what it would have said without.
    #[test]
    fn a_damaged_file_changes_nothing(damage in any::<prop::sample::Index>(), flip in 0_u8..) {
        let (dir, memo) = (repo(FILES), tempfile::tempdir().unwrap());
        let toys = toy(IMPORT);
        run_in(memo.path(), Options::new(dir.path()), &[&toys]);
        let path = MemoDir::new(memo.path(), LIMIT).open(dir.path(), "test").path();
        let mut bytes = fs::read(&path).unwrap();
        let at = damage.index(bytes.len());
        // One in so many is cut off.
        if flip == 0 { bytes.truncate(at) } else { bytes[at] ^= flip }
        fs::write(&path, bytes).unwrap();
        let outcome = run_in(memo.path(), Options::new(dir.path()), &[&toys]);
        prop_assert!(!made(&outcome).is_empty(), "damage costs a call");
        prop_assert_eq!(made(&run_in(memo.path(), Options::new(dir.path()), &[&toys])), "");
    }
}
