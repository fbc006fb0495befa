//! No path leaves the repository: whatever a language, a BUILD file or a link says.

mod support;

use dorcas_abi::message::{
    ConfigureRequest, ConfigureResponse, FileData, FindRequest, FindResponse, GenerateRequest, GenerateResponse,
    ImportsRequest, ImportsResponse, Input, Manifest, Methods, ResolveRequest, ResolveResponse, Want,
};
use dorcas_gazelle::{Indexing, Language, Measured, Options, Outcome, diff, run, write};
use std::{fs, path::Path, sync::Mutex};
use support::{Failed, Toy, contents, outcome, repo};

/// A language that wants the content of every file, and more directories in the index.
struct Curious {
    toy: Toy,
    rels: Vec<String>,
    work_per_call: u64,
    /// The directories that it was called for, and what it was told of their files.
    seen: Mutex<Vec<String>>,
}

impl Curious {
    fn new(rels: &[&str]) -> Self {
        let toy = Toy::new();
        let mut manifest = toy.manifest.clone();
        manifest.inputs.push(Input {
            glob: "**".into(),
            want: Want::Content,
            methods: Methods::CONFIGURE,
            ..Input::default()
        });
        let rels = rels.iter().map(ToString::to_string).collect();
        Self { toy: Toy { manifest, ..toy }, rels, work_per_call: u64::MAX, seen: Mutex::default() }
    }

    fn seen(self) -> Vec<String> {
        let mut seen = self.seen.into_inner().unwrap();
        seen.sort();
        seen
    }
}

impl Language for Curious {
    fn name(&self) -> &'static str {
        "curious"
    }
    fn manifest(&self) -> &Manifest {
        &self.toy.manifest
    }
    fn has(&self, method: &str) -> bool {
        self.toy.has(method)
    }
    fn work_per_call(&self) -> u64 {
        self.work_per_call
    }
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        let told = request.files.iter().map(|file| match &file.data {
            FileData::Content(content) => format!(" {}={}", file.name, String::from_utf8_lossy(content)),
            _ => file.name.clone(),
        });
        self.seen.lock().unwrap().push(format!("{}:{}", request.rel, told.collect::<String>()));
        self.toy.configure(request)
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        let mut measured = self.toy.generate(request);
        if request.rel.is_empty()
            && let Ok(response) = &mut measured.result
        {
            response.rels_to_index.clone_from(&self.rels);
        }
        measured
    }
    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        self.toy.imports(request)
    }
    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        self.toy.resolve(request)
    }
    fn find(&self, _: &FindRequest) -> Measured<FindResponse> {
        Ok::<_, Failed>(FindResponse::default()).into()
    }
}

/// Updates the root directory alone, so that all others are looked at because the language asks for them.
fn lazily(root: &Path, language: &dyn Language) -> Outcome {
    let options = Options {
        indexing: Indexing::Lazy,
        recursive: false,
        dirs: vec![root.into()],
        threads: 1,
        ..Options::new(root)
    };
    run(&options, &[language], &()).unwrap()
}

fn failures(outcome: &Outcome) -> Vec<String> {
    outcome.failures.iter().map(ToString::to_string).collect()
}

fn diagnostics(outcome: &Outcome) -> Vec<String> {
    outcome.diagnostics.iter().map(ToString::to_string).collect()
}

#[cfg(unix)]
fn link(root: &Path, to: impl AsRef<Path>, name: &str) {
    std::os::unix::fs::symlink(to, root.join(name)).unwrap();
}

#[test]
fn directories_that_a_language_may_not_ask_for() {
    let outside = repo(&[("secret.toy", "hunter2"), ("BUILD.bazel", "hunter2")]);
    let absolute = outside.path().to_str().unwrap();
    let dir = repo(&[("a/a.toy", ""), ("x.toy", "")]);
    let up = format!("a/../../{}", outside.path().file_name().unwrap().to_str().unwrap());
    for rel in [
        "/etc",
        "/",
        "//",
        "//a",
        absolute,
        &up,
        "..",
        "../..",
        "../../etc",
        "a/..",
        "a/../a",
        "a/../../x",
        ".",
        "./a",
        "a/.",
        "a/./b",
        "a/",
        "a//b",
        "/a",
    ] {
        for rels in [vec![rel], vec!["a", rel], vec![rel, "a"]] {
            let language = Curious::new(&rels);
            let outcome = lazily(dir.path(), &language);
            let failed = failures(&outcome);
            assert_eq!(failed.len(), 1, "{rel}");
            let start = format!(
                "//: language curious: generate_rules: `rels_to_index`: `{rel}` is not a path inside the repository: "
            );
            assert!(failed[0].starts_with(&start) && failed[0].ends_with(" (generate_rules.rels)"), "{}", failed[0]);
            assert_eq!(language.seen(), [": x.toy="], "{rel}");
        }
        // The clause holds whether the list is used or not.
        assert_eq!(failures(&outcome(&Options::new(dir.path()), &[&Curious::new(&[rel])])).len(), 1);
    }
}

