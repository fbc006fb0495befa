//! What the command embeds: the built-in guests, and what `dorcas new` writes, the templates in `guest` and the sources of the
//! SDKs. They are not in any registry, so a new folder has them in it.
//!
//! In the repository they are taken from where they are. A package has a copy of them, `assets`, which `pack` makes.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The files of a language: where each goes in the new folder, and where it is now.
struct Files {
    root: PathBuf,
    found: Vec<(String, PathBuf)>,
}

fn main() {
    let root = root();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    let mut code = String::new();
    for (language, add) in LANGUAGES {
        let mut files = Files { root: root.clone(), found: Vec::new() };
        files.tree("guest/template/testdata", "testdata");
        files.tree(&format!("guest/{language}/template"), "");
        files.file("LICENSE-APACHE", "dorcas/LICENSE-APACHE");
        files.file("LICENSE-MIT", "dorcas/LICENSE-MIT");
        add(&mut files, &out);
        files.found.sort();
        writeln!(code, "pub(crate) const {}: &[(&str, &str)] = &[", language.to_uppercase()).expect("it is a string");
        for (to, from) in files.found {
            let from = from.to_str().expect("the tree is at a path in UTF-8");
            writeln!(code, "    ({to:?}, include_str!({from:?})),").expect("it is a string");
        }
        code.push_str("];\n");
    }
    code.push_str("\n/// The built-in guests, by their names.\n");
    code.push_str("pub(crate) const GUESTS: &[(&str, &[u8])] = &[\n");
    for guest in GUESTS {
        let path = root.join(format!("guest/prebuilt/{guest}.wasm"));
        println!("cargo::rerun-if-changed={}", path.display());
        let path = path.to_str().expect("the tree is at a path in UTF-8");
        writeln!(code, "    ({guest:?}, include_bytes!({path:?})),").expect("it is a string");
    }
    code.push_str("];\n");
    fs::write(out.join("files.rs"), code).expect("the folder is cargo's");
}

/// The prebuilt guests that are in the command: the one that always runs, and those that people name.
const GUESTS: [&str; 2] = ["proto", "python"];

/// The repository, or its copy in a package.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = package.join("..");
    let is_there = |root: &Path| root.join("guest/prebuilt/proto.wasm").exists();
    let assets = package.join("assets");
    let root = if is_there(&repository) { repository } else { assets };
    assert!(is_there(&root), "{}: no guest/prebuilt/proto.wasm; before `cargo package` run `cli/pack`", root.display());
    root.canonicalize().expect("it is there")
}

/// The end of a manifest's name in `assets`: cargo leaves out a folder with a `Cargo.toml`, as another package.
const MANIFEST_END: &str = ".txt";

