//! Which directories and files does the repository want to be left out?

use super::join;
use crate::{
    RunError,
    error::shortened,
    glob::{Globs, clean},
};
use std::{collections::HashSet, fs, io, path::Path};

/// What `.bazelignore` and `ignore_directories()` in REPO.bazel leave out, and `.git`.
#[derive(Debug, Default)]
pub(crate) struct Ignore {
    paths: HashSet<String>,
    directories: Option<Globs>,
}

impl Ignore {
    /// Reads `.bazelignore`. The second result is what was wrong with it, line by line.
    pub(crate) fn read(root: &Path, directories: &[String]) -> Result<(Self, Vec<String>), RunError> {
        let path = root.join(".bazelignore");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(RunError::RepositoryFile { path, cause: error.to_string() }),
        };
        let mut ignore = Self::default();
        let mut warnings = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.contains(['*', '?', '[']) {
                warnings
                    .push(format!(".bazelignore: `{line}` is a glob, which this file can't have; it is passed over"));
            } else {
                ignore.paths.insert(clean(line));
            }
        }
        if !directories.is_empty() {
            // `a/**` means `a` too.
            let whole = directories.iter().filter_map(|glob| glob.strip_suffix("/**"));
            let mut globs = Globs::default();
            for glob in directories.iter().map(String::as_str).chain(whole) {
                globs.add(glob).map_err(|fault| {
                    let cause = format!("ignore_directories(): error parsing glob '{}': {fault}", shortened(glob));
                    RunError::RepositoryFile { path: root.join("REPO.bazel"), cause }
                })?;
            }
            globs.arrange();
            ignore.directories = Some(globs);
        }
        Ok((ignore, warnings))
    }

    /// What leaves a directory out.
    pub(super) fn directory(&self, rel: &str, name: &str) -> Option<&'static str> {
        if name == ".git" {
            Some("Git")
        } else if self.file(rel, name) {
            Some(".bazelignore")
        } else {
            let globs = self.directories.as_ref();
            globs.is_some_and(|globs| globs.first(&join(rel, name)).is_some()).then_some("REPO.bazel")
        }
    }

    pub(super) fn file(&self, rel: &str, name: &str) -> bool {
        !self.paths.is_empty() && self.paths.contains(&join(rel, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore(text: &str, directories: &[&str]) -> (Ignore, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".bazelignore"), text).unwrap();
        let directories: Vec<_> = directories.iter().map(ToString::to_string).collect();
        Ignore::read(dir.path(), &directories).unwrap()
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
    fn bazelignore_has_no_globs() {
        let (ignore, warnings) = ignore("a*\n", &[]);
        assert_eq!(ignore.directory("", "ab"), None);
        assert_eq!(warnings, [".bazelignore: `a*` is a glob, which this file can't have; it is passed over"]);
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
}
