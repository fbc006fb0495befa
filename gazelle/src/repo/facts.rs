//! What do MODULE.bazel and WORKSPACE say?

use super::{RepoPath, Repository, WORKSPACE_FILES};
use crate::{RunError, label::Label, starlark::Syntax};
use dorcas_abi::message::BazelModule;
use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    path::Path,
};

/// Most files that MODULE.bazel includes, by itself or by others.
const MOST_INCLUDES: usize = 1_000;
/// Most bytes of these files and of MODULE.bazel together.
const MODULE_BYTES: usize = 64 << 20;

/// What holds for a repository as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The repository's name; may be empty.
    pub name: String,
    /// The names of modules, and what this repository calls them.
    pub modules: BTreeMap<String, String>,
    /// Globs of directories that REPO.bazel has Bazel ignore.
    pub ignored_directories: Vec<String>,
    /// Directories below the root that MODULE.bazel makes other repositories, by `local_path_override` or
    /// `local_repository`.
    pub local_repositories: Vec<String>,
}

impl Facts {
    /// Reads them from the files at the root of a repository; each of these may be missing.
    pub fn read(root: &Path) -> Result<Self, RunError> {
        Self::read_in(&Repository::open(root)?)
    }

    pub(crate) fn read_in(repo: &Repository) -> Result<Self, RunError> {
        let mut facts = Self::default();
        facts.read_modules(repo)?;
        if facts.name.is_empty() {
            facts.read_workspace(repo)?;
        }
        facts.read_ignored(repo)?;
        Ok(facts)
    }

    /// The modules as guests are told of them.
    pub fn module_list(&self) -> Vec<BazelModule> {
        let modules = self.modules.iter();
        modules.map(|(name, apparent)| BazelModule { name: name.clone(), apparent: apparent.clone() }).collect()
    }

    /// MODULE.bazel and the files that it includes.
    fn read_modules(&mut self, repo: &Repository) -> Result<(), RunError> {
        let mut files = VecDeque::from([at_root("MODULE.bazel")]);
        let mut seen: HashSet<RepoPath> = files.iter().cloned().collect();
        let mut bytes = 0;
        let mut is_first = true;
        while let Some(path) = files.pop_front() {
            let Some(text) = read(repo, &path, is_first)? else { return Ok(()) };
            let fail = |cause: String| fault(repo, &path, cause);
            bytes += text.len();
            if bytes > MODULE_BYTES {
                return Err(fail(format!(
                    "with MODULE.bazel and the files included before it has {bytes} bytes, the limit is {MODULE_BYTES}"
                )));
            }
            let syntax = Syntax::parse(&text).map_err(|error| fail(error.to_string()))?;
            for call in syntax.calls() {
                if call.name == "include" {
                    if let [label] = &call.arguments[..]
                        && let Some(label) = label.string()
                    {
                        let included = included(&label).map_err(&fail)?;
                        if seen.insert(included.clone()) {
                            files.push_back(included);
                        }
                        if seen.len() > MOST_INCLUDES + 1 {
                            let cause = format!("it includes one file too many, the limit is {MOST_INCLUDES} in all");
                            return Err(fail(cause));
                        }
                    }
                    continue;
                }
                if matches!(call.name, "local_path_override" | "local_repository") {
                    let path = call.string("path").and_then(|path| RepoPath::root().resolve(&path).ok());
                    let path = path.map(|path| path.to_string()).filter(|path| !path.is_empty());
                    self.local_repositories.extend(path);
                    continue;
                }
                let Some(name) = call.string("name").filter(|name| !name.is_empty()) else { continue };
                if !matches!(call.name, "module" | "bazel_dep") {
                    continue;
                }
                if call.name == "module" && self.name.is_empty() && is_first {
                    self.name.clone_from(&name);
                }
                let apparent = call.string("repo_name").filter(|name| !name.is_empty());
                self.modules.insert(name.clone(), apparent.unwrap_or(name));
            }
            is_first = false;
        }
        Ok(())
    }