#[test]
fn directories_that_a_language_asks_for_in_vain() {
    let dir = repo(&[
        ("BUILD.bazel", "# gazelle:exclude excluded\n"),
        (".bazelignore", "ignored\n"),
        ("REPO.bazel", "ignore_directories([\"**/node_modules\"])\n"),
        ("a/a.toy", ""),
        ("a/node_modules/b/b.toy", "hunter2"),
        ("a/.git/c.toy", "hunter2"),
        ("excluded/b/c.toy", "hunter2"),
        ("ignored/b/c.toy", "hunter2"),
        ("x.toy", ""),
    ]);
    let long = "x".repeat(5_000);
    let deep = "a/".repeat(5_000) + "a";
    let mut rels = vec![
        "a",
        "gone",
        "a/gone/b",
        "x.toy",
        "x.toy/a",
        "excluded",
        "excluded/b",
        "ignored/b",
        "a/node_modules/b",
        "a/.git",
        "a\0",
        "\0",
        "\u{202e}",
        "a\nb",
        "...",
        &long,
        &deep,
    ];
    rels.sort_unstable();
    let language = Curious::new(&rels);
    let outcome = lazily(dir.path(), &language);
    assert_eq!(failures(&outcome), [""; 0]);
    let seen = language.seen();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen.iter().any(|seen| seen == "a: a.toy=") && !seen.concat().contains("hunter2"), "{seen:?}");
}

#[cfg(unix)]
#[test]
fn links_that_a_language_asks_for() {
    let outside = repo(&[("secret.toy", "hunter2"), ("BUILD.bazel", "hunter2"), ("deep/secret.toy", "hunter2")]);
    let dir = repo(&[("a/b/c.toy", "one"), ("d/d.toy", "")]);
    let (root, real) = (dir.path(), dir.path().canonicalize().unwrap());
    link(root, outside.path(), "away");
    link(root, "..", "up");
    link(root, ".", "here");
    link(root, "a", "plain");
    link(root, "loop", "loop");
    link(root, "/etc", "etc");
    link(root, "away", "chain");
    link(root, real.join("a"), "absolute");
    link(root, format!("../{}/a", real.file_name().unwrap().to_str().unwrap()), "out_and_in");
    let away = [
        "absolute",
        "absolute/b",
        "away",
        "away/deep",
        "chain",
        "chain/deep",
        "etc",
        "etc/ssl",
        "here",
        "here/a",
        "loop",
        "loop/a",
        "out_and_in/b",
        "plain",
        "plain/b",
        "up",
        "up/up",
    ];
    let language = Curious::new(&away);
    assert_eq!(failures(&lazily(root, &language)), [""; 0]);
    assert_eq!(language.seen().iter().filter(|seen| !seen.starts_with(':')).count(), 0);

    // Where they are followed, those that lead out are still refused, by name.
    fs::write(root.join("BUILD.bazel"), "# gazelle:follow *\n").unwrap();
    let language = Curious::new(&away);
    let outcome = lazily(root, &language);
    assert_eq!(failures(&outcome), [""; 0]);
    let refused: Vec<_> = diagnostics(&outcome).into_iter().filter(|text| text.contains("is not followed")).collect();
    let message = |name: &str, why: &str| format!("BUILD.bazel: the link {name} is not followed: it leads {why}");
    let (out, above) = ("out of the repository", "to a directory that it is in");
    let mut expected: Vec<_> = [("away", out), ("chain", out), ("etc", out), ("up", out), ("here", above)]
        .map(|(name, why)| message(name, why))
        .into();
    expected.sort();
    let mut refused = refused;
    refused.sort();
    assert_eq!(refused, expected);
    let seen = language.seen();
    let below: Vec<_> = seen.iter().filter(|seen| !seen.starts_with(':')).map(String::as_str).collect();
    assert_eq!(
        below,
        [
            "absolute/b: c.toy=one",
            "absolute:",
            "out_and_in/b: c.toy=one",
            "out_and_in:",
            "plain/b: c.toy=one",
            "plain:"
        ]
    );
    assert!(!seen.concat().contains("hunter2"));
}

