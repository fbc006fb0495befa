//! What does buildifier change in a file before it lays it out?

use super::{Argument, Call, Expr, Load, Statement, tables};
use std::{cmp::Ordering, mem};

/// Puts a file into buildifier's canonical form: loads first, merged and sorted; arguments in order; labels
/// shortened; lists that may be sorted sorted.
pub(crate) fn rewrite(statements: Vec<Statement>) -> Vec<Statement> {
    let mut loads: Vec<Load> = Vec::new();
    let mut calls = Vec::new();
    for statement in statements {
        match statement {
            Statement::Load(load) => match loads.iter_mut().find(|known| known.file == load.file) {
                Some(known) => known.symbols.extend(load.symbols),
                None => loads.push(load),
            },
            Statement::Call { comments, mut call } => {
                rewrite_call(&mut call);
                calls.push(Statement::Call { comments, call });
            }
        }
    }
    for load in &mut loads {
        load.symbols.sort_unstable();
        load.symbols.dedup();
    }
    loads.sort_by(|a, b| compare_loads(&a.file, &b.file));
    loads.into_iter().map(Statement::Load).chain(calls).collect()
}

fn rewrite_call(call: &mut Call) {
    let priority = |argument: &Argument| argument.name.as_deref().map(|name| (tables::priority(name), name.to_owned()));
    // Arguments by position have no name, and none goes before all names.
    call.arguments.sort_by_cached_key(priority);
    for argument in &mut call.arguments {
        let Some(name) = &argument.name else { continue };
        if tables::is_label(&call.name, name) {
            each_container(&mut argument.value, &mut shorten_labels);
        }
        if tables::is_sorted(&call.name, name) {
            if argument.comments.iter().any(|comment| comment.to_lowercase().contains("do not sort")) {
                drop_duplicates(&mut argument.value);
            } else {
                each_container(&mut argument.value, &mut |expr| {
                    sort_strings(expr);
                    drop_duplicates(expr);
                });
            }
        }
    }
    for argument in &mut call.arguments {
        rewrite_nested(&mut argument.value);
    }
}

/// Calls within values have arguments too, `glob(include, exclude = exclude)`.
fn rewrite_nested(expr: &mut Expr) {
    match expr {
        Expr::Call(call) => rewrite_call(call),
        Expr::Sum(terms) => terms.iter_mut().for_each(rewrite_nested),
        _ => {}
    }
}

/// Calls `change` for a value, for the terms where it is a sum, and for the branches where it is a `select`.
fn each_container(expr: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    change(expr);
    match expr {
        Expr::Sum(terms) => terms.iter_mut().for_each(|term| each_container(term, change)),
        Expr::Call(call) if call.name == "select" => {
            if let Some(Argument { value: Expr::Dict(branches), .. }) = call.arguments.first_mut() {
                for (_, value) in branches {
                    each_container(value, change);
                }
            }
        }
        _ => {}
    }
}

/// Sorts a list in which there are only strings; nothing else changes.
pub(crate) fn sort_strings(expr: &mut Expr) {
    if let Expr::List { items, .. } = expr
        && items.iter().all(|item| matches!(item, Expr::String(_)))
    {
        items.sort_by(|a, b| match (a, b) {
            (Expr::String(a), Expr::String(b)) => compare_strings(a, b),
            _ => Ordering::Equal,
        });
    }
}

fn drop_duplicates(expr: &mut Expr) {
    if let Expr::List { items, .. } = expr {
        let mut seen = std::collections::HashSet::new();
        for item in mem::take(items) {
            let known = matches!(&item, Expr::String(text) if !seen.insert(text.clone()));
            if !known {
                items.push(item);
            }
        }
    }
}

/// Buildifier's order of strings: file names, then `:a`, then `//a`, then `@a`; within these part by part, where
/// `.` and `:` end a part.
fn compare_strings(a: &str, b: &str) -> Ordering {
    let phase = |text: &str| match text.as_bytes() {
        [b':', ..] => 1,
        [b'/', b'/', ..] => 2,
        [b'@', ..] => 3,
        _ => 0,
    };
    phase(a).cmp(&phase(b)).then_with(|| a.split(['.', ':']).cmp(b.split(['.', ':']))).then_with(|| a.cmp(b))
}

fn shorten_labels(expr: &mut Expr) {
    match expr {
        Expr::String(text) => shorten_label(text),
        Expr::List { items, .. } => {
            for item in items {
                if let Expr::String(text) = item {
                    shorten_label(text);
                }
            }
        }
        _ => {}
    }
}

