//! What the command says of itself.

mod support;

use support::{Ran, assemble, dorcas, dorcas_in, guest, repo};

fn help(args: &[&str]) -> String {
    let Ran { code, out, err } = dorcas(args);
    assert_eq!((code, err.as_str()), (0, ""));
    out
}

#[test]
fn the_command() {
    insta::assert_snapshot!("dorcas", help(&["--help"]));
}

#[test]
fn update_in_every_spelling() {
    let text = help(&["update", "--help"]);
    // The built-in guest's flags have tests of their own.
    let (own, rest) = text.split_once("\nFlags of the language proto:\n").unwrap();
    let (_, examples) = rest.split_once("\nExamples:\n").unwrap();
    insta::assert_snapshot!("update", format!("{own}\nExamples:\n{examples}"));
    for spelling in [["update", "-h"], ["update", "-help"], ["help", "update"]] {
        let own = own.split_once('\n').unwrap().1;
        assert!(help(&spelling).contains(own) || spelling[0] == "help", "{spelling:?}");
    }
}

#[test]
fn fix_is_like_update() {
    let [update, fix] = ["update", "fix"].map(|name| help(&[name, "--help"]));
    let options = |text: &str| text.split_once("\nArguments:\n").unwrap().1.to_owned();
    assert_eq!(options(&update), options(&fix));
}

#[test]
fn explain() {
    let text = help(&["explain", "--help"]);
    let (own, rest) = text.split_once("\nFlags of the language proto:\n").unwrap();
    let (_, examples) = rest.split_once("\nExamples:\n").unwrap();
    insta::assert_snapshot!("explain", format!("{own}\nExamples:\n{examples}"));
}

#[test]
fn directives() {
    let text = help(&["help", "directives"]);
    let (_, list) = text.split_once("\nA directive is").unwrap();
    assert!(help(&["directives"]).starts_with("A directive is"));
    insta::assert_snapshot!("directives", format!("A directive is{list}"));
}

#[test]
fn replay() {
    insta::assert_snapshot!("replay", help(&["replay", "--help"]));
}

#[test]
fn seal() {
    insta::assert_snapshot!("seal", help(&["seal", "--help"]));
}

#[test]
fn golden() {
    insta::assert_snapshot!("golden", help(&["golden", "--help"]));
}

#[test]
fn new() {
    insta::assert_snapshot!("new", help(&["new", "--help"]));
}

#[test]
fn inspect() {
    insta::assert_snapshot!("inspect", help(&["inspect", "--help"]));
}

#[test]
fn call() {
    insta::assert_snapshot!("call", help(&["call", "--help"]));
}

#[test]
fn flags_of_a_guest() {
    use dorcas_abi::message::{Flag, FlagType, Manifest};
    let flag = |name: &str, ty, default: &str, help: &str| Flag {
        name: name.into(),
        ty,
        default: default.into(),
        help: help.into(),
    };
    let flags = vec![
        flag("wat_bool", FlagType::Bool, "true", "Switches it."),
        flag("wat_int", FlagType::Int, "-3", "Counts it."),
        flag("wat_string", FlagType::String, "", "Names \u{1b}[31mit."),
        flag("wat_strings", FlagType::Strings, "", "Names them."),
    ];
    let dir = repo::<&str, &str>(&[]);
    let text = guest(&Manifest { flags, ..Manifest::default() }, "(call $refuse)");
    assemble(dir.path(), "guest", &text);
    let out = dorcas_in(dir.path(), ["update", "--guest", "guest.wasm", "--help"]).out;
    let (_, rest) = out.split_once("\nFlags of the language wat:\n").unwrap();
    let (flags, _) = rest.split_once("\nExamples:\n").unwrap();
    insta::assert_snapshot!("guest_flags", flags);
}

#[test]
fn the_version() {
    assert_eq!(help(&["--version"]), concat!("dorcas ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_command_that_is_none() {
    let Ran { code, out, err } = dorcas(["updte"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.starts_with("error: unrecognized subcommand 'updte'\n\n  tip: a similar subcommand exists: 'update'\n")
    );
}

#[test]
fn no_command_at_all() {
    // It is update, as with Gazelle; here is nothing to update.
    let dir = tempfile::tempdir().unwrap();
    let Ran { code, out, err } = dorcas_in::<&str>(dir.path(), []);
    assert_eq!((code, out), (4, String::new()));
    assert!(err.starts_with("error: no MODULE.bazel, "), "{err}");
}

#[test]
fn a_flag_that_is_none() {
    let Ran { code, err, .. } = dorcas(["update", "--moed", "print"]);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: unexpected argument '--moed' found\n\n  tip: a similar argument exists: '--mode'\n"),
        "{err}"
    );
}

#[test]
fn a_mode_that_is_none() {
    let Ran { code, err, .. } = dorcas(["update", "-mode", "write"]);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: invalid value 'write' for '--mode <MODE>'\n  [possible values: fix, print, diff]\n"),
        "{err}"
    );
}

#[test]
fn cache() {
    insta::assert_snapshot!("cache", help(&["cache", "--help"]));
    insta::assert_snapshot!("cache_show", help(&["cache", "show", "--help"]));
}

#[test]
fn build() {
    insta::assert_snapshot!("build", help(&["build", "--help"]));
}

#[test]
fn run() {
    insta::assert_snapshot!("run", help(&["run", "--help"]));
}
