//! The guest in Zig yields for its sample repository what stands beside it.

use dorcas_gazelle::{GuestLanguage, Options, print, run};
use dorcas_host::{Digest, Engine};
use std::{fs, path::Path};

const GUEST: &[u8] = include_bytes!("../../guest/prebuilt/zig.wasm");

#[test]
fn the_sample_yields_its_build_files() {
    let zig = GuestLanguage::new(Engine::default().load(GUEST).unwrap()).unwrap();
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/zig/tests/tree");
    let outcome = run(&Options::new(tree.join("repo")), &[&zig], &()).unwrap();
    assert!(!outcome.failed(), "{:?} {:?}", outcome.failures, outcome.diagnostics);
    let mut out = Vec::new();
    print(&outcome, &mut out).unwrap();
    let root = format!(">>> {}/", outcome.root.display());
    let printed = String::from_utf8(out).unwrap().replace(&root, ">>> ");
    assert_eq!(printed, fs::read_to_string(tree.join("expected.print")).unwrap());

    let said: Vec<_> = outcome.diagnostics.iter().map(|diagnostic| &*diagnostic.message).collect();
    assert_eq!(
        said,
        [
            "\"../far.zig\" is imported by its path and belongs to another package: import the name of its module",
            "no rule provides the module \"nowhere\"; one from elsewhere: # gazelle:resolve zig nowhere LABEL",
        ]
    );
}

#[test]
fn the_prebuilt_guest_has_its_digest() {
    let sums = include_str!("../../guest/prebuilt/SHA256SUMS");
    assert!(sums.contains(&format!("{}  zig.wasm\n", Digest::of(GUEST))));
}
