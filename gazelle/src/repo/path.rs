//! Which texts are paths inside a repository?

use dorcas_host::printable;
use std::fmt;

/// A path inside a repository: relative, slash-separated, without empty parts, `.`, `..` and NUL. Empty for the root.
///
/// It is made from a claim, here and nowhere else. Its text stays inside; that the links on it do so too is seen to by
/// [`Repository`](super::Repository), which alone opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RepoPath(String);

/// Most bytes of a text in an error.
const SHOWN_BYTES: usize = 200;

const NUL: &str = "it has a NUL character";
const BACKSLASH: &str = "it has a backslash or a colon";

/// A text that is not a path inside the repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a path inside the repository: {fault}")]
pub(crate) struct NotInside {
    text: String,
    fault: &'static str,
}

impl NotInside {
    /// Whether no path of this system can have it, though it leads nowhere else.
    pub(crate) fn is_of_no_file(&self) -> bool {
        [NUL, BACKSLASH].contains(&self.fault)
    }

    fn new(text: &str, fault: &'static str) -> Self {
        Self { text: printable(text, SHOWN_BYTES), fault }
    }
}

impl RepoPath {
    /// The root of the repository.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// A path that has to be written as paths are written here.
    pub(crate) fn parse(text: &str) -> Result<Self, NotInside> {
        if !text.is_empty() {
            check_start(text)?;
            for part in text.split('/') {
                check_part(part).map_err(|fault| NotInside::new(text, fault))?;
            }
        }
        Ok(Self(text.into()))
    }

    /// A path in this directory that has to be written as paths are written here.
    pub(crate) fn join(&self, text: &str) -> Result<Self, NotInside> {
        let below = Self::parse(text)?;
        Ok(match (self.is_root(), below.is_root()) {
            (true, _) => below,
            (_, true) => self.clone(),
            _ => Self(format!("{self}/{below}")),
        })
    }

    /// A relative path as people write it in a file of this directory: `./`, `a//b`, and `..` as far as the root.
    pub(crate) fn resolve(&self, text: &str) -> Result<Self, NotInside> {
        check_start(text)?;
        let mut parts: Vec<&str> = self.0.split('/').filter(|part| !part.is_empty()).collect();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or_else(|| NotInside::new(text, "it leads out by `..`"))?;
                }
                part => {
                    check_part(part).map_err(|fault| NotInside::new(text, fault))?;
                    parts.push(part);
                }
            }
        }
        Ok(Self(parts.join("/")))
    }

    /// The directory that it is in, and its name there; `None` for the root.
    pub(crate) fn split(&self) -> Option<(Self, &str)> {
        let (dir, name) = self.0.rsplit_once('/').unwrap_or(("", &self.0));
        (!self.is_root()).then(|| (Self(dir.into()), name))
    }

    pub(crate) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is `dir`, or in it.
    pub(crate) fn is_within(&self, dir: &Self) -> bool {
        dir.is_root() || self.0.strip_prefix(&dir.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_start(text: &str) -> Result<(), NotInside> {
    if text.starts_with('/') { Err(NotInside::new(text, "it begins with a slash")) } else { Ok(()) }
}

fn check_part(part: &str) -> Result<(), &'static str> {
    match part {
        "" => Err("it has an empty part"),
        "." => Err("it has the part `.`"),
        ".." => Err("it has the part `..`"),
        _ if part.contains('\0') => Err(NUL),
        // There a backslash separates parts as well, and a colon ends a drive or begins a stream.
        _ if cfg!(windows) && part.contains(['\\', ':']) => Err(BACKSLASH),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(text: &str) -> RepoPath {
        RepoPath::parse(text).unwrap()
    }

    #[test]
    fn claims_that_lead_elsewhere() {
        for (text, fault) in [
            ("/etc", "it begins with a slash"),
            ("/", "it begins with a slash"),
            ("//x", "it begins with a slash"),
            ("..", "it has the part `..`"),
            ("../../etc", "it has the part `..`"),
            ("a/../../x", "it has the part `..`"),
            ("a/..", "it has the part `..`"),
            (".", "it has the part `.`"),
            ("./a", "it has the part `.`"),
            ("a/./b", "it has the part `.`"),
            ("a/", "it has an empty part"),
            ("a//b", "it has an empty part"),
            ("a\0b", "it has a NUL character"),
            ("a/\0", "it has a NUL character"),
        ] {
            let expected = format!("`{}` is not a path inside the repository: {fault}", printable(text, 200));
            assert_eq!(RepoPath::parse(text).unwrap_err().to_string(), expected);
            assert!(path("d").join(text).is_err(), "{text:?}");
        }
        assert!(path("a").join("/b").is_err());
    }

    #[test]
    fn what_people_write_is_resolved() {
        for (dir, text, resolved) in [
            ("", "", ""),
            ("a", "", "a"),
            ("a", ".", "a"),
            ("a/b", "./c//d/", "a/b/c/d"),
            ("a/b", "../c", "a/c"),
            ("a/b", "../..", ""),
            ("a", "b/../../c", "c"),
            ("", "...", "..."),
            ("", "..a/b..", "..a/b.."),
        ] {
            assert_eq!(path(dir).resolve(text), Ok(path(resolved)), "{dir} {text}");
        }
        for (dir, text, fault) in [
            ("", "..", "it leads out by `..`"),
            ("a/b", "../../../c", "it leads out by `..`"),
            ("a", "x/../../../a", "it leads out by `..`"),
            ("a", "/b", "it begins with a slash"),
            ("a", "b\0", "it has a NUL character"),
        ] {
            let message = path(dir).resolve(text).unwrap_err().to_string();
            assert!(message.ends_with(fault), "{dir} {text}: {message}");
        }
    }

    #[test]
    fn a_long_claim_is_cut_in_its_error() {
        let message = RepoPath::parse(&format!("/{}\u{202e}", "x".repeat(5000))).unwrap_err().to_string();
        assert!(message.len() < 400 && message.contains("(5004 bytes)"), "{message}");
        assert!(RepoPath::parse(&"x".repeat(5000)).is_ok());
    }

    #[test]
    fn what_is_within_a_directory() {
        assert!(path("a/b").is_within(&path("a")) && path("a").is_within(&path("a")) && path("a").is_within(&path("")));
        assert!(!path("ab").is_within(&path("a")) && !path("a").is_within(&path("a/b")));
        assert_eq!(path("a/b/c").split(), Some((path("a/b"), "c")));
        assert_eq!((path("a").split(), path("").split()), (Some((path(""), "a")), None));
    }

    proptest! {
        #[test]
        fn a_path_has_no_part_that_leads_elsewhere(dir in "[a/.]{0,6}", text in "[a./\0\\PC]{0,12}") {
            let dir = RepoPath::root().resolve(&dir).unwrap_or_default();
            for made in [RepoPath::parse(&text), dir.join(&text), dir.resolve(&text)].into_iter().flatten() {
                let text = made.as_str();
                prop_assert!(text.is_empty() || text.split('/').all(|part| !["", ".", ".."].contains(&part)));
                prop_assert!(!text.contains('\0'));
                prop_assert_eq!(RepoPath::parse(text), Ok(made.clone()));
            }
        }
    }
}
