//! What do MODULE.bazel and WORKSPACE say?

use super::WORKSPACE_FILES;
use crate::{RunError, label::Label, starlark::Syntax};
use dorcas_abi::message::Module;
use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

/// What holds for a repository as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The repository's name; may be empty.
    pub name: String,
    /// The names of modules, and what this repository calls them.
    pub modules: BTreeMap<String, String>,
    /// Globs of directories that REPO.bazel has Bazel ignore.
    pub ignored_directories: Vec<String>,
}

impl Facts {
    /// Reads them from the files at the root of a repository; each of these may be missing.
    pub fn read(root: &Path) -> Result<Self, RunError> {
        let mut facts = Self::default();
        facts.read_modules(root)?;
        if facts.name.is_empty() {
            facts.read_workspace(root)?;
        }
        facts.read_ignored(root)?;
        Ok(facts)
    }

    /// The modules as guests are told of them.
    pub fn module_list(&self) -> Vec<Module> {
        let modules = self.modules.iter();
        modules.map(|(name, apparent)| Module { name: name.clone(), apparent: apparent.clone() }).collect()
    }

    /// MODULE.bazel and the files that it includes.
    fn read_modules(&mut self, root: &Path) -> Result<(), RunError> {
        let first = root.join("MODULE.bazel");
        let mut files = VecDeque::from([first.clone()]);
        let mut seen = HashSet::new();
        while let Some(path) = files.pop_front() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let Some(text) = read(&path, path == first)? else { return Ok(()) };
            let fail = |cause: String| RunError::RepositoryFile { path: path.clone(), cause };
            let syntax = Syntax::parse(&text).map_err(|error| fail(error.to_string()))?;
            for call in syntax.calls() {
                if call.name == "include" {
                    if let [label] = &call.arguments[..]
                        && let Some(label) = label.string()
                    {
                        let label = Label::parse(&label).map_err(|error| fail(error.to_string()))?;
                        files.push_back(root.join(label.package).join(label.name));
                    }
                    continue;
                }
                let Some(name) = call.string("name").filter(|name| !name.is_empty()) else { continue };
                if !matches!(call.name, "module" | "bazel_dep") {
                    continue;
                }
                if call.name == "module" && self.name.is_empty() && path == first {
                    self.name.clone_from(&name);
                }
                let apparent = call.string("repo_name").filter(|name| !name.is_empty());
                self.modules.insert(name.clone(), apparent.unwrap_or(name));
            }
        }
        Ok(())
    }

    fn read_workspace(&mut self, root: &Path) -> Result<(), RunError> {
        let is_file = |path: &PathBuf| path.metadata().is_ok_and(|file| !file.is_dir());
        let Some(path) = WORKSPACE_FILES.iter().map(|name| root.join(name)).find(is_file) else { return Ok(()) };
        let text = read(&path, true)?.unwrap_or_default();
        let syntax =
            Syntax::parse(&text).map_err(|error| RunError::RepositoryFile { path, cause: error.to_string() })?;
        let workspace = syntax.calls().into_iter().find(|call| call.name == "workspace");
        self.name = workspace.and_then(|call| call.string("name")).unwrap_or_default();
        // Gazelle's own exception, for a repository whose rules live under another name.
        if self.name == "com_google_googleapis" {
            self.name = "go_googleapis".into();
        }
        Ok(())
    }

    fn read_ignored(&mut self, root: &Path) -> Result<(), RunError> {
        let path = root.join("REPO.bazel");
        let Some(text) = read(&path, true)? else { return Ok(()) };
        let fail = |cause: String| RunError::RepositoryFile { path: path.clone(), cause };
        let syntax = Syntax::parse(&text).map_err(|error| fail(error.to_string()))?;
        let Some(call) = syntax.calls().into_iter().find(|call| call.name == "ignore_directories") else {
            return Ok(());
        };
        let globs = if let [list] = &call.arguments[..] { list.strings() } else { None };
        self.ignored_directories =
            globs.ok_or_else(|| fail("ignore_directories() takes one argument, a list of strings".into()))?;
        Ok(())
    }
}

/// A file's text; none where there is no file and there needn't be one.
fn read(path: &Path, optional: bool) -> Result<Option<String>, RunError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if optional && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(RunError::RepositoryFile { path: path.into(), cause: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repo(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    #[test]
    fn modules_have_apparent_names() {
        let dir = repo(&[
            (
                "MODULE.bazel",
                "module(name = 'me', repo_name = 'my')\nbazel_dep(name = 'a')\ninclude('//sub:x.MODULE.bazel')\n",
            ),
            (
                "sub/x.MODULE.bazel",
                "bazel_dep(name = \"protobuf\", version = \"29\", repo_name = \"com_google_protobuf\")\n",
            ),
            ("WORKSPACE", "workspace(name = 'other')\n"),
        ]);
        let facts = Facts::read(dir.path()).unwrap();
        assert_eq!(facts.name, "me");
        let modules: Vec<_> = facts.modules.iter().map(|(name, apparent)| format!("{name}={apparent}")).collect();
        assert_eq!(modules, ["a=a", "me=my", "protobuf=com_google_protobuf"]);
    }

    #[test]
    fn a_workspace_has_a_name() {
        let dir =
            repo(&[("WORKSPACE.bazel", "# c\nworkspace(name = \"w\")\n"), ("WORKSPACE", "workspace(name = \"no\")\n")]);
        assert_eq!(Facts::read(dir.path()).unwrap().name, "w");
        assert_eq!(Facts::read(repo(&[]).path()).unwrap(), Facts::default());
    }

    #[test]
    fn repo_bazel_ignores_directories() {
        let dir = repo(&[("REPO.bazel", "repo()\nignore_directories([\"**/node_modules\", 'out'])\n")]);
        assert_eq!(Facts::read(dir.path()).unwrap().ignored_directories, ["**/node_modules", "out"]);
    }

    #[test]
    fn a_module_file_that_does_not_parse() {
        let dir = repo(&[("MODULE.bazel", "module(name = 'me')\nbazel_dep(\n")]);
        let path = dir.path().join("MODULE.bazel");
        assert_eq!(
            Facts::read(dir.path()).unwrap_err().to_string(),
            format!("{}: line 2, column 1: cannot make sense of `bazel_dep(`", path.display())
        );
    }

    #[test]
    fn an_included_file_that_is_missing() {
        let dir = repo(&[("MODULE.bazel", "include('//:x.MODULE.bazel')\n")]);
        let message = Facts::read(dir.path()).unwrap_err().to_string();
        assert!(message.ends_with("x.MODULE.bazel: No such file or directory (os error 2)"), "{message}");
    }
}
