//! How large is a regular expression of a manifest?
//!
//! Whoever runs the expressions and whoever judges a guest measure them here, so that both say the same. The words are
//! in the clauses `manifest.patterns` and `manifest.pattern-size`.
//!
//! ```
//! use dorcas_abi::pattern::{self, Size};
//!
//! let size = pattern::size(&pattern::parse("(ab){2,3}|^")?);
//! assert_eq!(size, Size { positions: 3 * 2 + 1, groups: 3, numbers: 1 });
//! assert!(pattern::parse("a(").is_err());
//! # Ok::<(), pattern::Fault>(())
//! ```

use crate::message::{MAX_PATTERN_CELLS, MAX_PATTERN_DEPTH};
use alloc::{
    borrow::ToOwned as _,
    string::{String, ToString as _},
};
use regex_syntax::ast::{self, Ast, GroupKind, RepetitionKind, RepetitionRange};

/// Why a text is no regular expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Groups and repetitions stand within each other too often (`manifest.pattern-size`).
    #[error("it has more than {MAX_PATTERN_DEPTH} groups and repetitions within each other")]
    Depth,
    /// It is malformed (`manifest.patterns`).
    #[error("{0}")]
    Syntax(String),
}

/// How large an expression is, repetitions with a count written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Its positions: bytes, classes, assertions and empty parts.
    pub positions: u64,
    /// Its groups.
    pub groups: u64,
    /// The numbers of its groups: those of a repetition have one, however often it is written out.
    pub numbers: u64,
}

impl Size {
    /// Positions and groups, times the numbers of groups: what a search remembers that tells where the groups are.
    pub fn cells(self) -> u64 {
        self.positions.saturating_add(self.groups).saturating_mul(self.numbers)
    }

    /// Whether it has no more [`cells`](Self::cells) than one expression may have.
    pub fn has_few_cells(self) -> bool {
        self.cells() <= MAX_PATTERN_CELLS.into()
    }

    /// Both together, one behind the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            positions: self.positions.saturating_add(other.positions),
            groups: self.groups.saturating_add(other.groups),
            numbers: self.numbers.saturating_add(other.numbers),
        }
    }
}

/// Reads an expression. What it may contain beyond the dialect is not looked for.
pub fn parse(pattern: &str) -> Result<Ast, Fault> {
    // The library counts concatenations and alternatives too. Its limit is there to protect the stack.
    let mut parser = ast::parse::ParserBuilder::new().nest_limit(4 * MAX_PATTERN_DEPTH).build();
    let ast = parser.parse(pattern).map_err(|error| match error.kind() {
        ast::ErrorKind::NestLimitExceeded(_) => Fault::Depth,
        _ => Fault::Syntax(last_line(&error.to_string())),
    })?;
    if depth(&ast) > MAX_PATTERN_DEPTH { Err(Fault::Depth) } else { Ok(ast) }
}

/// An error of the library without the picture that it draws.
fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// Groups and repetitions within each other. The parser has bounded the recursion.
fn depth(ast: &Ast) -> u32 {
    let deepest = |all: &[Ast]| all.iter().map(depth).max().unwrap_or(0);
    match ast {
        Ast::Group(group) => 1 + depth(&group.ast),
        Ast::Repetition(repetition) => 1 + depth(&repetition.ast),
        Ast::Concat(concat) => deepest(&concat.asts),
        Ast::Alternation(alternation) => deepest(&alternation.asts),
        _ => 0,
    }
}

