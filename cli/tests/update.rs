//! `dorcas update` and `dorcas fix`, from the command line to the BUILD files.

mod support;

use dorcas_abi::message::{Flag, FlagType, Manifest};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};
use support::{MADE, Ran, assemble, binary, contents, dorcas, guest, line_in, project, ran, repo};

/// The repositories of `gazelle/tests/trees`, and what the real Gazelle prints for them.
fn trees() -> Vec<(PathBuf, String)> {
    let folders = fs::read_dir(project("gazelle/tests/trees")).unwrap().map(|entry| entry.unwrap().path());
    let mut trees: Vec<_> = folders
        .filter(|folder| folder.is_dir())
        .map(|folder| {
            let root = folder.join("repo").canonicalize().unwrap();
            let printed = fs::read_to_string(folder.join("expected.print")).unwrap();
            (root.clone(), printed.replace(">>> ", &format!(">>> {}/", root.display())))
        })
        .collect();
    trees.sort();
    assert!(trees.len() >= 10, "there are trees");
    trees
}

/// A copy of a tree's repository, to be written to.
fn copy_of(name: &str) -> tempfile::TempDir {
    repo(&contents(&project(&format!("gazelle/tests/trees/{name}/repo"))))
}

#[test]
fn print_gives_what_gazelle_gives() {
    for (root, expected) in trees() {
        let Ran { code, out, err } = line_in(&root, "update -mode print");
        assert_eq!((code, out), (0, expected), "{}: {err}", root.display());
    }
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    for (root, _) in trees() {
        for rest in ["--mode print", "--mode diff --format json"] {
            let with = |threads| line_in(&root, &format!("update {rest} --threads {threads}"));
            let one = with(1);
            assert_eq!((&with(2), &with(8)), (&one, &one), "{}", root.display());
        }
    }
}

#[test]
fn diff_shows_what_fix_then_writes() {
    let dir = copy_of("one_package");
    let before = contents(dir.path());
    let patch = line_in(dir.path(), "update --mode diff");
    assert_eq!((patch.code, patch.err.as_str()), (1, ""));
    let (head, body) = patch.out.split_once(" @@\n").unwrap();
    assert!(
        head.starts_with(
            "--- /dev/null\t1970-01-01 00:00:00.000000001 +0000\n\
             +++ greeter/BUILD.bazel\t1970-01-01 00:00:00.000000001 +0000\n\
             @@ -0,0 +1,"
        ),
        "{head}"
    );
    assert_eq!(contents(dir.path()), before);

    let fixed = line_in(dir.path(), "update");
    let err = "1 BUILD file created, 0 changed, 0 unchanged\n";
    assert_eq!(fixed, Ran { code: 0, out: String::new(), err: err.into() });
    let written = fs::read_to_string(dir.path().join("greeter/BUILD.bazel")).unwrap();
    assert_eq!(body.replace("\n+", "\n").strip_prefix('+').unwrap(), written);

    let quiet = line_in(dir.path(), "update --quiet");
    assert_eq!(quiet, Ran { code: 0, out: String::new(), err: String::new() });
    let again = line_in(dir.path(), "fix");
    let err = "0 BUILD files created, 0 changed, 1 unchanged\n";
    assert_eq!(again, Ran { code: 0, out: String::new(), err: err.into() });
    assert_eq!(line_in(dir.path(), "update -mode=diff"), Ran { code: 0, out: String::new(), err: String::new() });
}

#[test]
fn what_guests_have_to_say_goes_to_standard_error() {
    let dir = copy_of("across_directories");
    let ran = line_in(dir.path(), "update");
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            0,
            "warning: shop: proto: //shop:shop_proto imports \"shop/item/readme.txt\", which is no .proto file\n\
             warning: shop/BUILD.bazel: //shop:shop_proto depends on itself, which Bazel refuses: one of its \
             imports leads to it, or would be of its directory if it were there\n\
             4 BUILD files created, 0 changed, 0 unchanged\n"
        )
    );
}

