//! What does a run tell of what it decides?
//!
//! Someone may listen to one directory; [`explain`](crate::explain) does. The stages tell what they decide where they
//! decide it, so there is no second opinion of what a run does. Where nobody listens, each such place costs a
//! comparison.

use crate::{
    build_file::BuildFile,
    diagnostic::Diagnostic,
    path::{display, join},
};
use dorcas_abi::message::{Attr, Directive, EmptyRule, GeneratedRule, ImportSpec, Provider, Severity};
use dorcas_host::CallStats;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A listener.
#[derive(Debug)]
pub(crate) struct Trace {
    /// The directory that is listened to.
    pub(crate) rel: String,
    /// The rule that more is to be told of, if it is one; all in the directory share the rest.
    pub(crate) rule: String,
    told: Mutex<Told>,
}

/// All that was told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) left_out: Option<LeftOut>,
    /// The directory and those that it is in, the root first.
    pub(crate) levels: Vec<Level>,
    /// Whether the directory was looked at, and whether it was to be updated.
    pub(crate) update: Option<bool>,
    /// The languages that take part in the directory.
    pub(crate) taking_part: Vec<usize>,
    pub(crate) calls: Vec<Called>,
    pub(crate) files: Vec<Gathered>,
    /// Edits of a language's `fix`, in words.
    pub(crate) edits: Vec<(usize, String)>,
    pub(crate) rules: Vec<(usize, GeneratedRule)>,
    pub(crate) empty: Vec<(usize, EmptyRule)>,
    /// The BUILD file as it was found, after `fix`, and with all rules merged.
    pub(crate) found: Option<BuildFile>,
    pub(crate) fixed: Option<BuildFile>,
    pub(crate) merged_file: Option<BuildFile>,
    pub(crate) merged: Vec<Merging>,
    pub(crate) provided: Vec<Provided>,
    pub(crate) looked_up: BTreeMap<(String, String, String), LookedUp>,
    pub(crate) asked: Vec<Asked>,
    /// How many imports the language was not asked about, since those before have taken so much.
    pub(crate) not_asked: usize,
}

/// A directory's own directives.
#[derive(Debug)]
pub(crate) struct Level {
    pub(crate) rel: String,
    pub(crate) directives: Vec<Placed>,
}

#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) directive: Directive,
    /// Path from the root.
    pub(crate) file: String,
    pub(crate) line: usize,
    /// Why it has no effect.
    pub(crate) fault: Option<(Severity, String)>,
    /// The languages that know it.
    pub(crate) known_to: Vec<usize>,
}

/// A call for the directory.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) language: usize,
    pub(crate) method: &'static str,
    pub(crate) stats: CallStats,
}

/// A file that a language was told of.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) language: usize,
    pub(crate) method: &'static str,
    pub(crate) name: String,
    /// Bytes of its content, or number of matches of the language's regular expressions.
    pub(crate) size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Name,
    Bytes(usize),
    Matches(usize),
    Facts(usize),
    Failed,
}

/// A rule on its way into the BUILD file.
#[derive(Debug)]
pub(crate) struct Merging {
    pub(crate) phase: Phase,
    pub(crate) what: What,
    /// The rule in the file that is meant, by its index after `fix`; none for a new one.
    pub(crate) meant: Found,
    /// Where a new one was put.
    pub(crate) inserted: Option<usize>,
    /// Whether that rule is kept as it is.
    pub(crate) kept: bool,
    pub(crate) attributes: Vec<Attribute>,
}

/// A generated rule, or one for which nothing is left, by its number in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Rule(usize),
    Empty(usize),
}

/// What has become of an attribute.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) decision: Decision,
    pub(crate) before: Option<String>,
    pub(crate) generated: Option<String>,
    pub(crate) after: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The file had none.
    Added,
    /// A comment keeps the value.
    Kept,
    Merged,
    /// The kind doesn't say that it is merged at this stage.
    NotMergeable,
    /// The value has a form that isn't understood.
    NotUnderstood,
    Removed,
    Replaced,
}