    fn read_workspace(&mut self, repo: &Repository) -> Result<(), RunError> {
        let is_there = |path: &RepoPath| repo.metadata(path).is_ok_and(|file| !file.is_dir());
        let Some(path) = WORKSPACE_FILES.iter().map(|name| at_root(name)).find(is_there) else { return Ok(()) };
        let text = read(repo, &path, true)?.unwrap_or_default();
        let syntax = Syntax::parse(&text).map_err(|error| fault(repo, &path, error.to_string()))?;
        let workspace = syntax.calls().into_iter().find(|call| call.name == "workspace");
        self.name = workspace.and_then(|call| call.string("name")).unwrap_or_default();
        // Gazelle's own exception, for a repository whose rules live under another name.
        if self.name == "com_google_googleapis" {
            self.name = "go_googleapis".into();
        }
        Ok(())
    }

    fn read_ignored(&mut self, repo: &Repository) -> Result<(), RunError> {
        let path = at_root("REPO.bazel");
        let Some(text) = read(repo, &path, true)? else { return Ok(()) };
        let fail = |cause: String| fault(repo, &path, cause);
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

/// The file that the label of an `include()` means.
fn included(label: &str) -> Result<RepoPath, String> {
    let refused = |why: &dyn std::fmt::Display| format!("include(): {why}");
    let label = Label::parse(label).map_err(|error| refused(&error))?;
    if !label.repo.is_empty() && label.repo != "@" {
        return Err(refused(&format_args!("{label} is in another repository, a file of this one is wanted")));
    }
    RepoPath::parse(&label.package)
        .and_then(|package| package.join(&label.name))
        .map_err(|error| refused(&format_args!("{label}: {error}")))
}

fn at_root(name: &str) -> RepoPath {
    RepoPath::parse(name).unwrap_or_default()
}

/// A file's text; `None` if there is no file and there needn't be one.
fn read(repo: &Repository, path: &RepoPath, optional: bool) -> Result<Option<String>, RunError> {
    match repo.read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if optional && error.is_missing() => Ok(None),
        Err(error) => Err(fault(repo, path, error.to_string())),
    }
}

fn fault(repo: &Repository, path: &RepoPath, cause: String) -> RunError {
    RunError::RepositoryFile { path: repo.shown(path), cause }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::PathBuf};

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
    fn local_repositories_are_those_below_the_root() {
        let override_of = |path: &str| format!("local_path_override(module_name = \"m\", path = \"{path}\")\n");
        let paths = ["a", "./b/c/", "../out", "/abs", "", "."].map(override_of).concat();
        let text =
            format!("{paths}local_path_override(module_name = \"n\")\nlocal_repository(name = \"r\", path = \"d\")\n");
        let facts = Facts::read(repo(&[("MODULE.bazel", &text)]).path()).unwrap();
        assert_eq!(facts.local_repositories, ["a", "b/c", "d"]);
    }

