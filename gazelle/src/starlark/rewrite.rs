//! What does buildifier change in an argument before it lays it out?

use super::{
    tables,
    tree::{Expr, Kind, Seq},
};
use std::{cmp::Ordering, collections::HashSet, mem};

const LEAVE_ALONE: &str = "buildifier: leave-alone";
const DO_NOT_SORT: &str = "do not sort";
const KEEP_SORTED: &str = "keep sorted";

/// Whether a comment keeps buildifier from rewriting what it belongs to.
pub(crate) fn is_leave_alone(comment: &str) -> bool {
    comment.to_lowercase().contains(LEAVE_ALONE)
}

/// Puts the named arguments at the end of a call in order.
pub(crate) fn sort_arguments(args: &mut [Expr]) {
    let start = args.iter().rposition(|arg| !matches!(arg.kind, Kind::Named(..))).map_or(0, |last| last + 1);
    args[start..].sort_by_cached_key(|arg| match &arg.kind {
        Kind::Named(name, _) => (tables::priority(name), name.clone()),
        _ => (0, String::new()),
    });
}

/// Puts an argument of a call into buildifier's canonical form: labels shortened, and lists sorted that may be
/// sorted. What stands as it was read from a file is left as it is.
pub(crate) fn rewrite_argument(function: &str, argument: &mut Expr) {
    if argument.source.is_some() || argument.says(LEAVE_ALONE) {
        return;
    }
    let (do_not_sort, keep_sorted) = (argument.says(DO_NOT_SORT), argument.says(KEEP_SORTED));
    let value = match &mut argument.kind {
        Kind::Named(name, value) => {
            if tables::is_label(function, name) && !value.says(LEAVE_ALONE) {
                each_container(value, &mut shorten_labels);
            }
            if tables::is_sorted(function, name) {
                if do_not_sort {
                    drop_duplicates(value);
                } else {
                    each_container(value, &mut sort_list);
                }
            } else if keep_sorted {
                each_container(value, &mut sort_list);
            }
            &mut **value
        }
        _ => argument,
    };
    rewrite_nested(value);
}

/// Calls within values have arguments too, `glob(include, exclude = exclude)`.
fn rewrite_nested(expr: &mut Expr) {
    if expr.source.is_some() {
        return;
    }
    match &mut expr.kind {
        Kind::Call(call) => {
            sort_arguments(&mut call.args.items);
            call.args.items.iter_mut().for_each(|argument| rewrite_argument(&call.function, argument));
        }
        Kind::Sum(terms) => terms.iter_mut().for_each(rewrite_nested),
        Kind::List(list) if list.items.first().is_some_and(|first| first.says(KEEP_SORTED)) => sort_list(expr),
        _ => {}
    }
}

/// Calls `change` for a value, for the terms where it is a sum, and for the branches where it is a `select`.
fn each_container(expr: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    if expr.source.is_some() {
        return;
    }
    change(expr);
    match &mut expr.kind {
        Kind::Sum(terms) => terms.iter_mut().for_each(|term| each_container(term, change)),
        Kind::Call(call) if call.function == "select" => {
            if let Some(Kind::Dict(branches)) = call.args.items.first_mut().map(|first| &mut first.kind) {
                for branch in &mut branches.items {
                    if let Kind::Pair(_, value) = &mut branch.kind {
                        each_container(value, change);
                    }
                }
            }
        }
        _ => {}
    }
}

/// Sorts a list as buildifier does: not where comment lines in it may speak of the order, and within what is left
/// only strings that stand together.
fn sort_list(expr: &mut Expr) {
    let commented = !expr.before.is_empty();
    let Kind::List(list) = &mut expr.kind else { return };
    let Some(first) = list.items.first() else { return };
    if list.items.len() < 2 {
        return;
    }
    let commented = commented || !list.end.is_empty() || list.items.iter().any(|item| !item.before.is_empty());
    if first.says(DO_NOT_SORT) || commented && !first.says(KEEP_SORTED) {
        drop_duplicates(expr);
        return;
    }
    let mut items = mem::take(&mut list.items).into_iter().peekable();
    while let Some(item) = items.next() {
        if item.as_str().is_none() {
            list.items.push(item);
            continue;
        }
        let mut chunk = vec![item];
        while let Some(next) = items.next_if(|next| next.as_str().is_some() && next.before.is_empty()) {
            chunk.push(next);
        }
        sort_chunk(&mut chunk);
        chunk.dedup_by(|next, kept| next.as_str() == kept.as_str());
        list.items.append(&mut chunk);
    }
}