/// How a rule in the directory can be imported.
#[derive(Debug)]
pub(crate) struct Provided {
    pub(crate) name: String,
    pub(crate) imports: Vec<ImportSpec>,
    pub(crate) embeds: Vec<String>,
}

/// What is known of an import: by language and text, and the language that asks.
#[derive(Debug, Default)]
pub(crate) struct LookedUp {
    pub(crate) override_label: Option<String>,
    /// What the index has, or else what `configure` has provided.
    pub(crate) known: Vec<Provider>,
    pub(crate) is_configured: bool,
    /// What other languages have found.
    pub(crate) others: Vec<(usize, Provider)>,
}

/// What the language makes of one import of the rule, where the rule has no other.
#[derive(Debug)]
pub(crate) struct Asked {
    /// None for what the rule has without any import.
    pub(crate) import: Option<ImportSpec>,
    pub(crate) set: Vec<Attr>,
    pub(crate) messages: Vec<String>,
}

impl Trace {
    pub(crate) fn new(rel: &str, rule: &str) -> Self {
        Self { rel: rel.into(), rule: rule.into(), told: Mutex::default() }
    }

    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn finish(self) -> Told {
        self.told.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// A directory is left out, and with it those in it.
    pub(crate) fn leave_out(&self, path: &str, why: impl FnOnce(String) -> LeftOut) {
        if self.rel == path || self.rel.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')) {
            self.told().left_out.get_or_insert_with(|| why(path.to_owned()));
        }
    }

    /// A directory without a package belongs to the one above.
    pub(crate) fn contain(&self, path: &str, package: &str) {
        if self.rel == path {
            let why = || LeftOut::NoPackage { path: path.into(), package: package.into() };
            self.told().left_out.get_or_insert_with(why);
        }
    }

    /// Names in a directory that are no directories.
    pub(crate) fn no_directories(&self, dir: &str, files: &[Entry]) {
        for entry in files {
            let path = join(dir, &entry.name);
            self.leave_out(
                &path,
                |path| {
                    if entry.regular { LeftOut::NotADirectory { path } } else { LeftOut::Link { path } }
                },
            );
        }
    }
}

/// A message about the directory, as it is shown.
pub(crate) fn is_about(diagnostic: &Diagnostic, rel: &str) -> bool {
    let path = diagnostic.path.as_str();
    path == display(rel)
        || match path.rsplit_once('/') {
            Some((dir, _)) => dir == rel,
            None => rel.is_empty() && path != "." && !path.is_empty(),
        }
}

/// Something in a directory that is not a directory.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Whether it is a regular file for sure; a symbolic link for one is not.
    pub(crate) regular: bool,
}

/// When a merge happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// After rules are generated: attributes that the index may need.
    Generated,
    /// After they are resolved: dependencies.
    Resolved,
}

/// By what a rule is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Name,
    Attr(String),
    Kind,
}

/// Several rules may be meant, or one of another kind has the name: nothing is done then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous {
    /// What they have in common.
    pub(crate) by: By,
}

/// The index of the rule that is meant, and by what it is; none if there is none like it.
pub(crate) type Found = Result<Option<(usize, By)>, Ambiguous>;

/// Why a run doesn't look at a directory, or doesn't update it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "because", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeftOut {
    /// A directive or flag `exclude` matches it or a directory that it is in.
    Excluded {
        /// What is matched.
        path: String,
        /// The glob, from the root.
        glob: String,
    },
    /// It, or a directory that it is in, is left out for all of Bazel.
    Ignored {
        /// The directory.
        path: String,
        /// The file that says so, or `Git`.
        by: String,
    },
    /// There is a symbolic link in its path that no `follow` directive names.
    Link {
        /// The link.
        path: String,
    },
    /// Something in its path is a file.
    NotADirectory {
        /// The file.
        path: String,
    },
    /// It doesn't exist.
    Missing,
    /// It has no BUILD file, and `generation_mode update_only` holds: it belongs to a package above.
    NoPackage {
        /// The directory.
        path: String,
        /// The package.
        package: String,
    },
    /// Its BUILD file has the directive `ignore`.
    IgnoreDirective,
}