#[test]
fn directories_are_relative_to_the_working_directory() {
    let dir = copy_of("across_directories");
    let shop = dir.path().join("shop");
    assert_eq!(line_in(&shop, "update item order").err, "2 BUILD files created, 0 changed, 0 unchanged\n");
    assert!(shop.join("item/BUILD.bazel").exists() && shop.join("order/BUILD.bazel").exists());
    assert!(!shop.join("customer/BUILD.bazel").exists());
    assert!(line_in(&shop, "update -r=false .").err.ends_with("1 BUILD file created, 0 changed, 0 unchanged\n"));
    assert!(!shop.join("customer/BUILD.bazel").exists());
}

#[test]
fn without_an_index_dependencies_are_guessed() {
    let dir = copy_of("across_directories");
    let printed = |rest: &str| line_in(dir.path(), &format!("update -mode print {rest}")).out;
    let (found, guessed) = ("\"//shop/item:shop_item_proto\"", "\"//shop/item:item_proto\"");
    for index in ["", "--index all", "-index=true", "--index lazy"] {
        let order = printed(&format!("{index} shop/item shop/order"));
        assert!(order.contains(found) && !order.contains(guessed), "{index}");
    }
    for index in ["--index none", "-index=false"] {
        let order = printed(&format!("{index} shop/item shop/order"));
        assert!(!order.contains(found) && order.contains(guessed), "{index}");
    }
}

#[test]
fn gazelles_way_of_writing_flags() {
    let dir = copy_of("one_package");
    let root = dir.path().to_str().unwrap();
    let ours = dorcas(["update", "--mode", "print", "--repo-root", root]);
    for line in [["-mode=print", "-repo_root", root], ["-mode", "print", &format!("--repo_root={root}")]] {
        assert_eq!(dorcas(["update"].iter().chain(&line)), ours);
    }
    assert_eq!((ours.code, ours.out.is_empty()), (0, false));
}

#[test]
fn a_flag_of_a_guest_reaches_it() {
    let dir = copy_of("one_package");
    assert_eq!(line_in(dir.path(), "update -mode print -proto disable_global").out, "");
    assert!(line_in(dir.path(), "update --mode print --proto=default").out.contains("proto_library("));
}

#[test]
fn a_flag_of_a_language_that_takes_no_part() {
    let dir = repo(&[("WORKSPACE", "")]);
    let flags = vec![Flag { name: "count".into(), ty: FlagType::Int, default: "0".into(), ..Flag::default() }];
    assemble(dir.path(), "guest", &guest(&Manifest { flags, ..Manifest::default() }, "(call $refuse)"));
    let ran = line_in(dir.path(), "update --guest guest.wasm -count 1.5");
    let begin = "error: invalid value '1.5' for '--count <N>': ";
    assert!(ran.code == 2 && ran.err.starts_with(begin), "{ran:?}");
    // It is known, whether its language runs or not: a script may always give it.
    assert_eq!(line_in(dir.path(), "update --guest guest.wasm -count -1 -lang proto").code, 0);
}

#[test]
fn languages_from_files_run_beside_the_built_in_one() {
    let dir = copy_of("one_package");
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let printed = |rest: &str| line_in(dir.path(), &format!("update --mode print {rest}")).out;
    let both = printed("--guest guest.wasm");
    assert!(both.contains("proto_library(") && both.contains("thing("), "{both}");
    let root = dir.path().canonicalize().unwrap();
    let [greeter, top] =
        ["greeter/BUILD.bazel", "BUILD.bazel"].map(|rel| format!(">>> {}\n{MADE}", root.join(rel).display()));
    assert!(printed("--guest guest.wasm --lang wat").contains(&greeter));
    assert!(printed("--guest guest.wasm --lang wat").ends_with(&top));
    assert_eq!(printed("--guest guest.wasm --lang proto"), printed(""));
    assert_eq!(printed("--guest guest.wasm --lang proto,wat"), both);
}

#[test]
fn a_file_takes_the_place_of_the_built_in_guest_of_its_name() {
    let dir = copy_of("one_package");
    fs::copy(project("guest/prebuilt/proto.wasm"), dir.path().join("mine.wasm")).unwrap();
    let expected = line_in(dir.path(), "update --mode print");
    assert_eq!(line_in(dir.path(), "update --mode print --guest mine.wasm"), expected);
}

