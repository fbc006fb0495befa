use super::*;
use crate::options::Options;
use std::{fs, path::Path};

fn with_text(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn tree(files: &[&str]) -> tempfile::TempDir {
    let files: Vec<_> = files.iter().map(|path| (*path, "")).collect();
    with_text(&files)
}

fn walk(dir: &Path, reach: &Reach) -> Tree {
    let config = Arc::new(Config::root(&Options::new("")).unwrap());
    Tree::walk(&Repository::open(dir).unwrap(), Ignore::default(), &config, reach, None)
}

fn all() -> Reach {
    Reach::new(&[String::new()], true, true, false)
}

fn rels(dirs: &[Directory]) -> Vec<&str> {
    dirs.iter().map(|dir| dir.rel.as_str()).collect()
}

#[test]
fn directories_are_in_order_whatever_their_names() {
    let dir = tree(&["a/b/x", "a-b/x", "a/x", "b/x", "a.b/x"]);
    let tree = walk(dir.path(), &all());
    let dirs = &tree.dirs;
    assert_eq!(rels(dirs), ["", "a", "a/b", "a-b", "a.b", "b"]);
    let after: Vec<_> = tree.post_order().into_iter().map(|index| dirs[index].rel.as_str()).collect();
    assert_eq!(after, ["a/b", "a", "a-b", "a.b", "b", ""]);
}

#[test]
fn a_named_directory_is_updated_and_those_above_are_not() {
    let dir = tree(&["a/b/c/x", "a/d/x", "e/x"]);
    let look = |recursive, all| {
        let dirs = walk(dir.path(), &Reach::new(&["a/b".into()], recursive, all, false)).dirs;
        dirs.iter().map(|dir| format!("{}{}", dir.rel, if dir.update { "!" } else { "" })).collect::<Vec<_>>()
    };
    assert_eq!(look(true, true), ["", "a", "a/b!", "a/b/c!", "a/d", "e"]);
    assert_eq!(look(true, false), ["", "a", "a/b!", "a/b/c!"]);
    assert_eq!(look(false, true), ["", "a", "a/b!", "a/b/c", "a/d", "e"]);
    assert_eq!(look(false, false), ["", "a", "a/b!"]);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_a_file() {
    let dir = tree(&["a/x"]);
    std::os::unix::fs::symlink("a", dir.path().join("b")).unwrap();
    let tree = walk(dir.path(), &all());
    let dirs = &tree.dirs;
    assert_eq!(rels(dirs), ["", "a"]);
    let files: Vec<_> = dirs[0].files.iter().map(|file| (file.name.as_str(), file.regular)).collect();
    assert_eq!(files, [("b", false)]);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_set_aside() {
    use std::os::unix::ffi::OsStrExt as _;
    let dir = tree(&["a"]);
    fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"b\xff")), "").unwrap();
    let tree = walk(dir.path(), &all());
    let dirs = &tree.dirs;
    assert_eq!((dirs[0].files.len(), &dirs[0].unnameable[..]), (1, &["b\u{fffd}".to_owned()][..]));
}

/// Each directory with its files.
fn listed(tree: &Tree) -> Vec<String> {
    let list = |dir: &Directory| {
        let files: Vec<_> = dir.files.iter().map(|file| file.name.as_str()).collect();
        format!("{}: {}; {}", dir.rel, files.join(" "), dir.subdirs.join(" "))
    };
    tree.dirs.iter().map(list).collect()
}

#[test]
fn what_is_excluded_is_not_there() {
    let dir = with_text(&[
        ("BUILD", "# gazelle:exclude a/*.x\n# gazelle:exclude c\n"),
        ("a/BUILD", "# gazelle:exclude b/**\n"),
        ("a/1.x", ""),
        ("a/1.y", ""),
        ("a/b/z", ""),
        ("a/c/1.x", ""),
        ("c/z", ""),
        ("d/BUILD", "# gazelle:exclude .\n"),
    ]);
    assert_eq!(listed(&walk(dir.path(), &all())), [": BUILD; a d", "a: 1.y BUILD; c", "a/c: 1.x; "]);
}

#[test]
fn what_is_ignored_is_looked_at_and_not_updated() {
    let dir = with_text(&[("a/BUILD", "# gazelle:ignore\n"), ("a/b/x", "")]);
    let tree = walk(dir.path(), &all());
    let updated: Vec<_> = tree.dirs.iter().map(|dir| (dir.rel.as_str(), dir.update)).collect();
    assert_eq!(updated, [("", true), ("a", false), ("a/b", true)]);
}

#[test]
fn directories_without_a_package_belong_to_the_one_above() {
    let dir = with_text(&[
        ("BUILD", "# gazelle:generation_mode update_only\n"),
        ("a/b/2", ""),
        ("a/1", ""),
        ("a/c/BUILD", ""),
        ("a/c/3", ""),
        ("a/c/d/4", ""),
        ("a/e/BUILD", "# gazelle:generation_mode create_and_update\n"),
        ("a/e/f/5", ""),
    ]);
    assert_eq!(
        listed(&walk(dir.path(), &all())),
        [": BUILD a/1 a/b/2; a a/b a/c a/e", "a/c: 3 BUILD d/4; d", "a/e: BUILD; f", "a/e/f: 5; "]
    );
}

