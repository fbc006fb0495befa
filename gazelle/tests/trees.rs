//! Each sample tree yields what the real Gazelle yields for it: `trees/README.md`.

use dorcas_gazelle::{GuestLanguage, Language, Options, print, run};
use dorcas_host::{Digest, Engine};
use std::{
    fs,
    path::{Path, PathBuf},
};

const GUEST: &[u8] = include_bytes!("../../guest/prebuilt/proto.wasm");

fn proto() -> GuestLanguage {
    GuestLanguage::new(Engine::default().load(GUEST).unwrap()).unwrap()
}

fn trees() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trees");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut trees: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    trees.sort();
    assert!(trees.len() >= 10, "there are trees");
    trees
}

/// What is printed for the repository of a tree, with paths relative to it.
fn printed(tree: &Path, language: &dyn Language, threads: usize) -> String {
    let mut options = Options::new(tree.join("repo"));
    options.threads = threads;
    let outcome = run(&options, &[language], &()).unwrap();
    assert!(!outcome.failed(), "{}: {:?} {:?}", tree.display(), outcome.failures, outcome.diagnostics);
    let mut out = Vec::new();
    print(&outcome, &mut out).unwrap();
    let root = format!(">>> {}/", outcome.root.display());
    String::from_utf8(out).unwrap().replace(&root, ">>> ")
}

#[test]
fn each_tree_yields_what_gazelle_yields() {
    let proto = proto();
    for tree in trees() {
        let expected = fs::read_to_string(tree.join("expected.print")).unwrap();
        similar_to(&printed(&tree, &proto, 2), &expected, &tree);
    }
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    let proto = proto();
    for tree in trees() {
        let [one, eight] = [1, 8].map(|threads| printed(&tree, &proto, threads));
        assert_eq!(one, eight, "{}", tree.display());
    }
}

#[test]
fn the_prebuilt_guest_has_its_digest() {
    let sums = include_str!("../../guest/prebuilt/SHA256SUMS");
    let (digest, name) =
        sums.lines().find_map(|line| line.split_once("  ").filter(|(_, name)| *name == "proto.wasm")).unwrap();
    assert_eq!((digest, name), (&*Digest::of(GUEST).to_string(), "proto.wasm"));
}

fn similar_to(found: &str, expected: &str, tree: &Path) {
    let diff = similar::TextDiff::from_lines(expected, found);
    let shown = diff.unified_diff().header("Gazelle", "dorcas").to_string();
    assert!(shown.is_empty(), "{}:\n{shown}", tree.display());
}
