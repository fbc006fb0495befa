//! Which survivors break no clause?

use crate::mutate::Mutant;

/// Mutants that are known to break no clause, each with the reason.
///
/// As text: a line that begins with `#` is a reason, which holds for the lines after it. Each of those is the name of a mutant,
/// or the beginning of one with `*` at its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    lines: Vec<(String, String)>,
}

impl Known {
    /// Reads the text. The error is the line, from 1, and what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let (mut lines, mut reason) = (Vec::new(), String::new());
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#') {
                comment.trim().clone_into(&mut reason);
            } else if line.is_empty() {
                reason.clear();
            } else if reason.is_empty() {
                return Err((
                    number + 1,
                    "a mutant without a reason; write the reason in a line before it, after `#`".into(),
                ));
            } else {
                lines.push((line.to_owned(), reason.clone()));
            }
        }
        Ok(Self { lines })
    }

    /// Why a mutant breaks no clause. `None` if that isn't known.
    pub(crate) fn reason(&self, mutant: &Mutant) -> Option<&str> {
        let name = mutant.name();
        let matches = |pattern: &str| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == pattern,
        };
        self.lines.iter().find(|(pattern, _)| matches(pattern)).map(|(_, reason)| reason.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_the_reason_above_it() {
        let known =
            Known::parse("# no effect\nalloc 1: a -> b\nfree *\n\n# another name\ndata 1 2: 61 -> 62\n").unwrap();
        let reasons: Vec<_> = known.lines.iter().map(|(_, reason)| reason.as_str()).collect();
        assert_eq!(reasons, ["no effect", "no effect", "another name"]);
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        assert_eq!(Known::parse("# a\n\nalloc 1: a -> b\n").unwrap_err().0, 3);
    }
}
