//! Inside each crate modules depend one way: ARCHITECTURE.md has the order of the rooms, and no `use` goes upwards.
//!
//! A room is a module at the top of a crate: a file, or a folder with all that is in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The crates in which modules depend one way.
const CRATES: [&str; 7] = ["abi", "host", "gazelle", "conformance", "seal", "script", "cli"];

#[test]
fn no_module_uses_one_above_it() {
    let mut upward = Vec::new();
    for name in CRATES {
        let order = order(name);
        let rooms = Rooms::read(name);
        let listed: BTreeSet<_> = order.iter().cloned().collect();
        assert_eq!(listed.len(), order.len(), "ARCHITECTURE.md lists a room of {name} twice");
        assert_eq!(listed, rooms.names, "the rooms of {name} in ARCHITECTURE.md, and those in {name}/src");
        let level = |room: &str| order.iter().position(|listed| listed == room).unwrap();
        for (file, room, path, used) in &rooms.uses {
            if level(used) > level(room) {
                upward.push(format!("{name}/src/{file}: `{room}` stands below `{used}`, and uses {path}"));
            }
        }
        assert!(!rooms.uses.is_empty(), "no use was found in {name}");
    }
    assert!(upward.is_empty(), "{} arrows go upwards:\n{}", upward.len(), upward.join("\n"));
}

#[test]
fn uses_are_found_in_each_form() {
    let found = |text: &str| paths(text).into_iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(found("use crate::walk;"), ["walk"]);
    assert_eq!(found("use crate::walk::{Tree, list::Entry};"), ["walk::Tree", "walk::list::Entry"]);
    assert_eq!(
        found("use crate::{\n    error::{Cause, Failure},\n    glob::*,\n};"),
        ["error::Cause", "error::Failure", "glob::*"]
    );
    assert_eq!(found("fn f() -> crate::error::Cause { crate::glob::clean(x) }"), ["error::Cause", "glob::clean"]);
    assert_eq!(found("use crate::walk::{self, Tree as T};"), ["walk::self", "walk::Tree"]);
    assert_eq!(
        code("// crate::a\nlet x = \"crate::b\"; crate::c\n#[cfg(test)]\nmod tests { crate::d }")
            .matches("crate")
            .count(),
        1
    );
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rooms of a crate from the bottom to the top, as ARCHITECTURE.md lists them: `- gazelle: error, glob, ...`.
fn order(name: &str) -> Vec<String> {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let (_, list) = text.split_once(&format!("\n- `{name}`: ")).unwrap_or_else(|| panic!("no order of {name}"));
    let list = list.split_once("\n-").map_or(list, |(list, _)| list);
    let list = list.split_once("\n\n").map_or(list, |(list, _)| list);
    list.split(',').map(|room| room.trim().trim_matches(['`', '.']).to_owned()).collect()
}

#[derive(Default)]
struct Rooms {
    names: BTreeSet<String>,
    /// A file, its room, a path that it uses, and the room of that path.
    uses: Vec<(String, String, String, String)>,
}

impl Rooms {
    fn read(name: &str) -> Self {
        let src = repository().join(name).join("src");
        let mut files = Vec::new();
        collect(&src, &src, &mut files);
        let root = |file: &str| matches!(file, "lib.rs" | "main.rs");
        let room_of = |file: &str| file.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let names: BTreeSet<_> = files.iter().filter(|(file, _)| !root(file)).map(|(file, _)| room_of(file)).collect();
        // The crate's own doors: `crate::Failure` is `crate::error::Failure`.
        let mut doors = BTreeMap::new();
        for (_, text) in files.iter().filter(|(file, _)| root(file)) {
            for statement in text.split("pub use ").chain(text.split("pub(crate) use ")).skip(1) {
                let path = format!("crate::{}", statement.split(';').next().unwrap());
                doors.extend(
                    paths(&path).into_iter().filter_map(|path| Some((path.last()?.clone(), path.first()?.clone()))),
                );
            }
        }
        let mut rooms = Self { names, uses: Vec::new() };
        for (file, text) in files.iter().filter(|(file, _)| !root(file)) {
            for path in paths(text) {
                let first = path.first().unwrap();
                let used = if rooms.names.contains(first) { Some(first) } else { doors.get(first) };
                if let Some(used) = used.filter(|used| rooms.names.contains(*used) && **used != room_of(file)) {
                    rooms.uses.push((file.clone(), room_of(file), path.join("::"), used.clone()));
                }
            }
        }
        rooms
    }
}

/// The files of a crate without its tests: path and code.
fn collect(src: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(src, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let file = path.strip_prefix(src).unwrap().components().map(|part| part.as_os_str().to_str().unwrap());
            let text = fs::read_to_string(&path).unwrap();
            files.push((file.collect::<Vec<_>>().join("/"), code(&text)));
        }
    }
}

/// A file's text without comments, strings, and the module of its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(char) = rest.next() {
        match char {
            '/' if rest.peek() == Some(&'/') => {
                for char in rest.by_ref() {
                    if char == '\n' {
                        break;
                    }
                }
                out.push('\n');
            }
            // A quote that is a character, and not the beginning of a text.
            '\'' if rest.peek() == Some(&'"') => {
                rest.next();
            }
            '"' => {
                while let Some(char) = rest.next() {
                    match char {
                        '\\' => drop(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                out.push_str("\"\"");
            }
            char => out.push(char),
        }
    }
    out
}

/// The paths behind `crate::` in a text, with braces taken apart.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        // Not `dorcas_crate::` nor `pub(in crate::x)`.
        if !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            tree(&text[at + "crate::".len()..], &[], &mut found);
        }
    }
    found
}

/// Reads one path, or a list of paths in braces; returns what follows.
fn tree<'a>(text: &'a str, prefix: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == ',');
            match rest.strip_prefix('}') {
                Some(rest) => return rest,
                None if rest.is_empty() => return rest,
                None => rest = tree(rest, prefix, found),
            }
        }
    }
    let end = text.find(|char: char| !(char.is_alphanumeric() || char == '_' || char == '*')).unwrap_or(text.len());
    if end == 0 {
        // Nothing that is a path: passed over, so that a list comes to its end.
        return text.get(1..).unwrap_or("");
    }
    let path: Vec<String> = prefix.iter().cloned().chain([text[..end].to_owned()]).collect();
    let rest = &text[end..];
    if let Some(more) = rest.strip_prefix("::")
        && more.starts_with(|char: char| char.is_alphanumeric() || matches!(char, '_' | '*' | '{'))
    {
        return tree(more, &path, found);
    }
    found.push(path);
    rest.strip_prefix(" as ")
        .map_or(rest, |rest| rest.trim_start_matches(|char: char| char.is_alphanumeric() || char == '_'))
}
