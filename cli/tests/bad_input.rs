//! What bad input gets: a text that names the thing, and an exit status. No panic, no partial file.

mod support;

use dorcas_abi::message::{Flag, Manifest, Want};
use dorcas_host::Limits;
use std::{fs, path::Path};
use support::{MADE, Ran, assemble, contents, dorcas, dorcas_in, faulty, guest, line_in, repo, wants};

/// Asserts what all commands that load a guest say of a file that is none.
fn refused(dir: &Path, path: &Path, why: &str) {
    let shown = path.display();
    for args in [vec!["inspect"], vec!["call"], vec!["update", "--guest"]] {
        let line = args.iter().map(Path::new).chain([path]);
        let ran = match args[0] {
            "call" => dorcas_in(dir, line.chain([Path::new("manifest")])),
            _ => dorcas_in(dir, line),
        };
        // A module without the marker is no language, and need not be one to be looked at.
        if args[0] == "inspect" && why.contains("it is not a Dorcas guest") {
            assert_eq!((ran.code, ran.err.as_str()), (0, ""));
            continue;
        }
        assert_eq!((ran.code, ran.err), (3, format!("error: {why}\n").replace("PATH", &shown.to_string())), "{args:?}");
    }
}

#[test]
fn a_file_that_is_not_wasm() {
    let dir = repo(&[("WORKSPACE", ""), ("text", "hello"), ("empty", ""), ("guest.wat", "(module)")]);
    for (file, what) in [
        ("text", "it begins with the bytes 68 65 6c 6c 6f"),
        ("empty", "the file is empty"),
        ("guest.wat", "it is WebAssembly text; assemble it first"),
    ] {
        let why = format!("can't load the guest PATH: not a WebAssembly module: {what} (module.core)");
        refused(dir.path(), &dir.path().join(file), &why);
    }
}

#[test]
fn a_module_that_is_cut_off() {
    let dir = repo(&[("WORKSPACE", "")]);
    let path = assemble(dir.path(), "cut", &guest(&Manifest::default(), "(call $refuse)"));
    let wasm = fs::read(&path).unwrap();
    fs::write(&path, &wasm[..wasm.len() - 1]).unwrap();
    let ran = dorcas_in(dir.path(), [Path::new("inspect"), &path]);
    let begin = format!("error: can't load the guest {}: module can't be read, at byte ", path.display());
    assert!(ran.code == 3 && ran.err.starts_with(&begin) && ran.err.ends_with(" (module.core)\n"), "{ran:?}");
}

#[test]
fn a_file_that_cannot_be_read() {
    let dir = repo(&[("WORKSPACE", "")]);
    let why = "can't read the guest PATH: No such file or directory (os error 2)";
    refused(dir.path(), &dir.path().join("gone.wasm"), why);
    refused(dir.path(), dir.path(), "can't read the guest PATH: Is a directory (os error 21)");
}

#[test]
fn a_file_without_end() {
    let dir = repo(&[("WORKSPACE", "")]);
    let why = "can't load the guest PATH: module has 16777217 bytes, the limit is 16777216 (`--limit module_bytes=N`)";
    refused(dir.path(), Path::new("/dev/zero"), why);
}

#[test]
fn a_module_that_is_no_guest() {
    let dir = repo(&[("WORKSPACE", "")]);
    for name in [
        "exports_missing",
        "exports_of_wrong_type",
        "optional_exports_of_wrong_type",
        "imports",
        "memory_imported",
        "marker_missing",
        "marker_of_version_2",
        "marker_twice",
        "start_section",
        "lang_name_of_wrong_form",
        "lang_name_not_utf8",
        "lang_name_traps",
        "manifest_refused",
        "manifest_traps",
        "manifest_undecodable",
    ] {
        let text = fs::read_to_string(support::project(&format!("host/tests/guests/{name}.wat"))).unwrap();
        let why = text.lines().find_map(|line| line.strip_prefix(";; load: ")).expect("the case says what it gets");
        refused(dir.path(), &faulty(dir.path(), name), &format!("can't load the guest PATH: {why}"));
    }
}