#[test]
fn asking_for_directories_is_paid_for() {
    let dir = repo(&[("a/a.toy", ""), ("x.toy", "")]);
    let rels: Vec<_> = (0..100).map(|number| format!("gone/{number}")).collect();
    let rels: Vec<&str> = rels.iter().map(String::as_str).collect();
    let language = |work_per_call| Curious { work_per_call, ..Curious::new(&rels) };
    assert_eq!(failures(&lazily(dir.path(), &language(200_000))), [""; 0]);
    assert_eq!(
        failures(&lazily(dir.path(), &language(100_000))),
        [
            "//: language curious: generate_rules: looking at the directories of `rels_to_index` takes more work of the host \
          than one call may ask for, 100000 (`Limits::work_per_call`)"
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_is_followed_within_the_repository() {
    let dir = repo(&[("BUILD.bazel", "# gazelle:follow inner\n"), ("real/r.toy", "import \"real\"")]);
    link(dir.path(), "real", "inner");
    for _ in 0..2 {
        let outcome = outcome(&Options::new(dir.path()), &[&Toy::new()]);
        assert!(failures(&outcome).is_empty() && diagnostics(&outcome).is_empty());
        let files: Vec<_> = outcome.files.iter().map(|file| file.rel.as_str()).collect();
        assert_eq!(files, ["real/BUILD.bazel", "BUILD.bazel"]);
        assert!(write(&outcome).is_empty());
    }
    assert!(fs::read_to_string(dir.path().join("real/BUILD.bazel")).unwrap().contains("name = \"real\""));

    // If only the link is looked at, the file is written by it.
    fs::remove_file(dir.path().join("real/BUILD.bazel")).unwrap();
    fs::write(dir.path().join("BUILD.bazel"), "# gazelle:follow inner\n# gazelle:exclude real\n").unwrap();
    assert!(write(&outcome(&Options::new(dir.path()), &[&Toy::new()])).is_empty());
    assert!(fs::read_to_string(dir.path().join("real/BUILD.bazel")).unwrap().contains("name = \"inner\""));
}

#[cfg(unix)]
#[test]
fn links_that_multiply() {
    // Two links a directory, each to the next one: by names alone there are 2^20 paths.
    let levels = 20;
    let names: Vec<_> = (0..levels).map(|level| (format!("d{level:02}/x.toy"), "")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    files.push(("BUILD.bazel", "# gazelle:follow **\n"));
    let dir = repo(&files);
    for level in 0..levels - 1 {
        for name in ["one", "two"] {
            link(dir.path(), format!("../d{:02}", level + 1), &format!("d{level:02}/{name}"));
        }
    }
    let looked_at = |threads| {
        let toy = Toy::new();
        let outcome = outcome(&Options { threads, ..Options::new(dir.path()) }, &[&toy]);
        assert!(failures(&outcome).is_empty());
        let mut calls = toy.calls.into_inner().unwrap();
        calls.retain(|call| call.starts_with("configure"));
        calls.sort();
        (calls, diagnostics(&outcome), outcome.files)
    };
    let (calls, said, written) = looked_at(1);
    assert!(calls.len() > 100 && calls.len() <= 1 + 16 * levels, "{}", calls.len());
    assert_eq!(written.len(), 1 + levels);
    let where_it_stops = "by links, a directory is looked at by at most 16 paths, each with at most 40 links";
    assert!(said.iter().any(|said| said.contains(where_it_stops)), "{said:?}");
    assert_eq!(looked_at(4), (calls, said, written));
}

#[cfg(unix)]
#[test]
fn many_links_to_one_directory() {
    let dir = repo(&[("BUILD.bazel", "# gazelle:follow **\n"), ("a/b/c/x.toy", "")]);
    fs::create_dir(dir.path().join("links")).unwrap();
    for number in 0..2_000 {
        link(dir.path(), ["../a", "../a/b", "../a/b/c"][number % 3], &format!("links/{number:04}"));
    }
    let toy = Toy::new();
    let outcome = outcome(&Options::new(dir.path()), &[&toy]);
    assert!(failures(&outcome).is_empty());
    let calls = toy.calls.into_inner().unwrap();
    let configured = calls.iter().filter(|call| call.starts_with("configure")).count();
    assert!(configured <= 2 + 3 * 16, "{configured}");
    // One where the links are, and one for each path by which a directory in another would be looked at once too often.
    let said = diagnostics(&outcome);
    assert!(said.len() <= 3 * 16 && said.iter().any(|said| said.contains("is not looked at, nor are 19")), "{said:?}");
}

#[cfg(unix)]
#[test]
fn build_files_that_are_links() {
    let outside = repo(&[("BUILD", "old()\n")]);
    let dir = repo(&[("a/a.toy", ""), ("b/b.toy", ""), ("c/c.toy", ""), ("c/real", "c()\n"), ("d/d.toy", "")]);
    link(dir.path(), outside.path().join("BUILD"), "a/BUILD.bazel");
    link(dir.path(), "/dev/zero", "b/BUILD.bazel");
    link(dir.path(), "real", "c/BUILD.bazel");
    link(dir.path(), "../c/BUILD.bazel", "d/BUILD.bazel");
    let outcome = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    let leads_out = |dir: &str| {
        format!(
            "//{dir}: cannot read {dir}/BUILD.bazel: it is a link that leads out of the repository; Dorcas reads and \
             writes nothing out there"
        )
    };
    assert_eq!(failures(&outcome), [leads_out("a"), leads_out("b")]);
    assert_eq!(
        diagnostics(&outcome),
        ["d/BUILD.bazel: it is also the BUILD file of //c, and is written for that alone"]
    );
    assert!(write(&outcome).is_empty());
    assert_eq!(fs::read_to_string(outside.path().join("BUILD")).unwrap(), "old()\n");
    assert!(dir.path().join("c/BUILD.bazel").is_symlink() && dir.path().join("d/BUILD.bazel").is_symlink());
    assert!(fs::read_to_string(dir.path().join("c/real")).unwrap().contains("name = \"c\""));
}

#[test]
fn names_of_build_files_that_lead_elsewhere() {
    for name in ["../x", "/tmp/x", "a/b", "..", ".", "x,../y"] {
        let directive = format!("# gazelle:build_file_name {name}\n");
        let dir = repo(&[("d/BUILD.bazel", directive.as_str()), ("d/e/e.toy", "")]);
        let before = contents(dir.path());
        let outcome = outcome(&Options::new(dir.path()), &[&Toy::new()]);
        let failed = failures(&outcome);
        assert!(failed[0].contains("is not a name of a file in its directory"), "{failed:?}");
        assert!(failed[0].ends_with("(1 directories in it were not looked at)"), "{failed:?}");
        assert!(write(&outcome).is_empty());
        assert_eq!(contents(dir.path()), before);
        let options = Options { build_file_names: vec![name.into()], ..Options::new(dir.path()) };
        let error = run(&options, &[&Toy::new()], &()).unwrap_err().to_string();
        assert!(error.starts_with("--build-file-name: "), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_root_that_is_a_link() {
    let dir = repo(&[("real/a/a.toy", ""), ("real/MODULE.bazel", "module(name = \"m\")\n")]);
    link(dir.path(), "real", "root");
    let outcome = outcome(&Options::new(dir.path().join("root")), &[&Toy::new()]);
    assert!(failures(&outcome).is_empty() && write(&outcome).is_empty());
    assert!(dir.path().join("real/a/BUILD.bazel").exists());
}

#[cfg(unix)]
#[test]
fn a_directory_that_is_replaced_by_a_link_before_it_is_written() {
    let outside = repo(&[("BUILD.bazel", "old()\n"), ("x", "")]);
    let dir = repo(&[("a/a.toy", ""), ("b/b.toy", ""), ("b/BUILD.bazel", "# Mine.\n")]);
    let outcome = outcome(&Options::new(dir.path()), &[&Toy::new()]);
    for name in ["a", "b"] {
        fs::rename(dir.path().join(name), dir.path().join(format!("old_{name}"))).unwrap();
        link(dir.path(), outside.path(), name);
    }
    let unwritten: Vec<_> = write(&outcome).iter().map(ToString::to_string).collect();
    assert_eq!(unwritten.len(), 2);
    assert!(
        unwritten.iter().all(|text| text.ends_with("it is a link that leads out of the repository")),
        "{unwritten:?}"
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 2);
    assert_eq!(fs::read_to_string(outside.path().join("BUILD.bazel")).unwrap(), "old()\n");
}

/// Someone puts a link in a directory's place and takes it away again, all the time.
#[cfg(unix)]
#[test]
fn a_link_that_comes_and_goes() {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    let outside = repo(&[("x.toy", "hunter2"), ("BUILD.bazel", "hunter2 = 1\n"), ("sub/x.toy", "hunter2")]);
    let dir = repo(&[("a/x.toy", ""), ("a/sub/x.toy", ""), ("a/BUILD.bazel", "# Mine.\n"), ("other/o.toy", "")]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let (a, away) = (dir.path().join("a"), dir.path().join("other/away"));
            while !stop.load(Relaxed) {
                fs::rename(&a, &away).unwrap();
                std::os::unix::fs::symlink(outside.path(), &a).unwrap();
                fs::remove_file(&a).unwrap();
                fs::rename(&away, &a).unwrap();
            }
        });
        for _ in 0..200 {
            let language = Curious::new(&[]);
            let outcome = outcome(&Options { threads: 2, ..Options::new(dir.path()) }, &[&language]);
            let mut shown = Vec::new();
            diff(&outcome, &mut shown).unwrap();
            let said =
                format!("{}{:?}{:?}", String::from_utf8_lossy(&shown), failures(&outcome), diagnostics(&outcome));
            assert!(!said.contains("hunter2") && !language.seen().concat().contains("hunter2"), "{said}");
            write(&outcome);
        }
        stop.store(true, Relaxed);
    });
    assert_eq!(fs::read_to_string(outside.path().join("BUILD.bazel")).unwrap(), "hunter2 = 1\n");
    assert_eq!(contents(outside.path()).len(), 3);
}

/// Of a language that is told of names alone, a link is a file, as in Gazelle.
#[cfg(unix)]
#[test]
fn links_of_which_the_name_is_wanted() {
    let dir = repo(&[("a/a.toy", ""), ("a/b/c", "")]);
    for (to, name) in
        [("b", "a/dir.toy"), ("/etc", "a/out.toy"), ("a.toy", "a/file.toy"), ("x", "a/gone.toy"), ("l.toy", "a/l.toy")]
    {
        link(dir.path(), to, name);
    }
    let mut toy = Toy::new();
    toy.manifest.inputs =
        vec![Input { glob: "*.toy".into(), want: Want::Name, methods: Methods::CONFIGURE, ..Input::default() }];
    let language = Curious { toy, ..Curious::new(&[]) };
    let outcome = outcome(&Options::new(dir.path()), &[&language]);
    let said = diagnostics(&outcome);
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0], "a/gone.toy: it is left out: it is a link that leads to nothing");
    assert!(said[1].starts_with("a/l.toy: it is left out: "), "{said:?}");
    assert_eq!(language.seen()[2], "a:a.toydir.toyfile.toyout.toy");
}

/// A directory without a package belongs to the one above, also if it is reached by a link.
#[cfg(unix)]
#[test]
fn a_link_to_a_directory_without_a_package() {
    let text = "# gazelle:generation_mode update_only\n# gazelle:follow **\n";
    let dir = repo(&[("BUILD.bazel", text), ("p/BUILD.bazel", ""), ("other/deep/d.toy", "one"), ("p/p.toy", "")]);
    link(dir.path(), "../other", "p/linked");
    link(dir.path(), dir.path().canonicalize().unwrap().join("other"), "p/absolute");
    let language = Curious::new(&[]);
    let outcome = outcome(&Options::new(dir.path()), &[&language]);
    assert!(failures(&outcome).is_empty(), "{:?}", failures(&outcome));
    let seen = language.seen();
    assert!(
        seen.iter().any(|seen| seen.starts_with("p: ")
            && seen.contains(" absolute/deep/d.toy=one")
            && seen.contains(" linked/deep/d.toy=one")),
        "{seen:?}"
    );
}

/// There is one place that makes paths of the system, and one that opens them.
#[test]
fn nothing_else_opens_a_path() {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap().to_owned();
            // The cache is no part of the repository, and the repository is found before it is opened. What asks how a
            // file is written has handles alone.
            let others = ["src/repo/open.rs", "src/repo/root.rs", "src/emit/ordinary.rs"];
            if name.starts_with("src/memo/") || others.contains(&name.as_str()) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let code = code.split("#[cfg(all(test, unix))]").next().unwrap();
            if name.ends_with("/tests.rs") {
                continue;
            }
            let lines = code.lines().zip(1..).filter(|(line, _)| !line.trim_start().starts_with("//"));
            for (line, number) in lines {
                let opens =
                    ["fs::File", "std::fs", " fs::", "(fs::", "{fs,", "{self, File}", "PathBuf::from", "root.join("]
                        .iter()
                        .any(|word| {
                            line.contains(word) && !line.contains("cap_std::fs") && !line.trim_start().starts_with("//")
                        });
                if opens
                    || line.contains("canonicalize(")
                    || line.contains("Path::new(")
                    || line.contains(".metadata().")
                {
                    found.push(format!("{name}:{number}: {}", line.trim()));
                }
            }
        }
    }
    assert_eq!(found, [""; 0]);
}