/// Sorts a list in which there are only strings; nothing else changes.
pub(crate) fn sort_strings(expr: &mut Expr) {
    if let Kind::List(list) = &mut expr.kind
        && list.items.len() > 1
        && list.items.iter().all(|item| item.as_str().is_some())
    {
        sort_chunk(&mut list.items);
    }
}

/// Sorts strings. Comment lines above the first stay there.
fn sort_chunk(items: &mut [Expr]) {
    let before = mem::take(&mut items[0].before);
    items.sort_by(|a, b| compare_strings(a.as_str().unwrap_or_default(), b.as_str().unwrap_or_default()));
    items[0].before.splice(..0, before);
}

fn drop_duplicates(expr: &mut Expr) {
    let Kind::List(list) = &mut expr.kind else { return };
    let mut seen = HashSet::new();
    let mut comments = Vec::new();
    for mut item in mem::take(&mut list.items) {
        if item.as_str().is_some_and(|text| !seen.insert(text.to_owned())) {
            comments.append(&mut item.before);
        } else {
            if item.as_str().is_some() {
                item.before.splice(..0, mem::take(&mut comments));
            }
            list.items.push(item);
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
    let shorten = |expr: &mut Expr| {
        if let Kind::Str(text) = &mut expr.kind {
            let old = text.len();
            shorten_label(text);
            if text.len() != old {
                expr.source = None;
            }
        }
    };
    match &mut expr.kind {
        Kind::Str(_) => shorten(expr),
        Kind::List(Seq { items, .. }) => {
            items.iter_mut().filter(|item| !item.says(LEAVE_ALONE)).for_each(shorten);
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

/// By what load statements are sorted in buildifier's order: other repositories, packages, relative labels.
pub(crate) fn load_order(file: &str) -> impl Ord + use<> {
    let (repo, package, target) = load_parts(file);
    (!file.starts_with('@'), repo.to_owned(), !package.is_empty(), path_order(package), path_order(target))
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

/// Part by part without regard to case, and with it where nothing else differs.
fn path_order(path: &str) -> (Vec<String>, String) {
    (path.split('/').map(str::to_lowercase).collect(), path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(items: &[&str]) -> Expr {
        Expr::strings(items.iter().map(ToString::to_string))
    }

    fn values(expr: &Expr) -> Vec<&str> {
        expr.as_list().unwrap().items.iter().map(|item| item.as_str().unwrap()).collect()
    }

    #[test]
    fn strings_sort_like_labels() {
        let mut list = strings(&[
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
        ]);
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
        assert_eq!(values(&list), sorted);
    }

    #[test]
    fn comment_lines_keep_a_list_from_being_sorted() {
        let mut argument = Expr::named("deps", strings(&["b", "a", "b"]));
        let comment = |argument: &mut Expr, comment: &str| {
            let Kind::Named(_, value) = &mut argument.kind else { panic!("it has a name") };
            let Kind::List(list) = &mut value.kind else { panic!("it is a list") };
            list.items[1].before = vec![comment.into()];
        };
        comment(&mut argument, "# first");
        rewrite_argument("x", &mut argument);
        let Kind::Named(_, value) = &argument.kind else { panic!("it has a name") };
        assert_eq!(values(value), ["b", "a"]);
    }

    #[test]
    fn what_is_between_strings_keeps_its_place() {
        let mut list = strings(&["b", "a"]);
        let Kind::List(seq) = &mut list.kind else { panic!("it is a list") };
        seq.items.push(Expr::ident("X"));
        seq.items.extend([Expr::string("d"), Expr::string("c"), Expr::string("d")]);
        sort_list(&mut list);
        let shown: Vec<_> = list.as_list().unwrap().items.iter().map(|item| item.as_str().unwrap_or("X")).collect();
        assert_eq!(shown, ["a", "b", "X", "c", "d"]);
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
    fn loads_have_an_order() {
        let mut files = [":b.bzl", "//b:b.bzl", "//:z.bzl", "@r//B:a.bzl", "@r//a:a.bzl", "@a//z:a.bzl"];
        files.sort_by_cached_key(|file| load_order(file));
        assert_eq!(files, ["@a//z:a.bzl", "@r//a:a.bzl", "@r//B:a.bzl", "//:z.bzl", "//b:b.bzl", ":b.bzl"]);
    }
}