/// `//a/b:b` becomes `//a/b`, `@r//:r` becomes `@r`.
fn shorten_label(text: &mut String) {
    let (repo, path) = match text.strip_prefix('@') {
        Some(rest) => match rest.split_once("//") {
            Some((repo, path)) if !repo.is_empty() && repo.bytes().all(is_word) => (repo, path),
            _ => return,
        },
        None => match text.strip_prefix("//") {
            Some(path) => ("", path),
            None => return,
        },
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    let Some((base, name)) = last.split_once(':') else { return };
    if name.is_empty() || name.contains(':') {
        return;
    }
    if base == name {
        text.truncate(text.len() - name.len() - 1);
    } else if path == last && base.is_empty() && !repo.is_empty() && repo == name {
        text.truncate(1 + repo.len());
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Buildifier's order of load statements: other repositories, packages, relative labels.
fn compare_loads(a: &str, b: &str) -> Ordering {
    let (a_parts, b_parts) = (load_parts(a), load_parts(b));
    let foreign = |text: &str| !text.starts_with('@');
    foreign(a)
        .cmp(&foreign(b))
        .then_with(|| a_parts.0.cmp(b_parts.0))
        .then_with(|| b_parts.1.is_empty().cmp(&a_parts.1.is_empty()))
        .then_with(|| compare_paths(a_parts.1, b_parts.1))
        .then_with(|| compare_paths(a_parts.2, b_parts.2))
}

/// Repository, package and target of a label in a load statement.
fn load_parts(text: &str) -> (&str, &str, &str) {
    if !text.starts_with('@') && !text.starts_with("//") {
        // Greater than any package.
        return ("", "\u{7f}", text.trim_start_matches(':'));
    }
    let (repo, rest) = match text.strip_prefix('@') {
        Some(rest) => match rest.trim_start_matches('@').split_once('/') {
            Some((repo, rest)) => (repo, rest.trim_start_matches('/')),
            None => return (rest, "", rest),
        },
        None => ("", &text[2..]),
    };
    match rest.split_once(':') {
        Some((package, name)) if !name.is_empty() => (repo, package, name),
        _ => (repo, rest, rest.rsplit('/').next().unwrap_or(rest)),
    }
}

/// Compares part by part without regard to case, and with it where nothing else differs.
fn compare_paths(a: &str, b: &str) -> Ordering {
    let lower = |path: &str| path.split('/').map(str::to_lowercase).collect::<Vec<_>>();
    lower(a).cmp(&lower(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_sort_like_labels() {
        let mut list = Expr::strings(
            &[
                "@b//c",
                "@a",
                "//b:a",
                "//a",
                ":z",
                ":a",
                "b.go",
                "b_test.go",
                "b.go.in",
                "a.go",
                "b",
                "//a:b.c",
                "//a.b",
            ]
            .map(String::from),
        );
        sort_strings(&mut list);
        let sorted = [
            "a.go",
            "b",
            "b.go",
            "b.go.in",
            "b_test.go",
            ":a",
            ":z",
            "//a",
            "//a.b",
            "//a:b.c",
            "//b:a",
            "@a",
            "@b//c",
        ];
        assert_eq!(list, Expr::strings(&sorted.map(String::from)));
    }

    #[test]
    fn labels_are_shortened() {
        for (long, short) in [
            ("//a/b:b", "//a/b"),
            ("//a:b", "//a:b"),
            ("@r//:r", "@r"),
            ("@r//a:a", "@r//a"),
            ("@r-x//:r-x", "@r-x//:r-x"),
            ("//:a", "//:a"),
            ("//a:b/a", "//a:b/a"),
            ("a:a", "a:a"),
            ("//a:a:a", "//a:a:a"),
        ] {
            let mut text = long.to_owned();
            shorten_label(&mut text);
            assert_eq!(text, short);
        }
    }

    #[test]
    fn loads_are_merged_and_sorted() {
        let load = |file: &str, symbols: &[&str]| {
            Statement::Load(Load { file: file.into(), symbols: symbols.iter().map(ToString::to_string).collect() })
        };
        let files: Vec<_> = rewrite(vec![
            load(":b.bzl", &["b"]),
            load("//b:b.bzl", &["b"]),
            load("//:z.bzl", &["z"]),
            load("@r//B:a.bzl", &["z", "a"]),
            load("@r//a:a.bzl", &["b"]),
            load("@a//z:a.bzl", &["b"]),
            load("@r//B:a.bzl", &["b", "a"]),
        ])
        .into_iter()
        .map(|statement| match statement {
            Statement::Load(load) => format!("{} {}", load.file, load.symbols.join(",")),
            Statement::Call { .. } => String::new(),
        })
        .collect();
        assert_eq!(
            files,
            ["@a//z:a.bzl b", "@r//a:a.bzl b", "@r//B:a.bzl a,b,z", "//:z.bzl z", "//b:b.bzl b", ":b.bzl b"]
        );
    }
}