/// A language by its folder in `guest`, and what of its SDK goes along.
type Language = (&'static str, fn(&mut Files, &Path));

const LANGUAGES: [Language; 6] = [
    ("assemblyscript", |files, _| {
        files.file("guest/assemblyscript/asconfig.json", "dorcas/asconfig.json");
        files.file("guest/assemblyscript/package.json", "dorcas/package.json");
        files.tree("guest/assemblyscript/assembly", "dorcas/assembly");
    }),
    ("c", |files, _| {
        files.file("guest/c/dorcas.c", "dorcas/dorcas.c");
        files.file("guest/c/dorcas.h", "dorcas/dorcas.h");
    }),
    ("go", |files, _| {
        files.file("guest/go/go.mod", "dorcas/go.mod");
        for entry in files.list("guest/go") {
            let is_source = entry.split_once('.').is_some_and(|(stem, end)| end == "go" && !stem.ends_with("_test"));
            if is_source {
                files.file(&format!("guest/go/{entry}"), &format!("dorcas/{entry}"));
            }
        }
    }),
    ("js", |files, _| {
        files.file("guest/js/dorcas.d.ts", "dorcas/dorcas.d.ts");
        // Of what is in each module that is made.
        files.file("script/LICENSE-QUICKJS", "dorcas/LICENSE-QUICKJS");
    }),
    ("rust", |files, out| {
        files.tree("abi/src", "dorcas/abi/src");
        files.tree("guest/rust/src", "dorcas/guest/src");
        for (from, name) in [("abi", "abi"), ("guest/rust", "guest")] {
            let manifest = out.join(format!("{name}.toml"));
            fs::write(&manifest, standalone(files, from)).expect("the folder is cargo's");
            files.found.push((format!("dorcas/{name}/Cargo.toml"), manifest));
        }
    }),
    ("zig", |files, _| {
        files.file("guest/zig/build.zig", "dorcas/build.zig");
        files.file("guest/zig/build.zig.zon", "dorcas/build.zig.zon");
        files.tree("guest/zig/src", "dorcas/src");
    }),
];

/// What a build in the tree may have left beside the sources, and tests of the SDK's own.
const LEFT_OUT: [&str; 6] = [".zig-cache", "dorcas", "node_modules", "target", "tests.rs", "zig-out"];

impl Files {
    fn file(&mut self, from: &str, to: &str) {
        let path = self.path(from);
        println!("cargo::rerun-if-changed={}", path.display());
        self.found.push((to.into(), path));
    }

    /// A folder with all that is in it.
    fn tree(&mut self, from: &str, to: &str) {
        for name in self.list(from) {
            let (from, to) = (format!("{from}/{name}"), format!("{to}{}{name}", if to.is_empty() { "" } else { "/" }));
            if LEFT_OUT.contains(&&*name) || name.split('.').next_back() == Some("wasm") {
                continue;
            }
            if self.root.join(&from).is_dir() { self.tree(&from, &to) } else { self.file(&from, &to) }
        }
    }

    /// Where a file is, or its copy.
    fn path(&self, from: &str) -> PathBuf {
        let path = self.root.join(from);
        if path.exists() { path } else { self.root.join(format!("{from}{MANIFEST_END}")) }
    }

    /// The names in a folder.
    fn list(&self, folder: &str) -> Vec<String> {
        let path = self.root.join(folder);
        println!("cargo::rerun-if-changed={}", path.display());
        let entries = fs::read_dir(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
        let name = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().expect("names in the tree are UTF-8");
            name.strip_suffix(MANIFEST_END).filter(|name| *name == "Cargo.toml").map_or(name.clone(), str::to_owned)
        };
        entries.map(|entry| name(entry.expect("the folder can be read"))).collect()
    }
}

/// The manifest of a crate without its workspace: what it takes from there stands in it, and what only tests need is gone.
fn standalone(files: &Files, krate: &str) -> String {
    let read = |path: &str| {
        let path = files.path(path);
        println!("cargo::rerun-if-changed={}", path.display());
        fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
    };
    let workspace = read("Cargo.toml");
    let manifest = read(&format!("{krate}/Cargo.toml"));
    let mut out = String::new();
    let mut section = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        }
        // Those of `[package]` are for a registry.
        let for_registry = ["readme =", "keywords =", "categories =", "include =", "exclude ="];
        if section == "dev-dependencies"
            || section.starts_with("lints")
            || for_registry.iter().any(|key| line.starts_with(key))
        {
            continue;
        }
        // `a.workspace = true`, or `a = { workspace = true, optional = true }`.
        let whole = line.strip_suffix(".workspace = true").map(|key| (key, ""));
        let Some((key, more)) = whole.or_else(|| line.strip_suffix(" }")?.split_once(" = { workspace = true, ")) else {
            out += line;
            out.push('\n');
            continue;
        };
        let inherited = workspace
            .lines()
            .skip_while(|line| *line != format!("[workspace.{section}]"))
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
            .unwrap_or_else(|| panic!("Cargo.toml has no `{key}` in [workspace.{section}]"));
        let inherited = inherited.replace("path = \"", "path = \"../");
        let inherited = match inherited.strip_suffix(" }") {
            _ if more.is_empty() => inherited,
            Some(start) => format!("{start}, {more} }}"),
            None => format!("{{ version = {inherited}, {more} }}"),
        };
        writeln!(out, "{key} = {inherited}").expect("it is a string");
    }
    assert!(!out.contains("workspace"), "{krate}/Cargo.toml takes something else from the workspace:\n{out}");
    out.trim_end().to_owned() + "\n"
}
