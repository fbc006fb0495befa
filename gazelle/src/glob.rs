//! Which paths does a glob match?

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs over slash-separated paths, tried together. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does.
#[derive(Debug)]
pub(crate) struct Globs {
    set: GlobSet,
}

impl Globs {
    pub(crate) fn new<'a>(globs: impl IntoIterator<Item = &'a str>) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(GlobBuilder::new(&without_slash(glob)).literal_separator(true).build()?);
        }
        Ok(Self { set: set.build()? })
    }

    /// The index of the first glob that matches. `scratch` is only there to be used again.
    pub(crate) fn first(&self, path: &str, scratch: &mut Vec<usize>) -> Option<usize> {
        self.set.matches_into(path, scratch);
        scratch.first().copied()
    }

    pub(crate) fn any(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

/// A path without `.`, `..` and double slashes.
pub(crate) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A path, or a glob, in a directory as one from the root.
pub(crate) fn join_clean(rel: &str, path: &str) -> String {
    clean(&format!("{rel}/{path}"))
}

/// The glob with `[!a]` as `[!/a]`: the library lets a negated class match what no class is to match.
fn without_slash(glob: &str) -> String {
    let mut out = String::with_capacity(glob.len());
    let mut chars = glob.chars().peekable();
    while let Some(char) = chars.next() {
        out.push(char);
        if char == '\\' {
            out.extend(chars.next());
        }
        if char != '[' {
            continue;
        }
        let negated = chars.next_if(|next| matches!(next, '!' | '^'));
        out.extend(negated);
        // A bracket that stands first closes nothing.
        out.extend(chars.next_if_eq(&']'));
        if negated.is_some() {
            out.push('/');
        }
        while let Some(inner) = chars.next_if(|next| *next != ']') {
            out.push(inner);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_stars_cross_a_slash() {
        for (glob, path, matches) in [
            ("*.proto", "a.proto", true),
            ("*.proto", "a/b.proto", false),
            ("**/*.proto", "a.proto", true),
            ("**/*.proto", "a/b/c.proto", true),
            ("?.x", "/.x", false),
            ("a[!b]c", "a/c", false),
            ("a[!b]c", "axc", true),
            ("a[!]b]c", "a]c", false),
            ("a[^b]c", "a/c", false),
            ("a[]b]c", "a]c", true),
            (r"\[!b]", "[!b]", true),
            ("{a,b}.x", "b.x", true),
            ("**", "a/b", true),
        ] {
            assert_eq!(Globs::new([glob]).unwrap().any(path), matches, "{glob} {path}");
        }
    }

    #[test]
    fn the_first_glob_decides() {
        let globs = Globs::new(["a*", "*b", "**"]).unwrap();
        let mut scratch = Vec::new();
        let mut first = |path| globs.first(path, &mut scratch);
        assert_eq!([first("ab"), first("b"), first("c/d")], [Some(0), Some(1), Some(2)]);
    }
}
