//! Which regular expressions may stand in a directive?

use regex_automata::{meta::Regex, util::syntax};
use regex_syntax::{
    ParserBuilder,
    hir::{Hir, HirKind},
};
use std::sync::OnceLock;

/// Most positions of one expression.
const MAX_POSITIONS: u64 = 8 << 10;
/// Most positions times groups: a search has room for each group at each position.
const MAX_PLACES: u64 = 256 << 10;
/// What an expression takes however short it is.
const BASE: u64 = 16;
/// How often something may be repeated, repetitions within each other multiplied: as often as in Go.
const MAX_TIMES: u32 = 1_000;

/// A regular expression over bytes, which is compiled when it is needed.
#[derive(Debug)]
pub(super) struct Expression {
    pattern: String,
    positions: u64,
    regex: OnceLock<Regex>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ExpressionFault {
    #[error("{0}")]
    Syntax(String),
    #[error("it repeats something more than {MAX_TIMES} times")]
    Repeated,
    #[error("it has {positions} positions, the limit is {MAX_POSITIONS}")]
    TooLarge { positions: u64 },
    #[error("it has {groups} groups at {positions} positions, the limit is {MAX_PLACES} for one times the other")]
    TooManyGroups { groups: u64, positions: u64 },
}

impl ExpressionFault {
    /// Whether the text is an expression, but too much of one.
    pub(super) fn is_limit(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::TooManyGroups { .. })
    }
}

impl Expression {
    pub(super) fn new(pattern: &str) -> Result<Self, ExpressionFault> {
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        let last_line = |error: &str| error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let hir = parser.parse(pattern).map_err(|error| ExpressionFault::Syntax(last_line(&error.to_string())))?;
        if !is_repeated_at_most(&hir, MAX_TIMES) {
            return Err(ExpressionFault::Repeated);
        }
        let positions = positions(&hir);
        if positions > MAX_POSITIONS {
            return Err(ExpressionFault::TooLarge { positions });
        }
        let groups = hir.properties().explicit_captures_len() as u64;
        if positions * groups > MAX_PLACES {
            return Err(ExpressionFault::TooManyGroups { groups, positions });
        }
        Ok(Self { pattern: pattern.into(), positions: positions + BASE, regex: OnceLock::new() })
    }

    /// How large its automaton will be: the places that stand for a byte, for a group, or for nothing, repetitions with a
    /// count written out.
    pub(super) fn positions(&self) -> u64 {
        self.positions
    }

    pub(super) fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| {
            let ascii = syntax::Config::new().unicode(false).utf8(false);
            let config = Regex::config().nfa_size_limit(None).onepass_size_limit(Some(64 << 10));
            let regex = Regex::builder().configure(config).syntax(ascii).build(&self.pattern);
            // What was parsed compiles, as long as no size is limited.
            regex.unwrap_or_else(|_| Regex::builder().build_many::<&str>(&[]).expect("no expression is one"))
        })
    }
}

fn is_repeated_at_most(hir: &Hir, times: u32) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min);
            most <= times && is_repeated_at_most(&repetition.sub, times / most.max(1))
        }
        HirKind::Capture(capture) => is_repeated_at_most(&capture.sub, times),
        HirKind::Concat(all) | HirKind::Alternation(all) => all.iter().all(|hir| is_repeated_at_most(hir, times)),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => true,
    }
}

fn positions(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1));
            positions(&repetition.sub).saturating_mul(times.into())
        }
        HirKind::Capture(capture) => 2 + positions(&capture.sub),
        HirKind::Concat(all) | HirKind::Alternation(all) => all.iter().map(positions).fold(0, u64::saturating_add),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_refuses_is_refused() {
        for (pattern, said) in [
            ("a{1000}", ""),
            ("(a{10}b){100}", ""),
            ("(a*){1000}", ""),
            ("((a{10}){10}){10}", ""),
            ("a{1001}", "it repeats something more than 1000 times"),
            ("(a{11}b){100}", "it repeats something more than 1000 times"),
            ("(?:a{2,}b){501}", "it repeats something more than 1000 times"),
            ("(", "unclosed group"),
        ] {
            let fault = Expression::new(pattern).err().map(|fault| fault.to_string()).unwrap_or_default();
            assert_eq!(fault, said, "{pattern}");
        }
        let groups = |count: usize| Expression::new(&"()".repeat(count)).err().map(|fault| fault.to_string());
        assert_eq!(groups(200), None);
        let said = "it has 400 groups at 1200 positions, the limit is 262144 for one times the other";
        assert_eq!(groups(400).as_deref(), Some(said));
    }

    #[test]
    fn an_expression_finds_what_it_found_before_it_was_bounded() {
        let expression = Expression::new(r"^(\w+)/x$").unwrap();
        assert!(expression.regex().is_match("abc/x") && !expression.regex().is_match("é/x"));
    }
}
