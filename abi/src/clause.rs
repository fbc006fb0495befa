//! The clauses of `abi-spec.md`, by name.
//!
//! The specification is the only place where a clause is worded. Here each has a constant, so that a host, a conformance
//! runner and this crate can refer to clauses without inventing any: an unknown one does not compile.
//!
//! ```
//! use dorcas_abi::clause;
//!
//! assert_eq!(clause::RESULT_BOUNDS.area(), "result");
//! assert_eq!(clause::RESULT_BOUNDS.to_string(), "result.bounds");
//! ```
//!
//! [`parse`] reads the wording out of the specification's text.

use Check::{Dynamic, Host, Static, Unchecked};
use Level::{Must, Should};
use alloc::{string::ToString, vec::Vec};
use core::fmt;

/// A requirement of the specification: one of the constants of this module.
///
/// It shows as its name. Behind the text of an error stands [`Clause::suffix`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Clause {
    /// Its name, `mem.alloc-bounds`.
    pub name: &'static str,
    /// How binding it is.
    pub level: Level,
    /// Who is bound, and how one sees whether the clause is kept.
    pub check: Check,
}

/// How binding a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// What breaks it is no guest, or no host, of this ABI.
    Must,
    /// There may be reasons to do otherwise.
    Should,
}

/// Who is bound by a clause, and how one sees whether it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

    /// How the text of an error names the clause that is broken: at its end, ` (mem.alloc-bounds)`.
    ///
    /// ```
    /// use dorcas_abi::clause;
    ///
    /// let text = format!("it returned 0, which is no reply{}", clause::RESULT_NOT_ZERO.suffix());
    /// assert_eq!(text, "it returned 0, which is no reply (result.not-zero)");
    /// ```
    pub const fn suffix(self) -> Suffix {
        Suffix(self)
    }
}

/// The end of an error's text: see [`Clause::suffix`].
#[derive(Clone, Copy, Debug)]
pub struct Suffix(Clause);

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " ({})", self.0)
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
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
    ($($constant:ident $name:literal $level:ident $check:ident)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: Clause = Clause { name: $name, level: $level, check: $check };
        )*

        /// All clauses, in the order of the specification.
        pub const ALL: &[Clause] = &[$($constant),*];

        /// The constants' identifiers, in the same order.
        #[cfg(test)]
        const CONSTANTS: &[&str] = &[$(stringify!($constant)),*];
    };
}

