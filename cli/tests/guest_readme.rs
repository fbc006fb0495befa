//! `guest/README.md` shows code: all of it is in a file that is built and tested, word for word.

mod support;

use std::{collections::BTreeSet, fs};

/// A piece of code, and the file that it names, in `guest`.
struct Excerpt<'a> {
    file: &'a str,
    text: &'a str,
}

fn readme() -> String {
    fs::read_to_string(support::project("guest/README.md")).unwrap()
}

/// All pieces that name a file, and the languages of those that don't.
fn excerpts(readme: &str) -> (Vec<Excerpt<'_>>, Vec<&str>) {
    let (mut named, mut other) = (Vec::new(), Vec::new());
    let mut parts = readme.split("```");
    let mut before = parts.next().unwrap();
    while let (Some(code), Some(after)) = (parts.next(), parts.next()) {
        let (language, text) = code.split_once('\n').unwrap();
        let line = before.trim_end().lines().next_back().unwrap_or_default();
        match line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
            Some(file) => named.push(Excerpt { file, text }),
            None => other.push(language),
        }
        before = after;
    }
    (named, other)
}

#[test]
fn each_piece_of_code_is_in_the_file_that_it_names() {
    let readme = readme();
    for Excerpt { file, text } in excerpts(&readme).0 {
        let path = support::project("guest").join(file);
        let source = fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
        assert!(source.contains(text), "{file} has no\n{text}");
    }
}

#[test]
fn code_that_names_no_file_is_for_a_shell_or_a_request() {
    let readme = readme();
    let languages: BTreeSet<_> = excerpts(&readme).1.into_iter().collect();
    assert_eq!(languages, BTreeSet::from(["json", "sh"]));
}

#[test]
fn each_step_is_there_in_all_six() {
    let readme = readme();
    let folders = ["assemblyscript/", "c/", "go/", "js/", "rust/", "zig/"];
    for step in ["manifest`", "generate_rules`", "imports`", "resolve`", "How it is exported"] {
        let section = readme.split("\n## ").find(|section| section.lines().next().unwrap().ends_with(step));
        let files: BTreeSet<_> = excerpts(section.unwrap()).0.iter().map(|excerpt| excerpt.file).collect();
        assert_eq!(files.len(), 6, "{step}: {files:?}");
        assert!(files.iter().zip(folders).all(|(file, folder)| file.starts_with(folder)), "{step}: {files:?}");
    }
}

/// The request is one that a guest can be asked.
#[test]
fn the_request_is_one() {
    let readme = readme();
    let (_, request) = readme.split_once("```json\n").unwrap();
    let (request, _) = request.split_once("```").unwrap();
    let dir = support::repo(&[("request.json", request)]);
    let ran = support::line_in(dir.path(), "call builtin:proto generate_rules request.json");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn what_it_links_to_is_there() {
    let readme = readme();
    let links = readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    for link in links {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let path = support::project("guest").join(file);
        assert!(path.exists(), "{link}");
        if !heading.is_empty() {
            let headings = fs::read_to_string(path).unwrap();
            let is_it = |line: &str| line.starts_with('#') && line.to_lowercase().replace(' ', "-").ends_with(heading);
            assert!(headings.lines().any(is_it), "{link}");
        }
    }
}