fn json_of(dir: &Path, line: &str) -> (i32, Value) {
    let ran = line_in(dir, line);
    assert_eq!(ran.err, "");
    (ran.code, serde_json::from_str(&ran.out).unwrap())
}

#[test]
fn one_document_for_machines() {
    let dir = repo(&[("WORKSPACE", ""), ("a/x", ""), ("a/BUILD.bazel", MADE), ("bad/x", ""), ("c/x", "")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let root = dir.path().canonicalize().unwrap();
    // A file that may not be written.
    fs::create_dir(dir.path().join("d")).unwrap();
    let read_only = dir.path().join("d/BUILD.bazel");
    fs::write(&read_only, "mine()\n").unwrap();
    let mut permissions = fs::metadata(&read_only).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&read_only, permissions).unwrap();
    // The superuser may write it all the same, as in Gazelle.
    let may_write = fs::OpenOptions::new().write(true).open(&read_only).is_ok();
    let document = |mode: &str, files: Value, unwritten: Value| {
        let refused = json!({
            "directory": "bad",
            "language": "wat",
            "method": "generate_rules",
            "message": "`generate_rules` of guest `wat` failed with error 1234: no, thanks",
            "skipped": 0,
        });
        let failures: Vec<_> = [refused].into_iter().chain(unwritten.as_array().unwrap().clone()).collect();
        json!({
            "command": "update", "mode": mode, "root": root.to_str().unwrap(),
            "files": files, "diagnostics": [], "failures": failures,
        })
    };
    let run = |mode: &str| {
        json_of(
            dir.path(),
            &format!("update --guest guest.wasm --lang wat --format json -r=false --mode {mode} a bad c d"),
        )
    };
    let printed = json!([
        {"path": "a/BUILD.bazel", "status": "unchanged", "text": MADE},
        {"path": "c/BUILD.bazel", "status": "created", "text": MADE},
        {"path": "d/BUILD.bazel", "status": "changed", "text": format!("mine()\n\n{MADE}")},
    ]);
    let none = json!([]);
    assert_eq!(run("print"), (1, document("print", printed, none.clone())));
    let patch = "--- /dev/null\t1970-01-01 00:00:00.000000001 +0000\n\
                 +++ c/BUILD.bazel\t1970-01-01 00:00:00.000000001 +0000\n\
                 @@ -0,0 +1 @@\n\
                 +thing(name = \"made\")\n";
    let patch_of_d = "--- d/BUILD.bazel\t1970-01-01 00:00:00.000000001 +0000\n\
                      +++ d/BUILD.bazel\t1970-01-01 00:00:00.000000001 +0000\n\
                      @@ -1 +1,3 @@\n mine()\n+\n+thing(name = \"made\")\n";
    let compared = json!([
        {"path": "a/BUILD.bazel", "status": "unchanged"},
        {"path": "c/BUILD.bazel", "status": "created", "diff": patch},
        {"path": "d/BUILD.bazel", "status": "changed", "diff": patch_of_d},
    ]);
    assert_eq!(run("diff"), (1, document("diff", compared, none)));
    let written = json!([
        {"path": "a/BUILD.bazel", "status": "unchanged"},
        {"path": "c/BUILD.bazel", "status": "created"},
        {"path": "d/BUILD.bazel", "status": if may_write { "changed" } else { "unwritten" }},
    ]);
    let unwritten = json!([{
        "directory": "d",
        "language": null,
        "method": null,
        "message": format!(
            "cannot write {}: it is read-only; make it writable, or leave it out with `# gazelle:ignore`",
            root.join("d/BUILD.bazel").display()
        ),
        "skipped": 0,
    }]);
    let unwritten = if may_write { json!([]) } else { unwritten };
    assert_eq!(run("fix"), (1, document("fix", written, unwritten)));
}

#[test]
fn diagnostics_for_machines() {
    let (code, document) = json_of(copy_of("across_directories").path(), "update --format json");
    assert_eq!(
        (code, &document["diagnostics"]),
        (
            0,
            &json!([{
                "severity": "warning",
                "language": "proto",
                "path": "shop",
                "line": null,
                "message": "//shop:shop_proto imports \"shop/item/readme.txt\", which is no .proto file",
            }, {
                "severity": "warning",
                "language": null,
                "path": "shop/BUILD.bazel",
                "line": null,
                "message": "//shop:shop_proto depends on itself, which Bazel refuses: one of its \
                    imports leads to it, or would be of its directory if it were there",
            }])
        )
    );
    assert_eq!(document["files"][3], json!({"path": "shop/BUILD.bazel", "status": "created"}));
}

#[test]
fn stats_for_people() {
    let dir = copy_of("one_package");
    let ran = line_in(dir.path(), "update --mode print --stats");
    let rows: Vec<Vec<_>> = ran.err.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0].join(" "), "guest method calls cached fuel time bytes in bytes out");
    let generate = rows.iter().find(|row| row[1] == "generate_rules").unwrap();
    // The root, `docs` and `greeter`.
    assert_eq!(generate[..3], ["proto", "generate_rules", "3"]);
    let time = ran.err.lines().last().unwrap();
    assert!(time.starts_with("time passed: load ") && time.contains(" ms, walk "), "{time}");
}

