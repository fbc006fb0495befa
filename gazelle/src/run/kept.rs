//! How much room does it take to keep what languages say?
//!
//! Counted are the items of a reply and their texts, with all that is made of them until the BUILD file is written: a string
//! of nine bytes in a reply is at its height in five places.

use super::{Context, visit::Visited};
use crate::error::Cause;
use dorcas_abi::{
    message::{
        Attr, Diagnostic, EmptyRule, GenerateResponse, GeneratedRule, ImportSpec, Provided, Rule, RuleImports, Term,
        Value,
    },
    wire::Bytes,
};
use std::sync::Arc;

/// Bytes for a rule without its attributes.
const RULE: u64 = 1_024;
/// Bytes for an attribute, or an item of one, without its text.
const ITEM: u64 = 512;
/// Bytes for a name in the index, or a message, without its text.
const ENTRY: u64 = 128;
/// A text is copied so often.
const COPIES: u64 = 4;

/// Bytes that the room of a run grows by with each directory.
pub(super) const PER_DIRECTORY: u64 = 1 << 20;

impl Context<'_> {
    /// Counts what a language has said about a directory, before anything is made of it.
    pub(super) fn keep(&self, visited: &mut Visited, language: usize, bytes: u64) -> Result<(), Cause> {
        visited.kept = visited.kept.saturating_add(bytes);
        let limit = self.options.directory_bytes;
        if visited.kept > limit {
            return Err(Cause::KeepsTooMuch { size: visited.kept, limit });
        }
        self.stop.keep(self.roster.members[language].language.name(), bytes)
    }

    /// The state of a directory. One that is the same as that of the directory above is kept once.
    pub(super) fn keep_state(
        &self,
        visited: &mut Visited,
        language: usize,
        parent: &Arc<Bytes>,
        state: Bytes,
    ) -> Result<Arc<Bytes>, Cause> {
        if **parent == state {
            return Ok(Arc::clone(parent));
        }
        self.keep(visited, language, state.len() as u64)?;
        Ok(Arc::new(state))
    }
}

/// Room for the rules that were generated.
pub(super) fn of_rules(response: &GenerateResponse) -> u64 {
    let rules = response.rules.iter().map(|GeneratedRule { rule: made, imports, private, note }| {
        rule(made) + of_attrs(private) + imports.iter().map(import).sum::<u64>() + note.len() as u64
    });
    let empty = response
        .empty
        .iter()
        .map(|EmptyRule { kind, name, attrs }| RULE + text(kind) + text(name) + attrs.iter().map(attr).sum::<u64>());
    let rels = response.rels_to_index.iter().map(|rel| ENTRY + rel.len() as u64);
    let more = [of_provided(&response.provided), response.summary.len() as u64];
    rules.chain(empty).chain(rels).chain(more).fold(0, u64::saturating_add)
}

/// Room for what can be imported without a rule.
pub(super) fn of_provided(provided: &[Provided]) -> u64 {
    let one = |Provided { import: spec, label, payload }: &Provided| {
        ENTRY + import(spec) + label.len() as u64 + payload.len() as u64
    };
    provided.iter().map(one).fold(0, u64::saturating_add)
}

/// Room for what rules provide.
pub(super) fn of_imports(rules: &[RuleImports]) -> u64 {
    let rules = rules.iter().map(|RuleImports { imports, embeds, payload, .. }| {
        ENTRY
            + imports.iter().map(import).sum::<u64>()
            + embeds.iter().map(|label| ENTRY + label.len() as u64).sum::<u64>()
            + payload.len() as u64
    });
    rules.fold(0, u64::saturating_add)
}

/// Room for attributes.
pub(super) fn of_attrs(attrs: &[Attr]) -> u64 {
    attrs.iter().map(attr).fold(0, u64::saturating_add)
}

/// Room for messages.
pub(super) fn of_diagnostics(diagnostics: &[Diagnostic]) -> u64 {
    let one = |found: &Diagnostic| {
        ENTRY + found.message.len() as u64 + found.file.as_ref().map_or(0, |file| 2 * file.len() as u64)
    };
    diagnostics.iter().map(one).fold(0, u64::saturating_add)
}

fn rule(Rule { kind, name, attrs, comments, args, .. }: &Rule) -> u64 {
    RULE + text(kind) + text(name) + attrs.iter().map(attr).sum::<u64>() + texts(comments) + texts(args)
}

fn attr(Attr { name, value: known, comments }: &Attr) -> u64 {
    ITEM + text(name) + value(known) + texts(comments)
}

fn value(value: &Value) -> u64 {
    match value {
        Value::Bool(_) | Value::Int(_) => ITEM,
        Value::String(one) | Value::Label(one) | Value::Raw(one) => ITEM + text(one),
        Value::Strings(all) | Value::SortedStrings(all) | Value::Labels(all) => texts(all),
        Value::StringDict(entries) => {
            entries.iter().map(|entry| 3 * ITEM + text(&entry.key) + text(&entry.value)).sum()
        }
        Value::ListDict(entries) => {
            entries.iter().map(|entry| 3 * ITEM + text(&entry.key) + texts(&entry.values)).sum()
        }
        Value::Glob { include, exclude } => 2 * ITEM + texts(include) + texts(exclude),
        Value::Select(branches) => {
            branches.iter().map(|branch| 3 * ITEM + text(&branch.condition) + texts(&branch.values)).sum()
        }
        Value::Concat(terms) => terms
            .iter()
            .map(|term| {
                ITEM + match term {
                    Term::Strings(all) => texts(all),
                    Term::Glob { include, exclude } => ITEM + texts(include) + texts(exclude),
                    Term::Select(branches) => {
                        branches.iter().map(|branch| 3 * ITEM + text(&branch.condition) + texts(&branch.values)).sum()
                    }
                }
            })
            .sum(),
    }
}

fn texts(all: &[String]) -> u64 {
    all.iter().map(|one| ITEM + text(one)).sum()
}

fn text(text: &str) -> u64 {
    COPIES * text.len() as u64
}

fn import(ImportSpec { lang, imp }: &ImportSpec) -> u64 {
    ENTRY + 2 * (lang.len() + imp.len()) as u64
}
