//! What is looked at, clause by clause?

use dorcas_abi::clause::{self, Clause};

/// One way in which a clause is seen to be broken. There may be several for a clause, and there is none that no known-bad
/// guest needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// The clause's name, and an aspect of it where it has several: `mem.steady/errors`.
    pub name: &'static str,
    /// What is done and looked at.
    pub about: &'static str,
}

impl Check {
    /// The clause that it is about.
    pub fn clause(&self) -> Option<Clause> {
        clause::find(clause_name(self.name))
    }
}

/// The check of that name.
pub fn find(name: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.name == name)
}

/// The checks of a clause.
pub fn of(clause: &str) -> impl Iterator<Item = &'static Check> {
    ALL.iter().filter(move |check| clause_name(check.name) == clause)
}

pub(crate) fn clause_name(check: &'static str) -> &'static str {
    check.split('/').next().unwrap_or(check)
}

macro_rules! checks {
    ($($name:literal $about:literal)*) => {
        /// All checks, in the order of the specification.
        pub const ALL: &[Check] = &[$(Check { name: $name, about: $about }),*];
    };
}

checks! {
    "module.core" "Reads the module's sections."
    "module.features" "Compiles the module with nothing but the features of WebAssembly 2.0 without vectors."
    "module.no-imports" "Looks at the import section."
    "module.no-start" "Looks for a start section."
    "module.one-memory" "Counts memories, imported ones included, and looks at their addresses and sharing."
    "module.instantiates" "Makes an instance."
    "module.floor" "Compares the module's counts and sizes with the floor."

    "exports.version" "Looks for exports of `dorcas_abi_v` and digits."
    "exports.required" "Looks for each required export."
    "exports.types" "Compares the type of each export of the ABI."
    "exports.reserved" "Looks for other exports that begin with `dorcas_`."

    "init.initialize" "Calls `_initialize` in each fresh instance."
    "init.any-order" "Makes each export the first one that is called in an instance, `lang_name` and `manifest` included."

    "mem.alloc-bounds" "Compares each buffer with the memory, for lengths from 1 to 16,777,216."
    "mem.alloc-disjoint/overlap" "Compares the buffers that are live at one time."
    "mem.alloc-disjoint/written" "Fills idle buffers, calls methods, and looks whether a byte has changed."
    "mem.alloc-disjoint/read" "Changes idle buffers, and looks whether a reply does."
    "mem.alloc-failure" "Asks for memory until there is none; and in every call."
    "mem.alloc-again" "Asks for too much many times, and then for little."
    "mem.alloc-large" "Asks for 1,048,576 bytes in a memory that may grow to the floor."
    "mem.free" "Frees what each call leaves: the argument, then the result."
    "mem.free-order" "Frees buffers and results last first, first first and mixed, with calls in between."
    "mem.argument-not-freed" "Keeps an argument after its call, asks for buffers of its size, and compares."
    "mem.argument-dropped/written" "Keeps an argument after its call, and looks whether later calls change it."
    "mem.argument-dropped/read" "Overwrites an argument after its call, and looks whether later replies differ."
    "mem.steady/good" "Makes the same good calls again and again, and watches the memory."
    "mem.steady/errors" "Makes the same malformed calls again and again, and watches the memory."

    "result.packing" "Reads a result that means nothing the other way round."
    "result.not-zero" "Looks at each result."
    "result.bounds" "Compares each result with the memory."
    "result.own-buffer" "Compares each result with the argument and all live buffers."
    "result.valid" "Keeps results, makes other calls, and looks whether a byte has changed."
    "result.reply" "Looks for the byte in front of a response, and for the response to another method."
    "result.panic-text/place" "Compares the address with the memory."
    "result.panic-text/quiet" "Looks at the length after instantiation and after calls that returned."

    "error.undecodable/truncated" "Cuts requests off at each byte; and flips each bit, which shows any of these."
    "error.undecodable/left-over" "Puts bytes behind requests."
    "error.undecodable/canonical" "Writes numbers, lengths, counts and variants with more bytes than needed, or beyond their range."
    "error.undecodable/bool" "Writes a bool or option that is neither 0 nor 1."
    "error.undecodable/utf8" "Puts into texts what is not UTF-8: lone bytes, long forms, surrogates, too large characters."
    "error.undecodable/closed" "Writes variants beyond the last one."
    "error.undecodable/length" "Writes lengths and counts larger than the rest of the request."
    "error.undecodable/sorted" "Exchanges and repeats items of sorted lists."
    "error.undecodable/non-empty" "Empties texts that must not be empty."
    "error.undecodable/items" "Sends one more list item than a message may have."
    "error.undecodable/items-together" "The same, spread over two lists."
    "error.empty-argument" "Calls each method with address 0 and length 0."
    "error.code" "Looks at the code of each error."
    "error.size" "Looks at the message of each error."

    "behaviour.answers" "Sends well-formed requests: a repository's, made from the manifest, and arbitrary ones of every shape."
    "behaviour.pure/again" "Sends one request twice to one instance."
    "behaviour.pure/order" "Sends requests in other orders, and compares with what fresh instances reply."
    "behaviour.pure/after-error" "Sends requests after malformed ones."
    "behaviour.stateful/address" "Sends the same requests in the same order, at other addresses."
    "behaviour.stateful/after-error" "Sends the same requests in the same order, with malformed ones in between."
    "behaviour.argument-only/address" "Sends a request to other addresses."
    "behaviour.argument-only/surroundings" "Sends a request with other bytes around it."
    "behaviour.argument-intact" "Compares each argument after the call."

    "wire.size" "Measures each reply, and counts its list items."
    "wire.exact" "Decodes each reply."
    "wire.canonical" "Decodes each reply."
    "wire.bool" "Decodes each reply."
    "wire.utf8" "Decodes each reply."
    "wire.closed" "Decodes each reply."
    "wire.length" "Decodes each reply."
    "wire.sorted" "Decodes each reply."
    "wire.non-empty" "Decodes each reply."

    "lang_name.form" "Looks at the name."
    "lang_name.constant" "Asks again, before and after other calls."

    "manifest.constant/again" "Asks again, after other calls."
    "manifest.constant/request" "Asks in the name of other hosts."
    "manifest.names" "Looks at directives and flags."
    "manifest.load-files" "Looks at loads."
    "manifest.flag-defaults" "Looks at flags."
    "manifest.globs" "Parses each glob."
    "manifest.patterns" "Parses each regular expression."
    "manifest.pattern-size" "Measures regular expressions."
    "manifest.scan" "Looks for `scan`, where an input wants it."

    "scan.file" "Looks at each diagnostic."

    "configure.own-state" "Gives each method, `configure` included, the states that `configure` has returned."

    "fix.indices" "Looks at each edit."
    "fix.deleted" "Looks at each edit."
    "fix.should-fix" "Looks at each edit of a request without `should_fix`."

    "generate_rules.kinds" "Compares kinds with the manifest."
    "generate_rules.unique" "Compares names."
    "generate_rules.rels" "Looks at each path."

    "imports.per-rule" "Counts entries."

    "resolve.per-rule" "Counts entries."
    "resolve.set-or-delete" "Compares `set` with `delete`."
    "resolve.rounds" "Answers `Need` until `round` is 8."
    "resolve.new-queries" "Compares `Need` with `found`."

    "find.per-query" "Counts entries."
    "find.absolute" "Looks at each label."

    "provided.absolute" "Looks at each label."

    "rule.identifiers" "Looks at the names of attributes and kinds."
    "rule.names" "Looks at the names of rules."
    "rule.name-apart" "Looks at the names of attributes."
    "rule.labels" "Parses each label."
    "rule.comments" "Looks at each comment."

    "diagnostic.position" "Looks at each diagnostic."
    "diagnostic.file" "Looks at each diagnostic."
    "diagnostic.one-line" "Looks at each diagnostic."
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_abi::clause::Check as Seen;
    use std::collections::BTreeSet;

    #[test]
    fn every_clause_that_can_be_seen_has_a_check_and_no_other() {
        let checked: BTreeSet<_> = ALL.iter().map(|check| clause_name(check.name)).collect();
        let visible = |clause: &&Clause| matches!(clause.check, Seen::Static | Seen::Dynamic);
        let clauses: BTreeSet<_> = clause::ALL.iter().filter(visible).map(|clause| clause.name).collect();
        assert_eq!(checked, clauses);
    }

    #[test]
    fn no_name_stands_twice() {
        let names: BTreeSet<_> = ALL.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