#[test]
fn stats_for_machines() {
    let dir = copy_of("one_package");
    let (_, document) = json_of(dir.path(), "update --mode print --stats --format json");
    let methods = document["languages"][0]["methods"].as_array().unwrap();
    let generate = methods.iter().find(|method| method["name"] == "generate_rules").unwrap();
    let positive = ["fuel", "request_bytes", "reply_bytes"].map(|key| generate[key].as_u64().unwrap() > 0);
    assert_eq!((&generate["calls"], positive), (&json!(3), [true; 3]));
    let stages: Vec<_> = document["seconds"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(stages, ["generate", "index", "load", "resolve", "walk", "write"]);
}

#[test]
fn colours_only_where_they_are_wanted() {
    let dir = repo(&[("WORKSPACE", "")]);
    let run = |variables: &[&str]| {
        let mut command = binary();
        command.current_dir(dir.path()).args(["update", "gone"]).envs(variables.iter().map(|name| (name, "1")));
        ran(&mut command).err
    };
    let plain = "error: directory gone cannot be updated: No such file or directory (os error 2)\n";
    assert_eq!(run(&[]), plain);
    assert_eq!(run(&["CLICOLOR_FORCE"]), plain.replace("error:", "\u{1b}[1m\u{1b}[31merror\u{1b}[0m:"));
    assert_eq!(run(&["NO_COLOR"]), plain);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let dir = copy_of("across_directories");
    let mut command = binary();
    command.current_dir(dir.path()).args(["update", "--mode", "print"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let warnings = "warning: shop: proto: //shop:shop_proto imports \"shop/item/readme.txt\", which is no .proto file\n\
                    warning: shop/BUILD.bazel: //shop:shop_proto depends on itself, which Bazel refuses: one of its \
                    imports leads to it, or would be of its directory if it were there\n";
    assert_eq!(err, warnings);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_output_that_takes_nothing() {
    let mut command = binary();
    command.args(["update", "--mode", "print", "--repo-root"]).arg(project("gazelle/tests/trees/one_package/repo"));
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else { return };
    let Ran { code, err, .. } = ran(command.stdout(full));
    let expected = "error: can't write to standard output: No space left on device (os error 28)\n";
    assert_eq!((code, err.as_str()), (4, expected));
}

#[test]
fn nobody_listens_to_standard_error() {
    let dir = copy_of("across_directories");
    let mut command = binary();
    command.current_dir(dir.path()).arg("update").stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(dir.path().join("shop/BUILD.bazel").exists());
}

#[test]
fn a_patch_in_a_file_and_names_for_xargs() {
    let dir = copy_of("one_package");
    let patch = line_in(dir.path(), "update -mode=diff -patch out.patch");
    let shown = line_in(dir.path(), "update -mode=diff -exclude out.patch");
    assert_eq!((patch.code, patch.out.as_str()), (1, ""));
    assert_eq!(fs::read_to_string(dir.path().join("out.patch")).unwrap(), shown.out);
    let wrong = line_in(dir.path(), "update -patch out.patch");
    assert_eq!((wrong.code, wrong.err.as_str()), (2, "error: --patch is for --mode diff, not fix\n"));
    let names = line_in(dir.path(), "update -print0 -quiet");
    let written = dir.path().canonicalize().unwrap().join("greeter/BUILD.bazel");
    assert_eq!(names, Ran { code: 0, out: format!("{}\0", written.display()), err: String::new() });
    assert_eq!(line_in(dir.path(), "update -print0 -quiet").out, "");
}

#[test]
fn each_flag_of_gazelle_is_there_or_it_is_said_why_not() {
    let text = fs::read_to_string(project("cli/gazelle-flags.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `-")?.split_once('`'));
    let dir = repo(&[("WORKSPACE", "")]);
    let (mut taken, mut refused) = (0, 0);
    for (flag, rest) in rows {
        let known = line_in(dir.path(), &format!("update -{flag}")).err;
        let is_known = !known.contains("and dorcas hasn't: ");
        let is_said = rest.starts_with(" | the same") || rest.starts_with(" | taken, without effect: ");
        assert!(is_known == is_said && !known.contains("unexpected argument"), "{flag}: {known}");
        *if is_known { &mut taken } else { &mut refused } += 1;
    }
    assert!(taken > 10 && refused > 5, "{taken} {refused}");
}

#[test]
fn a_directive_brings_back_a_language_that_lang_leaves_out() {
    let dir = repo(&[("WORKSPACE", ""), ("c/BUILD.bazel", "# gazelle:lang wat,proto\n"), ("c/d/d", ""), ("e/e", "")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    let ran = line_in(dir.path(), "update -mode print -guest guest.wasm -lang proto");
    let headers: Vec<_> = ran.out.lines().filter(|line| line.starts_with(">>> ")).collect();
    let root = dir.path().canonicalize().unwrap();
    let header = |rel: &str| format!(">>> {}", root.join(rel).display());
    assert_eq!((ran.code, headers), (0, vec![&*header("c/d/BUILD.bazel"), &*header("c/BUILD.bazel")]), "{}", ran.err);
    let unknown = line_in(dir.path(), "update -guest guest.wasm -lang proto,wta");
    let err = "error: no guest has the name `wta` that --lang gives; there are: proto, wat\n";
    assert_eq!((unknown.code, unknown.err.as_str()), (2, err));
}

#[test]
fn no_directory_means_this_one() {
    let dir = copy_of("across_directories");
    let below = dir.path().join("shop/item");
    assert_eq!(line_in(&below, "update").err, "1 BUILD file created, 0 changed, 0 unchanged\n");
    assert!(below.join("BUILD.bazel").exists() && !dir.path().join("shop/order/BUILD.bazel").exists());
}

#[test]
fn no_directory_outside_the_repository_means_all_of_it() {
    let dir = copy_of("across_directories");
    let ran = dorcas(["update", "--repo-root", dir.path().to_str().unwrap()]);
    assert!(ran.err.ends_with("\n4 BUILD files created, 0 changed, 0 unchanged\n"), "{}", ran.err);
}

#[test]
fn gazelles_flags_for_what_is_looked_at() {
    let dir = repo(&[
        ("WORKSPACE", ""),
        ("a/BUILD", "# gazelle:nonsense\n"),
        ("a/a.proto", "syntax = \"proto3\";\n"),
        ("b/b.proto", "syntax = \"proto3\";\n"),
    ]);
    let line = |rest: &str| line_in(dir.path(), &format!("update -mode print {rest}"));
    let headers = |out: &str| out.lines().filter(|line| line.starts_with(">>> ")).count();
    assert_eq!(headers(&line("").out), 2);
    assert_eq!(headers(&line("-exclude a -exclude=**/c").out), 1);
    let named = line("-build_file_name=B,BUILD").out;
    assert!(named.contains("/a/BUILD\n") && named.contains("/b/B\n"), "{named}");
    let strict = line("-strict");
    assert_eq!(strict.out, "");
    assert!(strict.err.contains("a/BUILD: no language of this run knows the directive `nonsense`"), "{}", strict.err);
    assert_ne!(strict.code, 0);
}
