//! Lists the known-bad guests of `bad/`, so that a new file is a new guest.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let bad = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("bad");
    println!("cargo::rerun-if-changed=bad");
    let mut out = String::from("&[\n");
    for file in sorted(&bad).iter().flat_map(|area| sorted(area)) {
        assert!(
            file.extension().is_some_and(|extension| extension == "diff"),
            "{}: a guest is an edit",
            file.display()
        );
        let name = file.strip_prefix(&bad).expect("the file is in there").with_extension("");
        let name = name.components().map(|part| part.as_os_str().to_str().expect("names of files are plain"));
        let name = name.collect::<Vec<_>>().join("/");
        let path = file.to_str().expect("a path in UTF-8");
        writeln!(out, "    BadGuest {{ name: {name:?}, file: include_str!({path:?}) }},").expect("writing to a string");
    }
    out.push(']');
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("bad.rs");
    fs::write(&target, out).expect("the output directory can be written to");
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
    paths.sort();
    paths
}