clauses! {
    MODULE_CORE "module.core" Must Static
    MODULE_FEATURES "module.features" Must Static
    MODULE_NO_IMPORTS "module.no-imports" Must Static
    MODULE_NO_START "module.no-start" Must Static
    MODULE_ONE_MEMORY "module.one-memory" Must Static
    MODULE_INSTANTIATES "module.instantiates" Must Dynamic
    MODULE_FLOOR "module.floor" Should Static

    EXPORTS_VERSION "exports.version" Must Static
    EXPORTS_REQUIRED "exports.required" Must Static
    EXPORTS_TYPES "exports.types" Must Static
    EXPORTS_RESERVED "exports.reserved" Must Static

    INIT_INITIALIZE "init.initialize" Must Dynamic
    INIT_ANY_ORDER "init.any-order" Must Dynamic

    MEM_ALLOC_BOUNDS "mem.alloc-bounds" Must Dynamic
    MEM_ALLOC_DISJOINT "mem.alloc-disjoint" Must Dynamic
    MEM_ALLOC_FAILURE "mem.alloc-failure" Must Dynamic
    MEM_ALLOC_AGAIN "mem.alloc-again" Must Dynamic
    MEM_ALLOC_LARGE "mem.alloc-large" Should Dynamic
    MEM_FREE "mem.free" Must Dynamic
    MEM_FREE_ORDER "mem.free-order" Must Dynamic
    MEM_ARGUMENT_NOT_FREED "mem.argument-not-freed" Must Dynamic
    MEM_ARGUMENT_DROPPED "mem.argument-dropped" Must Dynamic
    MEM_STEADY "mem.steady" Must Dynamic

    RESULT_PACKING "result.packing" Must Dynamic
    RESULT_NOT_ZERO "result.not-zero" Must Dynamic
    RESULT_BOUNDS "result.bounds" Must Dynamic
    RESULT_OWN_BUFFER "result.own-buffer" Must Dynamic
    RESULT_VALID "result.valid" Must Dynamic
    RESULT_REPLY "result.reply" Must Dynamic
    RESULT_PANIC_TEXT "result.panic-text" Must Dynamic
    RESULT_PANIC_UTF8 "result.panic-utf8" Should Unchecked

    ERROR_UNDECODABLE "error.undecodable" Must Dynamic
    ERROR_EMPTY_ARGUMENT "error.empty-argument" Must Dynamic
    ERROR_CODE "error.code" Must Dynamic
    ERROR_SIZE "error.size" Should Dynamic

    BEHAVIOUR_ANSWERS "behaviour.answers" Must Dynamic
    BEHAVIOUR_PURE "behaviour.pure" Must Dynamic
    BEHAVIOUR_STATEFUL "behaviour.stateful" Must Dynamic
    BEHAVIOUR_ARGUMENT_ONLY "behaviour.argument-only" Must Dynamic
    BEHAVIOUR_ARGUMENT_INTACT "behaviour.argument-intact" Should Dynamic

    WIRE_FORMAT "wire.format" Must Unchecked
    WIRE_SIZE "wire.size" Must Dynamic
    WIRE_EXACT "wire.exact" Must Dynamic
    WIRE_CANONICAL "wire.canonical" Must Dynamic
    WIRE_BOOL "wire.bool" Must Dynamic
    WIRE_UTF8 "wire.utf8" Must Dynamic
    WIRE_CLOSED "wire.closed" Must Dynamic
    WIRE_LENGTH "wire.length" Must Dynamic
    WIRE_SORTED "wire.sorted" Must Dynamic
    WIRE_NON_EMPTY "wire.non-empty" Must Dynamic

    LANG_NAME_FORM "lang_name.form" Must Dynamic
    LANG_NAME_CONSTANT "lang_name.constant" Must Dynamic

    MANIFEST_CONSTANT "manifest.constant" Must Dynamic
    MANIFEST_NAMES "manifest.names" Must Dynamic
    MANIFEST_LOAD_FILES "manifest.load-files" Must Dynamic
    MANIFEST_FLAG_DEFAULTS "manifest.flag-defaults" Must Dynamic
    MANIFEST_GLOBS "manifest.globs" Must Dynamic
    MANIFEST_PATTERNS "manifest.patterns" Must Dynamic
    MANIFEST_PATTERN_SIZE "manifest.pattern-size" Must Dynamic
    MANIFEST_SCAN "manifest.scan" Must Dynamic

    SCAN_FILE "scan.file" Must Dynamic

    CONFIGURE_OWN_STATE "configure.own-state" Must Dynamic

    FIX_INDICES "fix.indices" Must Dynamic
    FIX_DELETED "fix.deleted" Must Dynamic
    FIX_SHOULD_FIX "fix.should-fix" Must Dynamic

    GENERATE_RULES_KINDS "generate_rules.kinds" Must Dynamic
    GENERATE_RULES_UNIQUE "generate_rules.unique" Must Dynamic
    GENERATE_RULES_RELS "generate_rules.rels" Must Dynamic

    IMPORTS_PER_RULE "imports.per-rule" Must Dynamic

    RESOLVE_PER_RULE "resolve.per-rule" Must Dynamic
    RESOLVE_SET_OR_DELETE "resolve.set-or-delete" Must Dynamic
    RESOLVE_ROUNDS "resolve.rounds" Must Dynamic
    RESOLVE_NEW_QUERIES "resolve.new-queries" Must Dynamic
    RESOLVE_OVERRIDE "resolve.override" Should Unchecked

    FIND_PER_QUERY "find.per-query" Must Dynamic
    FIND_ABSOLUTE "find.absolute" Must Dynamic
    PROVIDED_ABSOLUTE "provided.absolute" Must Dynamic

    RULE_IDENTIFIERS "rule.identifiers" Must Dynamic
    RULE_NAMES "rule.names" Must Dynamic
    RULE_NAME_APART "rule.name-apart" Must Dynamic
    RULE_LABELS "rule.labels" Must Dynamic
    RULE_COMMENTS "rule.comments" Must Dynamic
    RULE_RAW "rule.raw" Must Unchecked

    DIAGNOSTIC_POSITION "diagnostic.position" Must Dynamic
    DIAGNOSTIC_FILE "diagnostic.file" Must Dynamic
    DIAGNOSTIC_ONE_LINE "diagnostic.one-line" Should Dynamic

    HOST_VERSION "host.version" Must Host
    HOST_FEATURES "host.features" Must Host
    HOST_INITIALIZE "host.initialize" Must Host
    HOST_ENTRIES "host.entries" Must Host
    HOST_ALLOC "host.alloc" Must Host
    HOST_ARGUMENT "host.argument" Must Host
    HOST_CLAIMS "host.claims" Must Host
    HOST_REREAD "host.reread" Must Host
    HOST_FREE "host.free" Must Host
    HOST_NO_REENTRY "host.no-reentry" Must Host
    HOST_POISON "host.poison" Must Host
    HOST_LIMITS "host.limits" Must Host
    HOST_MEMORY_REFUSAL "host.memory-refusal" Must Host
    HOST_FLOOR "host.floor" Should Host
    HOST_DETERMINISTIC "host.deterministic" Should Host
    HOST_WIRE "host.wire" Must Host
    HOST_ERROR "host.error" Must Host
    HOST_REFUSES "host.refuses" Must Host
    HOST_TEXT "host.text" Must Host
    HOST_STATEFUL "host.stateful" Must Host
    HOST_ORDER "host.order" Must Host
    HOST_STATE "host.state" Must Host
    HOST_RUN "host.run" Must Host
    HOST_INPUTS "host.inputs" Must Host
    HOST_SCAN "host.scan" Must Host
    HOST_SETUP "host.setup" Must Host
    HOST_FINISH "host.finish" Must Host
    HOST_MATCHES "host.matches" Must Host
    HOST_FIX "host.fix" Must Host
    HOST_FOUND "host.found" Must Host
    HOST_LOOK_UP "host.look-up" Must Host
    HOST_PROVIDED "host.provided" Must Host
    HOST_NOTES "host.notes" Must Host
    HOST_CHILDREN "host.children" Must Host
    HOST_QUIET "host.quiet" Must Host
    HOST_LABELS "host.labels" Must Host
    HOST_STOP "host.stop" Must Host
    HOST_ROUNDS "host.rounds" Must Host
}

/// The clause of that name.
pub fn find(name: &str) -> Option<Clause> {
    ALL.iter().find(|clause| clause.name == name).copied()
}

/// A clause as the specification words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording<'a> {
    /// Which clause.
    pub clause: Clause,
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
    fn a_constant_is_called_like_its_clause() {
        for (constant, clause) in CONSTANTS.iter().zip(ALL) {
            assert_eq!(*constant, clause.name.to_uppercase().replace(['.', '-'], "_"));
        }
    }

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
