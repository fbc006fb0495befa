//! The clauses of `abi-spec.md`, by name.
//!
//! The specification is the only place where a clause is worded. This is the list of the names, so that a host, a
//! conformance runner and this crate can refer to clauses without inventing any: an unknown name does not compile.
//!
//! ```
//! use dorcas_abi::clause;
//!
//! const BOUNDS: &clause::Clause = clause::named("result.bounds");
//! assert_eq!(BOUNDS.area(), "result");
//! ```
//!
//! [`parse`] reads the wording out of the specification's text.

use Check::{Dynamic, Host, Static, Unchecked};
use Level::{Must, Should};
use alloc::{string::ToString, vec::Vec};
use core::fmt;

/// A requirement of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// `mem.alloc-bounds`.
    pub name: &'static str,
    /// How binding it is.
    pub level: Level,
    /// Who is bound, and how one sees whether the clause is kept.
    pub check: Check,
}

/// How binding a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What breaks it is no guest, or no host, of this ABI.
    Must,
    /// There may be reasons to do otherwise.
    Should,
}

/// Who is bound by a clause, and how one sees whether it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Binds guests; the module's bytes show it, nothing is run.
    Static,
    /// Binds guests; calls show it.
    Dynamic,
    /// Binds guests; can't be seen from outside.
    Unchecked,
    /// Binds hosts.
    Host,
}

impl Clause {
    /// What stands before the dot: `mem`. For what a method demands, the name of the method's export.
    pub fn area(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Must => "MUST",
            Should => "SHOULD",
        })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Static => "static",
            Dynamic => "dynamic",
            Unchecked => "unchecked",
            Host => "host",
        })
    }
}

macro_rules! clauses {
    ($($name:literal $level:ident $check:ident)*) => {
        /// All clauses, in the order of the specification.
        pub const ALL: &[Clause] = &[$(Clause { name: $name, level: $level, check: $check }),*];
    };
}

clauses! {
    "module.core" Must Static
    "module.features" Must Static
    "module.no-imports" Must Static
    "module.no-start" Must Static
    "module.one-memory" Must Static
    "module.instantiates" Must Dynamic
    "module.floor" Should Static

    "exports.version" Must Static
    "exports.required" Must Static
    "exports.types" Must Static
    "exports.reserved" Must Static

    "init.initialize" Must Dynamic
    "init.any-order" Must Dynamic

    "mem.alloc-bounds" Must Dynamic
    "mem.alloc-disjoint" Must Dynamic
    "mem.alloc-failure" Must Dynamic
    "mem.alloc-again" Must Dynamic
    "mem.alloc-large" Should Dynamic
    "mem.free" Must Dynamic
    "mem.free-order" Must Dynamic
    "mem.argument-not-freed" Must Dynamic
    "mem.argument-dropped" Must Dynamic
    "mem.steady" Must Dynamic

    "result.packing" Must Dynamic
    "result.not-zero" Must Dynamic
    "result.bounds" Must Dynamic
    "result.own-buffer" Must Dynamic
    "result.valid" Must Dynamic
    "result.reply" Must Dynamic
    "result.panic-text" Must Dynamic
    "result.panic-utf8" Should Unchecked

    "error.undecodable" Must Dynamic
    "error.empty-argument" Must Dynamic
    "error.code" Must Dynamic
    "error.size" Should Dynamic

    "behaviour.answers" Must Dynamic
    "behaviour.pure" Must Dynamic
    "behaviour.stateful" Must Dynamic
    "behaviour.argument-only" Must Dynamic
    "behaviour.argument-intact" Should Dynamic

    "wire.format" Must Unchecked
    "wire.size" Must Dynamic
    "wire.exact" Must Dynamic
    "wire.canonical" Must Dynamic
    "wire.bool" Must Dynamic
    "wire.utf8" Must Dynamic
    "wire.closed" Must Dynamic
    "wire.length" Must Dynamic
    "wire.sorted" Must Dynamic
    "wire.non-empty" Must Dynamic

    "lang_name.form" Must Dynamic
    "lang_name.constant" Must Dynamic

    "manifest.constant" Must Dynamic
    "manifest.names" Must Dynamic
    "manifest.load-files" Must Dynamic
    "manifest.flag-defaults" Must Dynamic
    "manifest.globs" Must Dynamic
    "manifest.patterns" Must Dynamic
    "manifest.pattern-size" Must Dynamic

    "configure.own-state" Must Dynamic

    "fix.indices" Must Dynamic
    "fix.deleted" Must Dynamic
    "fix.should-fix" Must Dynamic

    "generate_rules.kinds" Must Dynamic
    "generate_rules.unique" Must Dynamic
    "generate_rules.rels" Must Dynamic

    "imports.per-rule" Must Dynamic

    "resolve.per-rule" Must Dynamic
    "resolve.set-or-delete" Must Dynamic
    "resolve.rounds" Must Dynamic
    "resolve.new-queries" Must Dynamic
    "resolve.override" Should Unchecked

    "find.per-query" Must Dynamic
    "find.absolute" Must Dynamic

    "rule.identifiers" Must Dynamic
    "rule.names" Must Dynamic
    "rule.name-apart" Must Dynamic
    "rule.labels" Must Dynamic
    "rule.comments" Must Dynamic
    "rule.raw" Must Unchecked

    "diagnostic.position" Must Dynamic
    "diagnostic.file" Must Dynamic
    "diagnostic.one-line" Should Dynamic

    "host.version" Must Host
    "host.features" Must Host
    "host.initialize" Must Host
    "host.entries" Must Host
    "host.alloc" Must Host
    "host.argument" Must Host
    "host.claims" Must Host
    "host.reread" Must Host
    "host.free" Must Host
    "host.no-reentry" Must Host
    "host.poison" Must Host
    "host.limits" Must Host
    "host.memory-refusal" Must Host
    "host.floor" Should Host
    "host.deterministic" Should Host
    "host.wire" Must Host
    "host.error" Must Host
    "host.refuses" Must Host
    "host.text" Must Host
    "host.stateful" Must Host
    "host.order" Must Host
    "host.state" Must Host
    "host.root" Must Host
    "host.inputs" Must Host
    "host.matches" Must Host
    "host.fix" Must Host
    "host.found" Must Host
    "host.rounds" Must Host
}

