//! What do the files say that `directive_file` names?

use super::{InFile, Remark, fatal};
use crate::{
    build_file::directive_in_file,
    repo::{RepoPath, Repository, TEXT_BYTES},
};
use dorcas_abi::message::Directive;
use std::collections::{HashMap, hash_map::Entry};

/// Most directives in one directory that come from files of other directories, or from a file that was named before.
///
/// All others are as many as their files have lines. Of these a repository could have any number with few bytes: as many
/// as there are names, times those in the file.
const MOST_AGAIN: usize = 1_000;
/// Most bytes of a file of another directory.
const BYTES_ELSEWHERE: u64 = 256 << 10;

/// The directives with those of `directive_file` in its place. A file is named relative to the directory.
pub(crate) fn expand(
    repo: &Repository,
    dir: &RepoPath,
    directives: Vec<Directive>,
    remarks: &mut Vec<Remark>,
    in_files: &mut Vec<InFile>,
) -> Vec<Directive> {
    if directives.iter().all(|directive| directive.key != "directive_file") {
        return directives;
    }
    let mut known: HashMap<RepoPath, Vec<(usize, Directive)>> = HashMap::new();
    let mut again = 0;
    let mut expanded = Vec::new();
    for directive in directives {
        if directive.key != "directive_file" {
            expanded.push(directive);
            continue;
        }
        let name = directive.value;
        let mut fail = |message: &str| remarks.push(fatal(format!("directive file {name}: {message}")));
        let at = match place(repo, dir, &name) {
            Ok(at) => at,
            Err(cause) => {
                fail(&cause);
                continue;
            }
        };
        let is_own = at.split().is_some_and(|(parent, _)| parent == *dir);
        let (found, is_new) = match known.entry(at) {
            Entry::Occupied(known) => (&*known.into_mut(), false),
            Entry::Vacant(vacant) => match read(repo, vacant.key(), is_own) {
                Ok((found, fault)) => {
                    if let Some(fault) = fault {
                        fail(&fault);
                    }
                    (&*vacant.insert(found), is_own)
                }
                Err(cause) => {
                    fail(&cause);
                    vacant.insert(Vec::new());
                    continue;
                }
            },
        };
        if !is_new {
            again += found.len();
        }
        if again > MOST_AGAIN {
            fail(&format!(
                "with it there are {again} directives of files that are named again, or are in other directories; the \
                 limit is {MOST_AGAIN}"
            ));
            return expanded;
        }
        for (line, found) in found {
            in_files.push(InFile { directive: expanded.len(), file: name.clone(), line: *line });
            expanded.push(found.clone());
        }
    }
    expanded
}

/// Where a directive file is, without symbolic links.
fn place(repo: &Repository, dir: &RepoPath, name: &str) -> Result<RepoPath, String> {
    // As in Gazelle, a slash in front means nothing.
    let path = dir.resolve(name.trim_start_matches('/')).map_err(|error| error.to_string())?;
    repo.real(&path).map_err(|error| error.to_string())
}

type Lines = Vec<(usize, Directive)>;

