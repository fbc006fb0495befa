//! Which directories and files does the repository want to be left out?

use crate::{
    RunError,
    error::shortened,
    glob::Globs,
    path::join,
    repo::{Facts, RepoPath, Repository},
};
use dorcas_host::printable;
use std::collections::HashSet;

/// Most bytes of a line in a warning.
const SHOWN_BYTES: usize = 200;

const NAME: &str = ".bazelignore";
/// Most lines of which each has a warning of its own.
const MOST_WARNINGS: usize = 100;

/// How the names of directories begin and end in which files stand that a run has not finished.
pub(crate) const SCRATCH_PREFIX: &str = ".dorcas-";
pub(crate) const SCRATCH_SUFFIX: &str = ".tmp";

/// Whether a name is that of such a directory.
pub(crate) fn is_scratch(name: &str) -> bool {
    name.strip_prefix(SCRATCH_PREFIX)
        .and_then(|rest| rest.strip_suffix(SCRATCH_SUFFIX))
        .is_some_and(|middle| middle.len() >= 6 && middle.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// What `.bazelignore`, `ignore_directories()` in REPO.bazel and the overrides in MODULE.bazel leave out, and `.git`.
#[derive(Debug, Default)]
pub(crate) struct Ignore {
    paths: HashSet<String>,
    /// Directories that MODULE.bazel says are other repositories.
    repositories: HashSet<String>,
    directories: Option<Globs>,
}

impl Ignore {
    /// Reads `.bazelignore`. The second result is what was wrong with it, line by line.
    pub(crate) fn read(repo: &Repository, facts: &Facts) -> Result<(Self, Vec<String>), RunError> {
        let directories = &facts.ignored_directories;
        let fault = |name: &str, cause| {
            let path = repo.shown(&RepoPath::parse(name).unwrap_or_default());
            RunError::RepositoryFile { path, cause }
        };
        let text = match RepoPath::parse(NAME).map(|path| repo.read_text(&path)) {
            Ok(Ok(text)) => text,
            Ok(Err(error)) if error.is_missing() => String::new(),
            Ok(Err(error)) => return Err(fault(NAME, error.to_string())),
            Err(error) => return Err(fault(NAME, error.to_string())),
        };
        let mut ignore = Self { repositories: facts.local_repositories.iter().cloned().collect(), ..Self::default() };
        let mut warnings = Warnings::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.contains(['*', '?', '[']) {
                let line = printable(line, SHOWN_BYTES);
                warnings.add(|| format!("{NAME}: `{line}` is a glob, which this file can't have; it is passed over"));
                continue;
            }
            match RepoPath::root().resolve(line) {
                Ok(path) => {
                    ignore.paths.insert(path.to_string());
                }
                Err(error) => warnings.add(|| format!("{NAME}: {error}; it is passed over")),
            }
        }
        if !directories.is_empty() {
            // `a/**` means `a` too.
            let whole = directories.iter().filter_map(|glob| glob.strip_suffix("/**"));
            let mut globs = Globs::default();
            for glob in directories.iter().map(String::as_str).chain(whole) {
                globs.add(glob).map_err(|error| {
                    let cause = format!("ignore_directories(): error parsing glob '{}': {error}", shortened(glob));
                    fault("REPO.bazel", cause)
                })?;
            }
            globs.arrange();
            ignore.directories = Some(globs);
        }
        Ok((ignore, warnings.finish()))
    }

    /// What leaves a directory out.
    pub(super) fn directory(&self, rel: &str, name: &str) -> Option<&'static str> {
        if name == ".git" {
            Some("Git")
        } else if rel.is_empty() && is_scratch(name) {
            Some("dorcas")
        } else if self.file(rel, name) {
            Some(".bazelignore")
        } else if !self.repositories.is_empty() && self.repositories.contains(&join(rel, name)) {
            Some("MODULE.bazel")
        } else {
            let globs = self.directories.as_ref();
            globs.is_some_and(|globs| globs.first(&join(rel, name)).is_some()).then_some("REPO.bazel")
        }
    }

    pub(super) fn file(&self, rel: &str, name: &str) -> bool {
        !self.paths.is_empty() && self.paths.contains(&join(rel, name))
    }
}

