//! Finds the one edit by which each bad guest differs from the good one, so that the suite carries the edits alone.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed=good.wat");
    println!("cargo::rerun-if-changed=bad");
    let good = read(&root.join("good.wat"));
    let (_, good) = split(&good);
    let good: Vec<&str> = good.split_inclusive('\n').collect();

    let mut out = String::from("&[\n");
    for area in sorted(&root.join("bad")) {
        for file in sorted(&area) {
            let text = read(&file);
            let (head, body) = split(&text);
            let body: Vec<&str> = body.split_inclusive('\n').collect();
            let before = good.iter().zip(&body).take_while(|(good, bad)| good == bad).count();
            let pairs = good[before..].iter().rev().zip(body[before..].iter().rev());
            let behind = pairs.take_while(|(good, bad)| good == bad).count();
            let edit = body[before..body.len() - behind].concat();
            let name = format!("{}/{}", stem(&area), stem(&file));
            let replaced = before..good.len() - behind;
            writeln!(
                out,
                "    BadGuest {{ name: {name:?}, head: {head:?}, from: {}, to: {}, edit: {edit:?} }},",
                replaced.start, replaced.end
            )
            .expect("writing to a string");
        }
    }
    out.push(']');
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("bad.rs");
    fs::write(&target, out).expect("the output directory can be written to");
}

/// The comment at the head, and the module.
fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find("(module").expect("the text of a module"))
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).expect("names of files are plain")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
