//! How is a known-bad guest made from the text of the good one?
//!
//! An edit is a list of hunks. Each begins with a line `@@`; its other lines begin with a space, for a line that stays,
//! `-`, for a line that goes, or `+`, for a new one, as in a patch. A hunk has no line number: the lines that it expects
//! stand exactly once in the good guest.

use std::ops::Range;
use thiserror::Error;

/// Why an edit can't be applied.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EditError {
    /// A line of a hunk begins with none of the three characters.
    #[error("a line of a hunk begins with a space, `-` or `+`; this one doesn't: {0:?}")]
    Line(String),
    /// The lines that a hunk expects do not stand exactly once in the good guest.
    #[error("hunk {hunk} expects lines that stand {times} times in the good guest, and has to stand once")]
    Place {
        /// The position of the hunk in the file, from 1.
        hunk: usize,
        /// How often the lines stand there.
        times: usize,
    },
    /// Two hunks change the same lines.
    #[error("hunk {hunk} overlaps with the one before it")]
    Overlap {
        /// The position of the hunk in the text, from 1.
        hunk: usize,
    },
}

/// A hunk: the lines that it expects, and the lines that it leaves.
#[derive(Debug, Default)]
struct Hunk<'a> {
    expected: Vec<&'a str>,
    left: Vec<&'a str>,
}

/// The text before the first hunk.
pub(crate) fn head(file: &str) -> &str {
    let end = file.find("\n@@\n").map_or(file.len(), |end| end + 1);
    &file[..end]
}

/// The number of lines that an edit takes away, and the number that it adds.
pub(crate) fn size(file: &str) -> (usize, usize) {
    let lines = || file[head(file).len()..].lines();
    let of = |sign| lines().filter(|line| line.starts_with(sign)).count();
    (of('-'), of('+'))
}

/// The good guest's text after the edit in `file`.
pub(crate) fn apply(good: &str, file: &str) -> Result<String, EditError> {
    let lines: Vec<&str> = good.lines().collect();
    let hunks = hunks(file)?;
    let mut changes: Vec<(Range<usize>, &[&str])> = Vec::new();
    for (index, hunk) in hunks.iter().enumerate() {
        let at: Vec<usize> = places(&lines, &hunk.expected).collect();
        let [at] = at[..] else { return Err(EditError::Place { hunk: index + 1, times: at.len() }) };
        changes.push((at..at + hunk.expected.len(), &hunk.left));
    }
    changes.sort_by_key(|(range, _)| range.start);
    let mut out: Vec<&str> = Vec::new();
    let mut done = 0;
    for (index, (range, left)) in changes.iter().enumerate() {
        let kept = lines.get(done..range.start).ok_or(EditError::Overlap { hunk: index + 1 })?;
        out.extend(kept);
        out.extend(*left);
        done = range.end;
    }
    out.extend(&lines[done..]);
    Ok(out.join("\n") + "\n")
}

fn hunks(file: &str) -> Result<Vec<Hunk<'_>>, EditError> {
    let mut hunks: Vec<Hunk<'_>> = Vec::new();
    for line in file[head(file).len()..].lines() {
        let (sign, text) = line.split_at_checked(1).unwrap_or((" ", ""));
        match (sign, hunks.last_mut()) {
            _ if line == "@@" => hunks.push(Hunk::default()),
            (" ", Some(hunk)) => {
                hunk.expected.push(text);
                hunk.left.push(text);
            }
            ("-", Some(hunk)) => hunk.expected.push(text),
            ("+", Some(hunk)) => hunk.left.push(text),
            _ => return Err(EditError::Line(line.to_owned())),
        }
    }
    Ok(hunks)
}

/// Where `expected` stands in `lines`.
fn places<'a>(lines: &'a [&str], expected: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
    let windows = lines.windows(expected.len().max(1)).enumerate();
    windows.filter(move |(_, window)| *window == expected).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "(module\n  (a)\n  (b)\n  (a)\n  (c))\n";

    #[test]
    fn a_hunk_takes_away_and_adds_where_its_lines_stand() {
        let file = "A claim.\n\nfails: x\n@@\n   (b)\n+  (new)\n   (a)\n@@\n-  (c))\n+  (d))\n";
        assert_eq!(head(file), "A claim.\n\nfails: x\n");
        assert_eq!(size(file), (1, 2));
        assert_eq!(apply(GOOD, file).unwrap(), "(module\n  (a)\n  (b)\n  (new)\n  (a)\n  (d))\n");
    }

    #[test]
    fn a_file_without_hunks_is_the_good_guest() {
        assert_eq!(apply(GOOD, "A claim.\n").unwrap(), GOOD);
    }

    #[test]
    fn the_order_of_hunks_does_not_matter() {
        let file = "\n@@\n-  (c))\n+  (d))\n@@\n-(module\n+(module $m\n";
        assert_eq!(apply(GOOD, file).unwrap(), "(module $m\n  (a)\n  (b)\n  (a)\n  (d))\n");
    }

    #[test]
    fn an_edit_that_does_not_fit_is_refused() {
        let refused = |hunks: &str| apply(GOOD, &format!("\n@@\n{hunks}")).unwrap_err();
        assert_eq!(refused("-  (a)\n"), EditError::Place { hunk: 1, times: 2 });
        assert_eq!(refused("-  (x)\n"), EditError::Place { hunk: 1, times: 0 });
        assert_eq!(refused("+  (x)\n"), EditError::Place { hunk: 1, times: 0 });
        assert_eq!(refused("-  (b)\n@@\n-  (b)\n-  (a)\n"), EditError::Overlap { hunk: 2 });
        assert_eq!(refused("(b)\n"), EditError::Line("(b)".into()));
    }
}