/// The first of what is wrong, and how much more there is.
#[derive(Default)]
struct Warnings {
    first: Vec<String>,
    more: usize,
}

impl Warnings {
    fn add(&mut self, warning: impl FnOnce() -> String) {
        if self.first.len() < MOST_WARNINGS {
            self.first.push(warning());
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.first.push(format!("{NAME}: {} more lines are passed over", self.more));
        }
        self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn ignore(text: &str, directories: &[&str]) -> (Ignore, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".bazelignore"), text).unwrap();
        let ignored_directories = directories.iter().map(ToString::to_string).collect();
        let local_repositories = vec!["other/repository".into()];
        let facts = Facts { ignored_directories, local_repositories, ..Facts::default() };
        Ignore::read(&Repository::open(dir.path()).unwrap(), &facts).unwrap()
    }

    #[test]
    fn bazelignore_names_paths() {
        let (ignore, warnings) = ignore("# c\n\n ./a//b/ \nd/../e\nx.proto\n", &[]);
        let by = |rel, name| ignore.directory(rel, name);
        assert_eq!([by("a", "b"), by("", "e")], [Some(".bazelignore"); 2]);
        assert_eq!([by("", "b"), by("c", "e")], [None; 2]);
        assert!(ignore.file("", "x.proto"));
        assert_eq!(warnings, [""; 0]);
    }

    #[test]
    fn local_repositories_are_not_ours() {
        let (ignore, _) = ignore("", &[]);
        assert_eq!(
            [ignore.directory("other", "repository"), ignore.directory("", "repository")],
            [Some("MODULE.bazel"), None]
        );
    }

    #[test]
    fn bazelignore_has_no_globs() {
        let (ignore, warnings) = ignore("a*\n", &[]);
        assert_eq!(ignore.directory("", "ab"), None);
        assert_eq!(warnings, [".bazelignore: `a*` is a glob, which this file can't have; it is passed over"]);
    }

    #[test]
    fn bazelignore_names_paths_inside() {
        let (ignore, warnings) = ignore("/etc\n../x\na/../../b\n\0\na/..\n", &[]);
        assert_eq!(ignore.paths, HashSet::from([String::new()]));
        assert_eq!(
            warnings,
            [
                ".bazelignore: `/etc` is not a path inside the repository: it begins with a slash; it is passed over",
                ".bazelignore: `../x` is not a path inside the repository: it leads out by `..`; it is passed over",
                ".bazelignore: `a/../../b` is not a path inside the repository: it leads out by `..`; it is passed over",
                ".bazelignore: `\\u{0}` is not a path inside the repository: it has a NUL character; it is passed over",
            ]
        );
    }

    #[test]
    fn warnings_have_an_end() {
        let (_, warnings) = ignore(&"..\n".repeat(MOST_WARNINGS + 7), &[]);
        assert_eq!(warnings.len(), MOST_WARNINGS + 1);
        assert_eq!(warnings[MOST_WARNINGS], ".bazelignore: 7 more lines are passed over");
    }

    #[test]
    fn repo_bazel_has_globs() {
        let (ignore, _) = ignore("", &["**/node_modules", "out/**"]);
        let by = |rel, name| ignore.directory(rel, name);
        let out = [by("a/b", "node_modules"), by("", "node_modules"), by("", "out"), by("out", "a")];
        assert_eq!((out, by("a", "out")), ([Some("REPO.bazel"); 4], None));
        assert!(!ignore.file("a", "node_modules"));
    }

    #[test]
    fn git_is_left_out_everywhere() {
        assert_eq!(Ignore::default().directory("a", ".git"), Some("Git"));
    }

    #[test]
    fn what_a_run_has_left_is_left_out() {
        let by = |rel, name| Ignore::default().directory(rel, name);
        assert_eq!(by("", ".dorcas-aB3dE6.tmp"), Some("dorcas"));
        assert_eq!([by("a", ".dorcas-aB3dE6.tmp"), by("", ".dorcas-.tmp"), by("", ".dorcas-aB3/E6.tmp")], [None; 3]);
    }
}
