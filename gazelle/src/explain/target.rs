//! Which rule is meant?

use crate::{
    label::{Label, NotALabel},
    repo::{self, RepoPath, Repository},
};
use std::path::Path;

/// A rule, or a package, that someone asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Path of the package from the root.
    pub package: String,
    /// Name of the rule.
    pub name: String,
    /// Whether the name was left to the package, as in `//a/b`: then the package is meant where it has no such rule.
    pub short: bool,
}

/// A text that names no rule of this repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoTarget {
    /// It isn't a label.
    #[error(transparent)]
    Label(#[from] NotALabel),
    /// It is one of another repository.
    #[error("{text} is in the repository {repo}, which is another one")]
    Elsewhere {
        /// The label.
        text: String,
        /// Its repository.
        repo: String,
    },
    /// It stands for several.
    #[error("{text} is a pattern; a label of one rule or of a package is wanted")]
    Pattern {
        /// The label.
        text: String,
    },
    /// It is relative, and there is nothing to which.
    #[error("{text} is relative to a package, but the working directory is in none of this repository; begin with //")]
    Relative {
        /// The label.
        text: String,
    },
}

impl Target {
    /// Reads a label as Bazel does in a directory: `//a:b`, `//a`, `:b`, `a:b`, `a`, and the first two behind `@`, `@@` or
    /// the repository's own name. `here` is the directory, from the root; none where it isn't in the repository.
    pub fn parse(text: &str, root: &Path, here: Option<&str>) -> Result<Self, NoTarget> {
        if text.ends_with("...") || text.ends_with(":all") || text.ends_with('*') {
            return Err(NoTarget::Pattern { text: text.into() });
        }
        if text == "//" {
            return Ok(Self { package: String::new(), name: String::new(), short: true });
        }
        if text.starts_with('@') || text.starts_with("//") {
            return Self::absolute(text, root);
        }
        let here = here.ok_or_else(|| NoTarget::Relative { text: text.into() })?;
        let below = |path: &str| match (here, path.trim_end_matches('/')) {
            ("", path) => path.to_owned(),
            (here, "") => here.to_owned(),
            (here, path) => format!("{here}/{path}"),
        };
        let text = match text.split_once(':') {
            Some((package, name)) => format!("//{}:{name}", below(package)),
            None if text == "." => format!("//{here}"),
            // As Bazel does: a directory is a package, anything else is in this one.
            None if is_directory(root, &below(text)) => format!("//{}", below(text)),
            None => format!("//{here}:{text}"),
        };
        if text == "//" { Self::parse(&text, root, None) } else { Self::absolute(&text, root) }
    }

    fn absolute(text: &str, root: &Path) -> Result<Self, NoTarget> {
        let label = Label::parse(text)?;
        let own = repo::Facts::read(root).map(|facts| facts.name).unwrap_or_default();
        if !["", "@", own.as_str()].contains(&label.repo.as_str()) {
            return Err(NoTarget::Elsewhere { text: text.into(), repo: label.repo });
        }
        Ok(Self { package: label.package, name: label.name, short: !text.contains(':') })
    }
}

fn is_directory(root: &Path, path: &str) -> bool {
    let repo = Repository::open(root).ok();
    let about = repo.zip(RepoPath::parse(path).ok()).and_then(|(repo, path)| repo.metadata(&path).ok());
    about.is_some_and(|about| about.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, here: Option<&str>) -> String {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("a/b")).unwrap();
        std::fs::write(root.path().join("MODULE.bazel"), "module(name = \"me\")\n").unwrap();
        match Target::parse(text, root.path(), here) {
            Ok(target) => format!("{} {}{}", target.package, target.name, if target.short { " short" } else { "" }),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn labels_are_read_as_bazel_reads_them() {
        for (text, here, meant) in [
            ("//a/b:c", None, "a/b c"),
            ("//a/b", None, "a/b b short"),
            ("@//a:c", None, "a c"),
            ("@@//a:c", None, "a c"),
            ("@me//a:c", None, "a c"),
            ("//:c", None, " c"),
            ("//", None, "  short"),
            (":c", Some("a/b"), "a/b c"),
            ("c", Some("a/b"), "a/b c"),
            ("b:c", Some("a"), "a/b c"),
            ("b", Some("a"), "a/b b short"),
            ("a/b/", Some(""), "a/b b short"),
            ("c", Some(""), " c"),
            (".", Some("a"), "a a short"),
        ] {
            assert_eq!(shown(text, here), meant, "{text}");
        }
    }

    #[test]
    fn texts_that_name_no_rule_here() {
        for (text, message) in [
            ("@other//a:c", "@other//a:c is in the repository other, which is another one"),
            ("//a/...", "//a/... is a pattern; a label of one rule or of a package is wanted"),
            ("//a:all", "//a:all is a pattern; a label of one rule or of a package is wanted"),
            (
                ":c",
                ":c is relative to a package, but the working directory is in none of this repository; begin with //",
            ),
            ("//a:b:c", "\"//a:b:c\" is not a label: it has a character that is not allowed"),
        ] {
            assert_eq!(shown(text, None), message);
        }
    }
}
