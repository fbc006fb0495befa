//! Which paths does a glob match?

mod pattern;

pub(crate) use pattern::GlobFault;

use pattern::{Key, Pattern};
use std::collections::BTreeMap;

/// Globs over slash-separated paths, tried together. `?`, `*`, `[...]` and `{a,b}` don't match `/`, `**` does.
///
/// A path is compared with those globs alone that may match it: with those that begin like it, end like it, or have a
/// name in common with it.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    /// Each with the number of the glob that it is written out from.
    patterns: Vec<(Pattern, usize)>,
    /// The first glob that is this path and nothing else.
    whole: BTreeMap<Box<[u8]>, usize>,
    by_name: BTreeMap<Box<[u8]>, Vec<usize>>,
    by_start: Ends,
    by_end: Ends,
    others: Vec<usize>,
    /// How many globs there are.
    count: usize,
    /// How many those with braces stand for.
    alternatives: usize,
}

/// Most globs that those with braces stand for, all of a set together.
const MAX_ALTERNATIVES: usize = 10 * pattern::MAX_ALTERNATIVES;

impl Globs {
    #[cfg(test)]
    pub(crate) fn new<'a>(globs: impl IntoIterator<Item = &'a str>) -> Result<Self, GlobFault> {
        let mut set = Self::default();
        for glob in globs {
            set.add(glob)?;
        }
        set.arrange();
        Ok(set)
    }

    /// Adds a glob. Afterwards the set has to be [arranged](Self::arrange) once.
    pub(crate) fn add(&mut self, glob: &str) -> Result<(), GlobFault> {
        let all = pattern::written_out(glob)?;
        let alternatives = self.alternatives + if all.len() > 1 { all.len() } else { 0 };
        if alternatives > MAX_ALTERNATIVES {
            return Err(GlobFault::TooManyTogether { got: alternatives, limit: MAX_ALTERNATIVES });
        }
        let all = all.iter().map(|glob| Pattern::read(glob)).collect::<Result<Vec<_>, _>>()?;
        self.alternatives = alternatives;
        for (pattern, key) in all {
            let (own, number) = (self.patterns.len(), self.count);
            match key {
                Key::Whole(path) => {
                    self.whole.entry(path).or_insert(number);
                    continue;
                }
                Key::Start(start) => self.by_start.add(start, own),
                Key::End(end) => self.by_end.add(end.iter().rev().copied().collect(), own),
                Key::Name(name) => self.by_name.entry(name).or_default().push(own),
                Key::None => self.others.push(own),
            }
            self.patterns.push((pattern, number));
        }
        self.count += 1;
        Ok(())
    }

    /// Makes the set ready to be asked.
    pub(crate) fn arrange(&mut self) {
        self.by_start.sort();
        self.by_end.sort();
    }

    /// How many wildcards they have, and texts between these.
    pub(crate) fn parts(&self) -> u64 {
        self.patterns.iter().map(|(pattern, _)| pattern.len() as u64).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The number of the first glob that matches.
    pub(crate) fn first(&self, path: &str) -> Option<usize> {
        self.look_up(path).0
    }

    /// The same, and in how many steps it was found.
    pub(crate) fn look_up(&self, path: &str) -> (Option<usize>, u64) {
        let mut first = self.whole.get(path.as_bytes()).copied();
        let mut steps = 1;
        self.candidates(path.as_bytes(), &mut |own| {
            let (pattern, number) = &self.patterns[own];
            steps += pattern.steps(path.len());
            if first.is_none_or(|first| *number < first) && pattern.matches(path.as_bytes()) {
                first = Some(*number);
            }
        });
        (first, steps)
    }

    /// Calls `found` for each glob that may match.
    fn candidates(&self, path: &[u8], found: &mut dyn FnMut(usize)) {
        if self.patterns.is_empty() {
            return;
        }
        self.others.iter().for_each(|own| found(*own));
        self.by_start.of(path.iter().copied(), found);
        self.by_end.of(path.iter().rev().copied(), found);
        if !self.by_name.is_empty() {
            let mut names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
            names.sort_unstable();
            names.dedup();
            names.into_iter().filter_map(|name| self.by_name.get(name)).flatten().for_each(|own| found(*own));
        }
    }
}

/// Globs by how the paths begin that they match, in order.
#[derive(Debug, Default)]
struct Ends(Vec<(Box<[u8]>, usize)>);

impl Ends {
    fn add(&mut self, start: Box<[u8]>, own: usize) {
        self.0.push((start, own));
    }

    fn sort(&mut self) {
        self.0.sort_unstable();
    }

    /// Those whose beginning a path has, one byte after the other.
    fn of(&self, path: impl Iterator<Item = u8>, found: &mut dyn FnMut(usize)) {
        let (mut rest, mut len) = (&self.0[..], 0);
        for (at, byte) in path.enumerate() {
            len = at + 1;
            // All that are left begin like the path up to here; those that end here stand first.
            let ended = rest.partition_point(|(start, _)| start.len() == at);
            rest[..ended].iter().for_each(|(_, own)| found(*own));
            rest = &rest[ended..];
            let before = rest.partition_point(|(start, _)| start[at] < byte);
            rest = &rest[before..];
            rest = &rest[..rest.partition_point(|(start, _)| start[at] == byte)];
            if rest.is_empty() {
                return;
            }
        }
        rest.iter().take_while(|(start, _)| start.len() == len).for_each(|(_, own)| found(*own));
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

#[cfg(test)]
mod tests {
    use super::*;
    use globset::GlobBuilder;
    use proptest::prelude::*;

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
            ("a[/b]c", "a/c", false),
            (r"\[!b]", "[!b]", true),
            ("{a,b}.x", "b.x", true),
            ("{a,b{c,d}}.x", "bd.x", true),
            ("a{,.b}", "a", true),
            ("a{[},],b}", "a}", true),
            (r"{a\,b}", "a,b", true),
            ("a/{**,x}/b", "a/c/d/b", true),
            ("a/{b,**}", "a/c/d", true),
            ("a/**", "a", false),
            ("**", "a/b", true),
        ] {
            assert_eq!(Globs::new([glob]).unwrap().first(path).is_some(), matches, "{glob} {path}");
        }
    }