    #[test]
    fn what_is_no_utf8_is_passed_over() {
        let dir = repo(&[]);
        fs::write(dir.path().join("MODULE.bazel"), b"# Gr\xfc\xdfe\nmodule(name = \"me\")\n").unwrap();
        assert_eq!(Facts::read(dir.path()).unwrap().name, "me");
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

    fn refusal(files: &[(&str, &str)]) -> String {
        let dir = repo(files);
        let root = format!("{}/", dir.path().canonicalize().unwrap().display());
        Facts::read(dir.path()).unwrap_err().to_string().replace(&root, "")
    }

    #[test]
    fn includes_that_lead_elsewhere() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "hunter2 is the secret\n").unwrap();
        let absolute = format!("//{}:secret", outside.path().display());
        let cases = [
            ("///etc:shadow", "`/etc` is not a path inside the repository: it begins with a slash"),
            (absolute.as_str(), "it begins with a slash"),
            ("//../x:secret", "`../x` is not a path inside the repository: it has the part `..`"),
            ("//a/../../x:secret", "it has the part `..`"),
            ("//:../secret", "`../secret` is not a path inside the repository: it has the part `..`"),
            ("//a:b/../../../secret", "it has the part `..`"),
            (":/etc/passwd", "`/etc/passwd` is not a path inside the repository: it begins with a slash"),
            ("/etc/passwd", "it begins with a slash"),
            ("//a/:b", "`a/` is not a path inside the repository: it has an empty part"),
            ("//a//b:c", "it has an empty part"),
            ("//./a:b", "it has the part `.`"),
            ("@other//a:b", "@other//a:b is in another repository, a file of this one is wanted"),
            ("@other", "@other is in another repository"),
            ("//a\\0:b", "it has a character that is not allowed"),
        ];
        for (label, fault) in cases {
            let message = refusal(&[("MODULE.bazel", &format!("include(\"{label}\")\n"))]);
            assert!(message.starts_with("MODULE.bazel: include(): ") && message.contains(fault), "{label}: {message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn files_that_are_links() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "hunter2 is the secret\n").unwrap();
        let link = |target: &Path, name: &str| {
            let dir = repo(&[("MODULE.bazel", "include('//x:y')\n"), ("real/y", "module(name = 'y')\n"), ("w", "")]);
            let name = dir.path().join(name);
            let _ = fs::remove_file(&name);
            fs::create_dir_all(name.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(target, &name).unwrap();
            let root = format!("{}/", dir.path().canonicalize().unwrap().display());
            Facts::read(dir.path()).err().map(|error| error.to_string().replace(&root, ""))
        };
        for target in [outside.path().join("secret"), PathBuf::from("/dev/zero"), PathBuf::from("/etc/passwd")] {
            for name in ["MODULE.bazel", "x/y"] {
                let expected = format!("{name}: it is a link that leads out of the repository");
                assert_eq!(link(&target, name), Some(expected));
            }
        }
        assert_eq!(link(outside.path(), "x").as_deref(), Some("x/y: it is a link that leads out of the repository"));
        assert_eq!(link(Path::new("../real/y"), "x/y"), None);
        assert_eq!(link(Path::new("real"), "x"), None);
        assert!(link(Path::new("x"), "x").unwrap().starts_with("x/y: Too many levels of symbolic links"));
        assert_eq!(link(Path::new("../real"), "x/y").as_deref(), Some("x/y: it is not a regular file"));
    }

    #[test]
    fn files_that_are_too_large() {
        for name in ["MODULE.bazel", "REPO.bazel", "WORKSPACE", "WORKSPACE.bazel"] {
            let dir = repo(&[(name, "")]);
            fs::File::options().write(true).open(dir.path().join(name)).unwrap().set_len(3 << 30).unwrap();
            let message = Facts::read(dir.path()).unwrap_err().to_string();
            assert!(message.ends_with(&format!("{name}: it has 3221225472 bytes, the limit is 16777216")), "{message}");
        }
    }

    #[test]
    fn includes_without_an_end() {
        let circle = [("MODULE.bazel", "include('//:b')\n"), ("b", "include('//:MODULE.bazel')\ninclude('//:b')\n")];
        assert!(Facts::read(repo(&circle).path()).is_ok());
        let many: Vec<_> = (0..=MOST_INCLUDES).map(|number| format!("include('//:{number}')\n")).collect();
        let message = refusal(&[("MODULE.bazel", &many.concat())]);
        assert_eq!(message, "MODULE.bazel: it includes one file too many, the limit is 1000 in all");
    }

    #[test]
    fn an_included_file_that_is_missing() {
        let dir = repo(&[("MODULE.bazel", "include('//:x.MODULE.bazel')\n")]);
        let message = Facts::read(dir.path()).unwrap_err().to_string();
        assert!(message.ends_with("x.MODULE.bazel: No such file or directory (os error 2)"), "{message}");
    }
}