/// The clause of that name, in a constant: a name that doesn't exist is an error of the compiler.
///
/// # Panics
///
/// Outside of constants, where no clause has this name. There, use [`find`].
#[must_use]
pub const fn named(name: &str) -> &'static Clause {
    let mut index = 0;
    while index < ALL.len() {
        if same(ALL[index].name, name) {
            return &ALL[index];
        }
        index += 1;
    }
    panic!("abi-spec.md has no clause of this name")
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// The clause of that name.
pub fn find(name: &str) -> Option<&'static Clause> {
    ALL.iter().find(|clause| clause.name == name)
}

/// A clause as the specification words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording<'a> {
    /// Which clause.
    pub clause: &'static Clause,
    /// Its words, as Markdown, line breaks included.
    pub text: &'a str,
}

impl Wording<'_> {
    /// Whether the specification lets a host miss that the clause is broken. What breaks any other clause that a guest MUST
    /// keep, a host refuses.
    ///
    /// ```
    /// use dorcas_abi::clause::parse;
    ///
    /// let spec = "**mem.free** (MUST, dynamic) It MUST return. A host need not see it: why.";
    /// assert!(parse(spec)?[0].may_be_missed());
    /// # Ok::<(), dorcas_abi::clause::BadLabel>(())
    /// ```
    pub fn may_be_missed(&self) -> bool {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ").contains(MISSED)
    }
}

/// How a clause says that a host may miss it.
const MISSED: &str = "A host need not see it";

/// A paragraph of the specification that begins like a clause and isn't one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "paragraph {paragraph:?} should begin `**area.name** (MUST, static)` with a known name and its level and check"
)]
pub struct BadLabel<'a> {
    /// Its first line.
    pub paragraph: &'a str,
}

/// Reads the clauses out of the text of `abi-spec.md`, in the order in which they stand there.
///
/// A clause is a paragraph that begins with its label, `**mem.alloc-bounds** (MUST, dynamic)`, and ends before the next
/// empty line. What stands in a fenced block is passed over.
pub fn parse(spec: &str) -> Result<Vec<Wording<'_>>, BadLabel<'_>> {
    let mut wordings = Vec::new();
    // Every second piece is inside of a fenced block.
    for prose in spec.split("\n```").step_by(2) {
        // The first line of a piece is the rest of the line with the closing fence.
        for paragraph in prose.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')) {
            let Some((name, rest)) = paragraph.strip_prefix("**").and_then(|rest| rest.split_once("**")) else {
                continue;
            };
            if !name.contains('.') {
                continue;
            }
            let bad = || BadLabel { paragraph: paragraph.lines().next().unwrap_or_default() };
            let (label, text) = rest.strip_prefix(" (").and_then(|rest| rest.split_once(") ")).ok_or_else(bad)?;
            let (level, check) = label.split_once(", ").ok_or_else(bad)?;
            let clause = find(name).filter(|clause| says(clause.level, level) && says(clause.check, check));
            wordings.push(Wording { clause: clause.ok_or_else(bad)?, text });
        }
    }
    Ok(wordings)
}

fn says(value: impl fmt::Display, text: &str) -> bool {
    value.to_string() == text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_name_stands_twice() {
        let names: BTreeSet<_> = ALL.iter().map(|clause| clause.name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn a_clause_ends_at_the_empty_line() {
        let spec = "# Head\n\n**mem.free** (MUST, dynamic) One\nline more.\n\nA note. **bold**\n\n```\n\n**mem.x** no\n```\n\n\
                    **module.floor** (SHOULD, static) Two.\n";
        let read: Vec<_> = parse(spec).unwrap().iter().map(|wording| (wording.clause.name, wording.text)).collect();
        assert_eq!(read, [("mem.free", "One\nline more."), ("module.floor", "Two.")]);
    }

    #[test]
    fn labels_that_are_wrong() {
        for bad in [
            "**mem.fre** (MUST, dynamic) Unknown name.",
            "**mem.free** (SHOULD, dynamic) Other level.",
            "**mem.free** (MUST, static) Other check.",
            "**mem.free** (MUST) No check.",
            "**mem.free** No label.",
        ] {
            assert_eq!(parse(bad), Err(BadLabel { paragraph: bad }), "{bad}");
        }
        assert_eq!(
            parse("**mem.fre** x").unwrap_err().to_string(),
            "paragraph \"**mem.fre** x\" should begin `**area.name** (MUST, static)` with a known name and its level and \
             check"
        );
    }
}