    #[test]
    fn the_first_glob_decides() {
        let globs = Globs::new(["a*", "*b", "ab", "**"]).unwrap();
        let first = |path| globs.first(path);
        assert_eq!([first("ab"), first("b"), first("c/d")], [Some(0), Some(1), Some(3)]);
    }

    #[test]
    fn what_is_no_glob() {
        let fault = |glob: &str| Globs::new([glob]).err().map(|fault| fault.to_string()).unwrap_or_default();
        for (glob, said) in [
            ("a[b", "unclosed character class; missing ']'"),
            ("[z-a]", "invalid range; 'z' > 'a'"),
            ("{a,{b}", "unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"),
            ("a}", "unopened alternate group; missing '{' (maybe escape '}' with '[}]'?)"),
            ("a\\", "dangling '\\'"),
        ] {
            assert_eq!(fault(glob), said, "{glob}");
        }
    }

    #[test]
    fn what_a_glob_may_stand_for_is_bounded() {
        let fault = |glob: &str| Globs::new([glob]).err().map(|fault| fault.to_string()).unwrap_or_default();
        let nested = |depth: usize| "{".repeat(depth) + "a" + &"}".repeat(depth);
        assert_eq!(fault(&nested(8)), "");
        for depth in [9, 2_000, 30_000] {
            assert_eq!(fault(&nested(depth)), "it has braces within braces more than 8 deep");
        }
        assert_eq!(fault(&"a".repeat(65_536)), "");
        assert_eq!(fault(&"a".repeat(65_537)), "it has 65537 bytes, the limit is 65536");
        let many = "with its braces written out it stands for more than 1000 globs, or 65536 bytes";
        assert_eq!(fault(&"{a,b}".repeat(9)), "");
        assert_eq!(fault(&"{a,b}".repeat(10)), many);
        assert_eq!(fault(&format!("{{{}}}", ["a"; 1_000].join(","))), "");
        assert_eq!(fault(&format!("{{{}}}", ["a"; 1_001].join(","))), many);
        assert_eq!(fault(&format!("{}{{{}}}", "x".repeat(2_000), ["a"; 40].join(","))), many);
        let set = |count: usize| Globs::new(vec!["{a,b}".repeat(9).as_str(); count]).map(|_| ());
        assert_eq!(set(19), Ok(()));
        let said = "with those before it, the braces of globs stand for 10240 globs, the limit is 10000";
        assert_eq!(set(20).unwrap_err().to_string(), said);
    }

    /// Each of these is compared with few of the others, and in few steps.
    #[test]
    fn a_path_is_compared_with_globs_that_may_match_it() {
        for shape in ["a#/*.x", "*a#.x", "**/a#/**", "*/a#/?", "a#*", "[a-z]a#", "a#", "?/a#/[b-d]", r"[a/b]/\a#/*"] {
            let globs: Vec<String> = (1_000..9_000).map(|number| shape.replace('#', &number.to_string())).collect();
            let globs = Globs::new(globs.iter().map(String::as_str)).unwrap();
            for path in ["a1234/b/c.x", "b/xa1234.x", "b/a1234/c", "a1234", "za1234"] {
                assert!(globs.look_up(path).1 < 20, "{shape} {path}: {}", globs.look_up(path).1);
            }
        }
    }

    #[test]
    fn stars_take_few_steps() {
        // Where each star is tried with each of the others, these take for ever.
        let globs = Globs::new([("*a".repeat(1_000) + "b").as_str(), &("**/*a/".repeat(500) + "b")]).unwrap();
        assert_eq!(globs.first(&"a".repeat(4_000)), None);
        assert_eq!(globs.first(&"a/".repeat(2_000)), None);
    }

    fn library(glob: &str) -> Option<globset::GlobMatcher> {
        Some(GlobBuilder::new(glob).literal_separator(true).build().ok()?.compile_matcher())
    }

    proptest! {
        #[test]
        fn globs_match_what_they_match_elsewhere(
            glob in r"(\*\*|\*|/|/\*\*/|a|b|\?|\[ab\]|\[!a/\]|\[\^b/\]|\\\*|é|\{a,b\*\}|\{a\?,\{b,a/b\}\}){0,8}",
            paths in prop::collection::vec("(a|b|/|é|\\*){0,8}", 20),
        ) {
            let (own, library) = (Globs::new([glob.as_str()]).unwrap(), library(&glob).unwrap());
            for path in paths {
                prop_assert_eq!(own.first(&path).is_some(), library.is_match(&path), "{} {}", glob, path);
            }
        }

        #[test]
        fn reading_never_panics(glob in r"[\[\]{}\\,*?!^/é\-ab]{0,40}", path in "[abé/]{0,10}") {
            if let Ok(globs) = Globs::new([glob.as_str()]) {
                globs.first(&path);
            }
        }

        #[test]
        fn together_they_match_what_each_matches(
            globs in prop::collection::vec(r"(\*\*/|\*|/|a|b|\?|/\*\*){0,5}", 0..12),
            path in "(a|b|/){0,6}",
        ) {
            let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
            let alone = globs.iter().position(|glob| Globs::new([*glob]).unwrap().first(&path).is_some());
            prop_assert_eq!(Globs::new(globs.clone()).unwrap().first(&path), alone, "{:?} {}", globs, path);
        }
    }
}