/// The ones of these that people meet most, word by word.
#[test]
fn a_module_that_is_no_guest_in_full() {
    let dir = repo(&[("WORKSPACE", "")]);
    let said = |name: &str| {
        let path = faulty(dir.path(), name);
        let ran = dorcas(["call".as_ref(), path.as_os_str(), "manifest".as_ref()]);
        ran.err.replace(&path.display().to_string(), "PATH")
    };
    assert_eq!(
        said("marker_missing"),
        "error: can't load the guest PATH: module has no export `dorcas_abi_v1`: it is not a Dorcas guest \
         (exports.version)\n"
    );
    assert_eq!(
        said("marker_of_version_2"),
        "error: can't load the guest PATH: guest speaks version 2 of the ABI, this host speaks version 1 \
         (exports.version)\n"
    );
    assert_eq!(
        said("imports"),
        "error: can't load the guest PATH: a guest imports nothing, this module imports \
         `wasi_snapshot_preview1.fd_write`, a function (i32, i32, i32, i32) -> i32; \
         `env.line\\nbreak`, a mutable i64 global; `dorcas seal` answers the imports of WASI inside of the module \
         (module.no-imports)\n"
    );
    assert_eq!(
        said("exports_missing"),
        "error: can't load the guest PATH: exports are not those of the ABI: \
         `memory` is missing, it should be a 32-bit memory (exports.required); \
         `alloc` is missing, it should be a function (i32) -> i32 (exports.required); \
         `free` is missing, it should be a function (i32, i32) -> () (exports.required); \
         `lang_name` is missing, it should be a function () -> i64 (exports.required); \
         `generate_rules` is missing, it should be a function (i32, i32) -> i64 (exports.required)\n"
    );
}

