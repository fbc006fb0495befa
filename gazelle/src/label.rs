//! What does a label name, and how is it written shortest?

use std::fmt;

/// A Bazel label, taken apart.
///
/// Two labels are equal when they are written with the same parts. `//a` and `//a:a` are equal, `:a` in package
/// `a` and `//a` are not: see [`Label::abs`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// The repository, without `@`; empty for the one that the label stands in. `@` stands for the main repository.
    pub repo: String,
    /// The package, a path; meaningless in a relative label.
    pub package: String,
    /// The target within the package.
    pub name: String,
    /// Whether only the name was given.
    pub relative: bool,
    /// Whether the repository's name is canonical, `@@`.
    pub canonical: bool,
}

/// A text that isn't a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a label: {fault}")]
pub struct NotALabel {
    text: String,
    fault: &'static str,
}

impl Label {
    /// An absolute label.
    pub fn new(repo: &str, package: &str, name: &str) -> Self {
        Self { repo: repo.into(), package: package.into(), name: name.into(), relative: false, canonical: false }
    }

    /// Reads a label. Like Gazelle, takes every text without `//` and `@` for a target of the same package.
    pub fn parse(text: &str) -> Result<Self, NotALabel> {
        let fail = |fault| NotALabel { text: text.into(), fault };
        let canonical = text.starts_with("@@");
        let rest = if canonical { &text[1..] } else { text };
        let mut relative = true;
        let mut repo = "";
        // What is left after the repository; none where the label is a repository and nothing else, `@rules`.
        let mut rest = if let Some(after) = rest.strip_prefix('@') {
            relative = false;
            match after.find("//") {
                Some(0) => {
                    repo = "@";
                    Some(after)
                }
                Some(end) => {
                    repo = &after[..end];
                    Some(&after[end..])
                }
                None => {
                    repo = after;
                    None
                }
            }
        } else {
            Some(rest)
        };
        if repo != "@" && !repo.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.~+-".contains(&byte)) {
            return Err(fail("the repository has a character that is not allowed"));
        }
        let mut package = "";
        if let Some(after) = rest.and_then(|rest| rest.strip_prefix("//")) {
            relative = false;
            let end = after.find(':').unwrap_or(after.len());
            package = &after[..end];
            rest = Some(&after[end..]);
        }
        if rest == Some(":") {
            return Err(fail("the name is empty"));
        }
        let name = match rest {
            Some(rest) => rest.strip_prefix(':').unwrap_or(rest),
            None => repo,
        };
        if [package, name].iter().any(|part| part.contains([':', '\\']) || part.contains(char::is_control)) {
            return Err(fail("it has a character that is not allowed"));
        }
        if package.is_empty() && name.is_empty() {
            return Err(fail("package and name are empty"));
        }
        let name = if name.is_empty() { base(package) } else { name };
        Ok(Self { repo: repo.into(), package: package.into(), name: name.into(), relative, canonical })
    }

    /// The label with repository and package, where it stands in that package.
    #[must_use]
    pub fn abs(&self, repo: &str, package: &str) -> Self {
        if self.relative { Self::new(repo, package, &self.name) } else { self.clone() }
    }

    /// The shortest label that means the same in that package.
    #[must_use]
    pub fn rel(&self, repo: &str, package: &str) -> Self {
        if self.relative || self.repo != repo {
            return self.clone();
        }
        let mut label = Self::new("", &self.package, &self.name);
        if self.package == package {
            label.package.clear();
            label.relative = true;
        }
        label
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.relative {
            return write!(f, ":{}", self.name);
        }
        if self.canonical {
            f.write_str("@")?;
        }
        match self.repo.as_str() {
            "" => {}
            "@" => f.write_str("@")?,
            repo => write!(f, "@{repo}")?,
        }
        if self.package.is_empty() && !self.repo.is_empty() && self.repo == self.name {
            return Ok(());
        }
        write!(f, "//{}", self.package)?;
        if self.package.is_empty() || base(&self.package) != self.name {
            write!(f, ":{}", self.name)?;
        }
        Ok(())
    }
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_written_shortest() {
        for (text, shortest) in [
            ("//a/b:b", "//a/b"),
            ("//a/b", "//a/b"),
            ("//a/b:c", "//a/b:c"),
            ("@r//a:a", "@r//a"),
            ("@r//:r", "@r"),
            ("@r", "@r"),
            ("@//a:a", "@//a"),
            ("@@r+1//a:b", "@@r+1//a:b"),
            (":a", ":a"),
            ("a", ":a"),
            ("sub/a.proto", ":sub/a.proto"),
            ("//:a", "//:a"),
        ] {
            assert_eq!(Label::parse(text).unwrap().to_string(), shortest, "{text}");
        }
    }

    #[test]
    fn a_label_of_the_same_package_becomes_relative() {
        let label = Label::parse("@me//a/b:c").unwrap();
        assert_eq!(label.rel("me", "a/b").to_string(), ":c");
        assert_eq!(label.rel("me", "").to_string(), "//a/b:c");
        assert_eq!(label.rel("", "a/b").to_string(), "@me//a/b:c");
        assert_eq!(Label::parse("//:c").unwrap().rel("", "").to_string(), ":c");
    }

    #[test]
    fn what_is_not_a_label() {
        for (text, message) in [
            ("", "\"\" is not a label: package and name are empty"),
            (":", "\":\" is not a label: the name is empty"),
            ("//", "\"//\" is not a label: package and name are empty"),
            ("@a b//c", "\"@a b//c\" is not a label: the repository has a character that is not allowed"),
            ("//a:b:c", "\"//a:b:c\" is not a label: it has a character that is not allowed"),
        ] {
            assert_eq!(Label::parse(text).unwrap_err().to_string(), message);
        }
    }
}
