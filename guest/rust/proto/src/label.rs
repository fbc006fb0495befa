//! Which rule does a label mean?

/// The parts of an absolute label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label<'a> {
    /// Name of the repository; empty for the one at hand, where it has no name.
    pub(crate) repo: &'a str,
    /// Path of the directory.
    pub(crate) pkg: &'a str,
    /// Name of the rule.
    pub(crate) name: &'a str,
}

impl<'a> Label<'a> {
    /// Reads `@repo//pkg:name`, `//pkg:name` or `//pkg`; none where it is something else.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        // `split_once` would bring in a search that is made for long texts, and is long itself.
        let slashes = text.as_bytes().windows(2).position(|pair| pair == b"//")?;
        let (repo, rest) = (&text[..slashes], &text[slashes + 2..]);
        let repo = repo.trim_start_matches('@');
        let (pkg, name) = rest.split_once(':').unwrap_or_else(|| (rest, rest.rsplit('/').next().unwrap_or(rest)));
        Some(Self { repo, pkg, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_forms() {
        let label = |repo, pkg, name| Some(Label { repo, pkg, name });
        assert_eq!(Label::parse("@r//a/b:c"), label("r", "a/b", "c"));
        assert_eq!(Label::parse("@@r//a/b"), label("r", "a/b", "b"));
        assert_eq!(Label::parse("//:c"), label("", "", "c"));
        assert_eq!(Label::parse(":c"), None);
    }
}