/// The directives of a file with their lines, and what is wrong with it.
fn read(repo: &Repository, at: &RepoPath, is_own: bool) -> Result<(Lines, Option<String>), String> {
    let limit = if is_own { TEXT_BYTES } else { BYTES_ELSEWHERE };
    let content = repo.read(at, limit).map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&content);
    let (mut found, mut fault) = (Vec::new(), None);
    for (line, number) in text.lines().zip(1..) {
        match directive_in_file(line)? {
            None => {}
            Some(other) if other.key == "directive_file" => {
                fault.get_or_insert_with(|| format!("it names another one, {}, which is not allowed", other.value));
            }
            Some(directive) => found.push((number, directive)),
        }
    }
    Ok((found, fault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn directive(key: &str, value: &str) -> Directive {
        Directive { key: key.into(), value: value.into() }
    }

    fn expanded(
        root: &std::path::Path,
        dir: &str,
        directives: &[Directive],
    ) -> (Vec<Directive>, Vec<InFile>, Vec<String>) {
        let (mut remarks, mut in_files) = (Vec::new(), Vec::new());
        let (repo, dir) = (Repository::open(root).unwrap(), RepoPath::parse(dir).unwrap());
        let expanded = expand(&repo, &dir, directives.to_vec(), &mut remarks, &mut in_files);
        assert!(remarks.iter().all(|remark| remark.fatal));
        (expanded, in_files, remarks.into_iter().map(|remark| remark.message).collect())
    }

    #[test]
    fn a_directive_file_stands_for_what_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("d"), "# c\na 1\n# gazelle:b 2\ndirective_file e\ndirective_file f\n").unwrap();
        let all = [directive("x", ""), directive("directive_file", "d"), directive("directive_file", "gone")];
        let (expanded, in_files, messages) = expanded(dir.path(), "", &all);
        assert_eq!(expanded, [directive("x", ""), directive("a", "1"), directive("b", "2")]);
        let in_file = |directive, line| InFile { directive, file: "d".into(), line };
        assert_eq!(in_files, [in_file(1, 2), in_file(2, 3)]);
        assert_eq!(
            messages,
            [
                "directive file d: it names another one, e, which is not allowed",
                "directive file gone: No such file or directory (os error 2)"
            ]
        );
    }

    #[test]
    fn a_file_that_is_named_again_counts_again() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/d"), "lang x\n".repeat(400)).unwrap();
        fs::write(dir.path().join("a/large"), "lang x\n".repeat(200_000)).unwrap();
        let named = |name: &str, times: usize| vec![directive("directive_file", name); times];
        for (rel, name, times, expected) in [
            ("a", "d", 3, Ok(1_200)),
            ("a", "../a//./d", 3, Ok(1_200)),
            ("a", "d", 4, Err((1_200, 1_200))),
            ("a", "large", 1, Ok(200_000)),
            ("a", "large", 1_000, Err((200_000, 200_000))),
            ("", "a/d", 2, Ok(800)),
            ("", "a/d", 1_000_000, Err((800, 1_200))),
        ] {
            let (expanded, _, messages) = expanded(dir.path(), rel, &named(name, times));
            match expected {
                Ok(count) => assert_eq!((expanded.len(), messages.len()), (count, 0), "{name} {times}"),
                Err((count, again)) => {
                    assert_eq!(expanded.len(), count, "{name} {times}");
                    let message = format!("directive file {name}: with it there are {again} directives of files that");
                    assert!(messages.len() == 1 && messages[0].starts_with(&message), "{messages:?}");
                }
            }
        }
        let (expanded, _, messages) = expanded(dir.path(), "", &named("a/large", 1_000));
        assert_eq!(
            (expanded.len(), &messages[0]),
            (0, &"directive file a/large: it has 1400000 bytes, the limit is 262144".to_owned())
        );
    }

    #[test]
    fn directive_files_that_lead_elsewhere() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(dir.path().join("a/b")).unwrap();
        fs::write(dir.path().join("a/d"), "lang x\n").unwrap();
        fs::write(outside.path().join("secret"), "hunter2\n").unwrap();
        for (name, fault) in [
            ("../../../etc/passwd", "`../../../etc/passwd` is not a path inside the repository: it leads out by `..`"),
            ("x/../../../../etc/passwd", "it leads out by `..`"),
            ("/etc/passwd", "No such file or directory"),
            ("d\0", "it has a NUL character"),
            ("", "it is not a regular file"),
            (".", "it is not a regular file"),
            ("../b", "it is not a regular file"),
        ] {
            let (expanded, _, messages) = expanded(dir.path(), "a/b", &[directive("directive_file", name)]);
            assert!(expanded.is_empty() && messages.len() == 1 && messages[0].contains(fault), "{name}: {messages:?}");
        }
        let (expanded, _, _) = expanded(dir.path(), "a/b", &[directive("directive_file", "../d")]);
        assert_eq!(expanded, [directive("lang", "x")]);
    }

    #[cfg(unix)]
    #[test]
    fn directive_files_that_are_no_files() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("secret"), "hunter2\n").unwrap();
        fs::write(dir.path().join("real"), "lang x\n").unwrap();
        let link =
            |target: &std::path::Path, name: &str| std::os::unix::fs::symlink(target, dir.path().join(name)).unwrap();
        link("/dev/zero".as_ref(), "zero");
        link(&outside.path().join("secret"), "out");
        link(outside.path(), "away");
        link("loop".as_ref(), "loop");
        link("real".as_ref(), "inside");
        link(&dir.path().canonicalize().unwrap().join("real"), "absolute");
        assert!(std::process::Command::new("mkfifo").arg(dir.path().join("pipe")).status().unwrap().success());
        fs::File::create(dir.path().join("hole")).unwrap().set_len(3 << 30).unwrap();
        for (name, fault) in [
            ("zero", "it is a link that leads out of the repository"),
            ("out", "it is a link that leads out of the repository"),
            ("away/secret", "it is a link that leads out of the repository"),
            ("loop", "Too many levels of symbolic links (os error 40)"),
            ("pipe", "it is not a regular file"),
            ("hole", "it has 3221225472 bytes, the limit is 16777216"),
        ] {
            let (expanded, _, messages) = expanded(dir.path(), "", &[directive("directive_file", name)]);
            assert_eq!((expanded.len(), messages), (0, vec![format!("directive file {name}: {fault}")]));
        }
        for name in ["inside", "absolute"] {
            let (expanded, _, messages) = expanded(dir.path(), "", &[directive("directive_file", name)]);
            assert_eq!((expanded, messages.len()), (vec![directive("lang", "x")], 0));
        }
    }
}