/// What a run says where the guest does `fault` in the directory `bad`, and nowhere else.
fn run_with(fault: &str) -> Ran {
    let guests = repo::<&str, &str>(&[]);
    let path = assemble(guests.path(), "guest", &guest(&Manifest::default(), fault));
    let dir = repo(&[("WORKSPACE", ""), ("a/x", ""), ("bad/x", ""), ("bad/BUILD.bazel", "old()\n"), ("c/x", "")]);
    let ran = dorcas_in(dir.path(), ["update", "--lang", "wat", "--guest", path.to_str().unwrap()]);
    let expected = [
        ("BUILD.bazel", MADE),
        ("WORKSPACE", ""),
        ("a/BUILD.bazel", MADE),
        ("a/x", ""),
        ("bad/BUILD.bazel", "old()\n"),
        ("bad/x", ""),
        ("c/BUILD.bazel", MADE),
        ("c/x", ""),
    ];
    assert_eq!(contents(dir.path()), expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
    ran
}

/// What a run says where the guest fails in the directory `bad`: the other directories are done.
fn fails(fault: &str, why: &str) {
    let err = format!("error: //bad: {why}\n3 BUILD files created, 0 changed, 0 unchanged; 1 directory failed\n");
    assert_eq!(run_with(fault), Ran { code: 1, out: String::new(), err });
}

#[test]
fn a_guest_that_traps() {
    fails("(unreachable)", "`generate_rules` of guest `wat` trapped: unreachable");
}

#[test]
fn a_guest_that_loops() {
    fails(
        "(loop (br 0)) (i64.const 0)",
        &format!(
            "`generate_rules` of guest `wat` used up its fuel of {} (`--limit fuel_per_call=N`)",
            Limits::default().fuel_per_call
        ),
    );
}

#[test]
fn a_guest_that_returns_a_span_outside_its_memory() {
    fails(
        "(i64.const 0x3fff0_0000_0020)",
        "`generate_rules` of guest `wat` broke the ABI: it returned 32 bytes at 0x0003fff0, outside its memory of \
         262144 bytes (result.bounds)",
    );
}

#[test]
fn a_guest_that_returns_undecodable_bytes() {
    fails(
        "(call $answer (i32.const 16) (i32.const 3))",
        "`generate_rules` of guest `wat` broke the ABI: its reply can't be decoded: byte 0: `Reply` has 2 variants, \
         0 to 1, got 119 (wire.closed)",
    );
}

#[test]
fn a_guest_with_an_error_of_its_own() {
    fails("(call $refuse)", "`generate_rules` of guest `wat` failed with error 1234: no, thanks");
}

#[test]
fn a_guest_whose_error_steers_the_terminal() {
    let dir = repo::<&str, &str>(&[]);
    let path = faulty(dir.path(), "error_with_control_characters");
    let ran = dorcas(["call".as_ref(), path.as_os_str(), "generate_rules".as_ref()]);
    assert!(ran.code == 1 && !ran.err.trim_end().contains(|char: char| char.is_control() && char != '\n'), "{ran:?}");
}

#[test]
fn a_repository_that_is_none() {
    let dir = repo(&[("file", "")]);
    let path = |name: &str| dir.path().join(name).display().to_string();
    for (root, why) in [
        (path("gone"), "does not exist"),
        (path("file"), "is a file, not a directory"),
        (path("file/below"), "cannot be read: Not a directory (os error 20)"),
    ] {
        let err = format!("error: repository {root} {why}\n");
        assert_eq!(dorcas(["update", "--repo-root", &root]), Ran { code: 4, out: String::new(), err });
    }
}

#[test]
fn no_repository_around_the_working_directory() {
    let dir = repo(&[("a/x", "")]);
    let err = format!(
        "error: no MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file at or above {}; say --repo-root\n",
        dir.path().canonicalize().unwrap().join("a").display()
    );
    assert_eq!(
        line_in(&dir.path().canonicalize().unwrap().join("a"), "update"),
        Ran { code: 4, out: String::new(), err }
    );
}

#[test]
fn a_directory_that_cannot_be_updated() {
    let dir = repo(&[("repo/WORKSPACE", ""), ("other/x", "")]);
    let root = dir.path().canonicalize().unwrap().join("repo");
    for (operand, why) in [
        ("../other", format!("directory ../other is not in repository {}", root.display())),
        ("gone", "directory gone cannot be updated: No such file or directory (os error 2)".into()),
        ("WORKSPACE", "directory WORKSPACE cannot be updated: it is not a directory".into()),
    ] {
        let err = format!("error: {why}\n");
        assert_eq!(dorcas_in(&root, ["update", operand]), Ran { code: 2, out: String::new(), err });
    }
}

#[test]
fn two_guests_with_one_name() {
    let dir = repo(&[("WORKSPACE", "")]);
    for name in ["one", "two"] {
        assemble(dir.path(), name, &guest(&Manifest::default(), "(call $refuse)"));
    }
    assert_eq!(
        line_in(dir.path(), "update --guest one.wasm -guest=two.wasm"),
        Ran {
            code: 2,
            out: String::new(),
            err: "error: two guests have the name `wat`: one.wasm and two.wasm; leave one out\n".into()
        }
    );
}

#[test]
fn a_directory_too_large_for_a_request() {
    let guests = repo::<&str, &str>(&[]);
    let path = assemble(guests.path(), "guest", &guest(&wants("*.big", Want::Content), "(call $refuse)"));
    let dir = repo(&[("WORKSPACE", ""), ("a/1.big", "1"), ("a/2.big", ""), ("c/1.big", "")]);
    // It takes no room on the disk.
    fs::File::options().write(true).open(dir.path().join("a/2.big")).unwrap().set_len(16 << 20).unwrap();
    let ran = dorcas_in(dir.path(), ["update", "--guest", path.to_str().unwrap()]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            1,
            "error: //a: language wat: generate_rules: what its files hold comes to 16777217 bytes at a/2.big, the \
             limit for a request is 16777216; exclude or split them\n\
             2 BUILD files created, 0 changed, 0 unchanged; 1 directory failed\n"
        )
    );
    assert!(!dir.path().join("a/BUILD.bazel").exists());
}

