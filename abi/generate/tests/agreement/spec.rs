//! `abi-spec.md`: are its clauses those of the code, and its tables what the code gives?

use crate::root;
use dorcas_abi::{clause, message};
use dorcas_generate::{golden, walk::hex};
use std::{collections::BTreeSet, fs, path::Path};

const SPEC: &str = "abi-spec.md";

#[test]
fn the_clauses_are_those_of_the_code_in_its_order() {
    let spec = root().read(SPEC);
    let wordings = clause::parse(&spec).unwrap_or_else(|error| panic!("{error}"));
    let worded: Vec<_> = wordings.iter().map(|wording| wording.clause.name).collect();
    let listed: Vec<_> = clause::ALL.iter().map(|clause| clause.name).collect();
    for name in &listed {
        assert!(worded.contains(name), "{name} is not worded in {SPEC}");
    }
    assert_eq!(worded, listed);
    for wording in wordings {
        let level = wording.clause.level.to_string();
        let other = if level == "MUST" { "SHOULD" } else { "MUST" };
        assert!(wording.text.contains(&level), "{} doesn't say {level}", wording.clause.name);
        assert!(!wording.text.contains(other), "{} says {other}", wording.clause.name);
    }
}

/// A clause that is named anywhere in the sources or in the specification's own text has to exist.
#[test]
fn every_clause_that_is_named_exists() {
    let mut files = vec![root().path(SPEC)];
    for folder in ["abi/src", "host/src", "host/tests", "gazelle/src", "guest/rust", "cli/src"] {
        sources(&root().path(folder), &mut files);
    }
    let areas: BTreeSet<_> = clause::ALL.iter().map(clause::Clause::area).collect();
    let mut named = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for name in clause_names(&text, &areas) {
            assert!(clause::find(name).is_some(), "{} names the clause {name}, which doesn't exist", file.display());
            named.insert(name.to_owned());
        }
    }
    assert!(named.contains("wire.canonical") && named.contains("result.bounds"), "the search finds nothing: {named:?}");
}

/// Words in quotes, in backticks, or in parentheses behind a space, that look like the name of a clause: an area, a dot,
/// and lower-case letters, digits and hyphens.
fn clause_names<'a>(text: &'a str, areas: &BTreeSet<&str>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (open, close) in [("\"", '"'), ("`", '`'), (" (", ')')] {
        for (at, _) in text.match_indices(open) {
            let rest = &text[at + open.len()..];
            let Some((name, _)) = rest.split_once(close) else { continue };
            let Some((area, word)) = name.split_once('.') else { continue };
            let is_word =
                !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            // What has the form of a file or of a WebAssembly instruction is none.
            let other = matches!(word, "rs" | "md" | "json" | "wat" | "wasm" | "toml" | "proto" | "txt" | "go" | "bzl");
            if areas.contains(area) && is_word && !other {
                names.push(name);
            }
        }
    }
    names
}

fn sources(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn names_of_clauses_are_found_where_they_stand() {
    let areas = BTreeSet::from(["mem", "result"]);
    let text = "(`mem.a-b`) \"result.c\" error (mem.d) drop(result.e) `mem.rs` \"file.x\" `result.F`";
    assert_eq!(clause_names(text, &areas), ["result.c", "mem.a-b", "mem.d"]);
}

/// Links within the document lead to a heading, and no two headings have one anchor.
#[test]
fn links_lead_somewhere() {
    let spec = root().read(SPEC);
    let prose: String = spec.split("\n```").step_by(2).collect();
    let mut anchors = BTreeSet::new();
    for heading in prose.lines().filter(|line| line.starts_with('#')) {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let anchor: String = words
            .chars()
            .filter(|char| char.is_alphanumeric() || " -_".contains(*char))
            .map(|char| if char == ' ' { '-' } else { char })
            .collect();
        assert!(anchors.insert(anchor), "two headings are {heading:?}");
    }
    for (at, _) in prose.match_indices("](#") {
        let (target, _) = prose[at + 3..].split_once(')').unwrap();
        assert!(anchors.contains(target), "no heading for #{target}");
    }
}

/// The hand-written guest: assembles, and the texts in it are those of the golden vectors.
#[test]
fn the_guest_of_the_specification_assembles() {
    let spec = root().read(SPEC);
    let (_, rest) = spec.split_once("\n```wat\n").expect("the guest's text");
    let (text, _) = rest.split_once("\n```").unwrap();
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    for (file, name) in [
        ("manifest", "manifest, the example's"),
        ("generate_rules", "generate_rules, the example's reply without files"),
        ("reply", "reply, the example's answer to malformed bytes"),
    ] {
        let vectors = golden::good(&root(), file);
        let vector = vectors.iter().find(|vector| vector.name == name).unwrap_or_else(|| panic!("no vector {name}"));
        let bytes = message::visit(&vector.ty, golden::FromJson(&vector.value)).unwrap().unwrap().0;
        assert!(
            wasm.windows(bytes.len()).any(|window| window == bytes),
            "the guest doesn't have the bytes of {name:?}: {}",
            hex(&bytes)
        );
    }
}

/// The texts of the specification that stand for numbers of the code.
#[test]
fn numbers_in_the_text_are_those_of_the_code() {
    let spec = root().read(SPEC);
    for (what, value) in [
        ("16,777,216 bytes", dorcas_abi::wire::MAX_MESSAGE_BYTES),
        ("1,048,576 items", dorcas_abi::wire::MAX_ITEMS),
        ("64 bytes", dorcas_abi::export::MAX_LANG_NAME_BYTES),
        ("4,096 bytes", dorcas_abi::export::MAX_PANIC_BYTES),
        ("4,096 bytes", message::MAX_ERROR_BYTES),
        ("8 times", dorcas_abi::method::MAX_RESOLVE_ROUNDS),
        ("65,536 bytes", message::MAX_PATTERN_BYTES),
        ("8,192 positions", message::MAX_PATTERN_POSITIONS),
        ("262,144", message::MAX_PATTERN_CELLS),
        ("100 levels", message::MAX_PATTERN_DEPTH),
    ] {
        let digits: String = what.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, value.to_string(), "{what}");
        assert!(
            clause::parse(&spec).unwrap().iter().any(|wording| wording.text.contains(what)),
            "no clause says {what:?}"
        );
    }
}
