//! The documents are in plain English: sentences whose subject is a thing, and no words that only this project has.

use std::{fs, path::Path};

/// The documents that people read first.
const DOCUMENTS: [&str; 16] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "RATIONALE.md",
    "SECURITY.md",
    "abi-spec.md",
    "adapter/README.md",
    "abi/README.md",
    "cli/README.md",
    "cli/explain.md",
    "cli/gazelle-flags.md",
    "conformance/README.md",
    "gazelle/README.md",
    "guest/README.md",
    "host/README.md",
    "seal/README.md",
];

/// Phrases, and better ones.
const PHRASES: [(&str, &str); 5] = [
    ("belongs into", "belongs in"),
    ("belong into", "belong in"),
    ("none where", "`None` if, or: no such thing if"),
    ("so many bytes", "that number of bytes"),
    ("whoever", "the embedder, the caller, a person who"),
];

/// Words that begin a question, and no statement.
const SUBJECTS: [&str; 4] = ["What ", "Who ", "Whoever ", "Whatever "];

#[test]
fn documents_are_in_plain_english() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut faults = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap_or_else(|cause| panic!("{document}: {cause}"));
        let by_hand: String = text.split("<!-- begin generated").map(after_generated).collect();
        faults.extend(faults_of(&by_hand).into_iter().map(|fault| format!("{document}: {fault}")));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A text without the part in front that follows from the schema, and is worded in `dorcas-abi`.
fn after_generated(text: &str) -> &str {
    text.split_once("<!-- end generated").map_or(text, |(_, rest)| rest)
}

#[test]
fn faults_are_found() {
    assert_eq!(faults_of("Code belongs into\nit. Nothing else."), ["`belongs into`: write belongs in"]);
    assert_eq!(faults_of("It runs. What it does\nis said here."), ["`What it does is said here.`: name the thing"]);
    assert_eq!(faults_of("# What does it do?\n\nIt says what it does. Who knows? **What is it?** A thing."), [""; 0]);
}

fn faults_of(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    // Paragraphs, without code.
    for (index, part) in text.split("```").enumerate() {
        for paragraph in part.split("\n\n").filter(|_| index % 2 == 0) {
            let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            let lower = line.to_lowercase();
            let found = PHRASES.iter().filter(|(phrase, _)| lower.contains(phrase));
            faults.extend(found.map(|(phrase, better)| format!("`{phrase}`: write {better}")));
            for sentence in sentences(&line).filter(|sentence| SUBJECTS.iter().any(|word| sentence.starts_with(word))) {
                if sentence.ends_with('.') {
                    faults.push(format!("`{sentence}`: name the thing"));
                }
            }
        }
    }
    faults
}

/// The sentences of a paragraph, each with its end.
fn sentences(paragraph: &str) -> impl Iterator<Item = &str> {
    paragraph.split_inclusive(['.', '?', '!']).map(str::trim)
}