#[test]
fn a_regular_expression_that_cannot_be_used() {
    let dir = repo(&[("WORKSPACE", ""), ("x.a", "")]);
    for (pattern, why) in [
        ("(b", "regular expression \"(b\" of glob \"*.a\" does not compile: unclosed group (manifest.patterns)"),
        (
            "(b{1000}){1000}",
            "regular expression \"(b{1000}){1000}\" of glob \"*.a\" is too large: with those before it it has 1000000 \
             positions, the limit is 8192 (manifest.pattern-size)",
        ),
    ] {
        let manifest = wants("*.a", Want::Matches(vec![pattern.into()]));
        assemble(dir.path(), "guest", &guest(&manifest, "(call $refuse)"));
        let err = format!("error: language wat: {why}\n");
        assert_eq!(line_in(dir.path(), "update --guest guest.wasm"), Ran { code: 3, out: String::new(), err });
    }
    assert!(!dir.path().join("BUILD.bazel").exists());
}

#[test]
fn a_flag_of_a_guest_that_no_command_line_can_have() {
    let dir = repo(&[("WORKSPACE", "")]);
    for (name, code, why) in [
        (
            "-x=y",
            3,
            "has a flag \"-x=y\"; a flag's name has letters, digits, underscores, dots and hyphens, and no hyphen in \
             front (manifest.names)",
        ),
        ("repo_root", 2, "has a flag `repo_root` that dorcas or another guest has already; give it another name"),
        ("proto", 2, "has a flag `proto` that dorcas or another guest has already; give it another name"),
    ] {
        let flags = vec![Flag { name: name.into(), ..Flag::default() }];
        let manifest = Manifest { flags, ..Manifest::default() };
        assemble(dir.path(), "guest", &guest(&manifest, "(call $refuse)"));
        let err = format!("error: the guest guest.wasm {why}\n");
        assert_eq!(line_in(dir.path(), "update --guest guest.wasm"), Ran { code, out: String::new(), err });
    }
}

#[test]
fn a_guest_with_too_many_flags() {
    let dir = repo(&[("WORKSPACE", "")]);
    let flags = (0..1001).map(|number| Flag { name: format!("f{number:04}"), ..Flag::default() }).collect();
    assemble(dir.path(), "guest", &guest(&Manifest { flags, ..Manifest::default() }, "(call $refuse)"));
    let err = "error: the guest guest.wasm has 1001 flags, the limit is 1000\n".into();
    assert_eq!(line_in(dir.path(), "update --guest guest.wasm"), Ran { code: 3, out: String::new(), err });
}

#[test]
fn a_language_that_nobody_has() {
    let dir = repo(&[("WORKSPACE", "")]);
    assert_eq!(
        line_in(dir.path(), "update -lang proto,go"),
        Ran {
            code: 2,
            out: String::new(),
            err: "error: no guest has the name `go` that --lang gives; there are: proto\n".into()
        }
    );
}

#[test]
fn a_build_file_that_cannot_be_written() {
    let dir = repo(&[("WORKSPACE", ""), ("a/x", ""), ("c/x", "")]);
    assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    fs::create_dir(dir.path().join("a/BUILD.bazel")).unwrap();
    let before = contents(&dir.path().join("a"));
    let ran = line_in(dir.path(), "update --guest guest.wasm -r=false a c");
    let err = "error: //a: a/BUILD.bazel cannot become a BUILD file: there is a directory, or something else that is no \
               BUILD file, of that name; rename it, or say `build_file_name`\n\
               1 BUILD file created, 0 changed, 0 unchanged; 1 directory failed\n";
    assert_eq!(ran, Ran { code: 1, out: String::new(), err: err.into() });
    assert_eq!(contents(&dir.path().join("a")), before);
}

#[cfg(unix)]
#[test]
fn a_guest_whose_path_is_not_utf_8() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let dir = repo(&[("WORKSPACE", "")]);
    let path = assemble(dir.path(), "guest", &guest(&Manifest::default(), "(call $refuse)"));
    fs::rename(path, dir.path().join(OsStr::from_bytes(b"\xff.wasm"))).unwrap();
    let run = |args: &[&[u8]]| dorcas_in(dir.path(), args.iter().map(|arg| OsStr::from_bytes(arg)));
    assert_eq!(run(&[b"update", b"--guest", b"\xff.wasm"]).code, 0);
    assert_eq!(run(&[b"update", b"--guest=\xff.wasm"]).code, 0);
    assert_eq!(run(&[b"update", b"-guest=\xff.wasm"]).code, 0);
}