/// Measures an expression.
pub fn size(ast: &Ast) -> Size {
    let sum = |all: &[Ast]| all.iter().map(size).fold(Size::default(), Size::and);
    let positions = |positions| Size { positions, ..Size::default() };
    match ast {
        Ast::Literal(literal) => positions(literal.byte().map_or(literal.c.len_utf8() as u64, |_| 1)),
        Ast::Dot(_)
        | Ast::ClassUnicode(_)
        | Ast::ClassPerl(_)
        | Ast::ClassBracketed(_)
        | Ast::Assertion(_)
        | Ast::Empty(_)
        | Ast::Flags(_) => positions(1),
        Ast::Repetition(repetition) => {
            let times = match &repetition.op.kind {
                RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => 1,
                RepetitionKind::OneOrMore => 2,
                RepetitionKind::Range(RepetitionRange::Exactly(times)) => *times,
                RepetitionKind::Range(RepetitionRange::AtLeast(least)) => least.saturating_add(1),
                RepetitionKind::Range(RepetitionRange::Bounded(_, most)) => *most,
            };
            let Size { positions, groups, numbers } = size(&repetition.ast);
            // One around another adds a place where a search may go two ways, though there is nothing new to match.
            let around = u64::from(times <= 1 && is_repetition(&repetition.ast));
            Size {
                positions: positions.saturating_mul(times.into()).saturating_add(around),
                groups: groups.saturating_mul(times.into()),
                numbers,
            }
        }
        Ast::Group(group) => {
            let own = u64::from(!matches!(group.kind, GroupKind::NonCapturing(_)));
            size(&group.ast).and(Size { positions: 0, groups: own, numbers: own })
        }
        Ast::Concat(concat) => sum(&concat.asts),
        Ast::Alternation(alternation) => sum(&alternation.asts),
    }
}

/// Whether an expression is a repetition, or one in a group that isn't numbered.
fn is_repetition(ast: &Ast) -> bool {
    match ast {
        Ast::Repetition(_) => true,
        Ast::Group(group) => matches!(group.kind, GroupKind::NonCapturing(_)) && is_repetition(&group.ast),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn positions_and_groups_are_counted_as_the_clause_says() {
        for (pattern, positions, groups) in [
            ("", 1, 0),
            ("abc", 3, 0),
            ("é", 2, 0),
            (r"\xff", 1, 0),
            (r"(?i:a)[b-c]\d.", 4, 0),
            ("x{3,5}", 5, 0),
            ("x{3,}", 4, 0),
            ("x*", 1, 0),
            ("a{3}b{2,}c{1,4}", 3 + 3 + 4, 0),
            ("(ab)+", 4, 2),
            ("(?:ab)*(c+)?", 2 + 2, 1),
            (r"^\bx\z", 4, 0),
            ("a|b||", 4, 0),
            ("()()", 2, 2),
            ("(?:(a)|(b)){10}", 20, 20),
            ("(?i)a", 2, 0),
            ("(?<n>a)|(?P<m>b)", 2, 2),
            // Alternatives count one by one, whatever a library makes of them.
            ("(?:a|b|c|d){8192}", 4 * 8192, 0),
            // So does each repetition of a repetition.
            ("a*?*?*", 3, 0),
            ("(?:(?:a?)*)?", 3, 0),
            ("(?:a?){8192}", 8192, 0),
        ] {
            let size = size(&parse(pattern).unwrap());
            assert_eq!((size.positions, size.groups), (positions, groups), "{pattern}");
        }
        let size = size(&parse("((a{1000}){1000}){1000}").unwrap());
        assert_eq!(size, Size { positions: 1_000_000_000, groups: 1_001_000, numbers: 2 });
    }

    #[test]
    fn an_expression_that_is_too_deep() {
        let deep = |levels: usize| format!("{}a{}", "(b|c".repeat(levels), ")".repeat(levels));
        assert!(parse(&deep(100)).is_ok());
        for levels in [101, 10_000] {
            assert_eq!(parse(&deep(levels)), Err(Fault::Depth));
        }
        assert_eq!(parse("a(").unwrap_err().to_string(), "unclosed group");
    }

    #[test]
    fn groups_and_positions_together() {
        let size = |groups: usize| size(&parse(&"()".repeat(groups)).unwrap());
        assert!(size(362).has_few_cells() && !size(363).has_few_cells());
    }
}