#[test]
fn the_first_name_counts() {
    let dir = with_text(&[
        ("BUILD", "# gazelle:build_file_name B,BUILD\n"),
        ("BUILD.bazel", "# gazelle:build_file_name C\n"),
        ("a/B", "# gazelle:build_file_name C,B"),
        ("a/BUILD", ""),
        ("a/b/B", ""),
        ("a/b/C", ""),
        ("c/BUILD", ""),
        ("c/C", ""),
    ]);
    let tree = walk(dir.path(), &all());
    let files: Vec<_> = tree.dirs.iter().map(|dir| dir.build.file().map_or("", |file| &file.name)).collect();
    assert_eq!((rels(&tree.dirs), files), (vec!["", "a", "a/b", "c"], vec!["BUILD.bazel", "", "C", "C"]));
}

#[cfg(unix)]
#[test]
fn links_are_followed_where_a_directive_wants_it_and_never_upwards() {
    let dir = with_text(&[("BUILD", "# gazelle:follow a/*\n"), ("b/c/x", ""), ("a/y", "")]);
    for (target, name) in [("../b", "a/b"), ("../a", "a/up"), ("../b/c/x", "a/x"), ("a", "d")] {
        std::os::unix::fs::symlink(target, dir.path().join(name)).unwrap();
    }
    let tree = walk(dir.path(), &all());
    assert_eq!(listed(&tree), [": BUILD d; a b", "a: up x y; b", "a/b: ; c", "a/b/c: x; ", "b: ; c", "b/c: x; "]);
    assert_eq!(tree.dirs[1].remarks[0].message, "the link up is not followed: it leads to a directory that it is in");
}

#[cfg(unix)]
#[test]
fn links_that_lead_to_each_other_are_followed_once() {
    let dir = with_text(&[("BUILD", "# gazelle:follow **\n"), ("a/x", ""), ("b/y", "")]);
    for (target, name) in [("../b", "a/one"), ("../b", "a/two"), ("../a", "b/one"), ("../a", "b/two")] {
        std::os::unix::fs::symlink(target, dir.path().join(name)).unwrap();
    }
    let tree = walk(dir.path(), &all());
    assert_eq!(rels(&tree.dirs), ["", "a", "a/one", "a/two", "b", "b/one", "b/two"]);
}

#[test]
fn a_file_that_is_none_has_line_and_column() {
    let dir = with_text(&[("a/BUILD", "x()\ny(\n"), ("b/BUILD", "")]);
    fs::write(dir.path().join("b/BUILD"), b"x()\n# \xff\ny(\n").unwrap();
    let tree = walk(dir.path(), &all());
    let faults: Vec<_> = tree
        .dirs
        .iter()
        .filter_map(|dir| if let Build::Broken(cause) = &dir.build { Some(cause.to_string()) } else { None })
        .collect();
    assert_eq!(faults, ["a/BUILD:2:1: cannot make sense of `y(`", "b/BUILD:3:1: cannot make sense of `y(`"]);
}

#[cfg(unix)]
#[test]
fn a_build_file_without_an_end_is_none() {
    let dir = with_text(&[("a/x", ""), ("b/x", "")]);
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("a/BUILD")).unwrap();
    fs::write(dir.path().join("b/BUILD"), "").unwrap();
    fs::File::options().write(true).open(dir.path().join("b/BUILD")).unwrap().set_len(1 << 40).unwrap();
    let tree = walk(dir.path(), &all());
    let causes: Vec<_> = tree
        .dirs
        .iter()
        .filter_map(|dir| if let Build::Broken(cause) = &dir.build { Some(cause.to_string()) } else { None })
        .collect();
    assert_eq!(
        causes,
        [
            "cannot read a/BUILD: it is a link that leads out of the repository; Dorcas reads and writes nothing out there",
            "b/BUILD has 1099511627776 bytes, the limit for a source file is 16777216"
        ]
    );
}

#[test]
fn more_directories_are_looked_at_with_those_they_are_in() {
    let dir =
        with_text(&[("a/x", ""), ("b/BUILD", "# gazelle:exclude d\n"), ("b/c/x", ""), ("b/d/x", ""), ("e/.git/x", "")]);
    let mut tree = walk(dir.path(), &Reach::new(&["a".into()], true, false, false));
    assert_eq!(rels(&tree.dirs), ["", "a"]);
    let more = ["b/c", "b/d", "a/gone/x", "", "e/.git", "b/c"].map(|rel| RepoPath::parse(rel).unwrap());
    tree.extend(&Repository::open(dir.path()).unwrap(), &more);
    assert_eq!(rels(&tree.dirs), ["", "a", "b", "b/c", "e"]);
    assert_eq!(tree.dirs[3].parent, Some(2));
    assert_eq!(tree.post_order(), [1, 0, 2, 3, 4]);
}
