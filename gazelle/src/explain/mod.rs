//! Why is a rule as it is?
//!
//! [`explain`] makes the run that [`run`](crate::run()) makes, listens to one directory, and tells what was decided there.
//! Nothing is written.
//!
//! ```no_run
//! use dorcas_gazelle::{GuestLanguage, Language, Options, explain::{Target, explain}};
//! # let guest = dorcas_host::Engine::default().load(&[])?;
//! let proto = GuestLanguage::new(guest)?;
//! let root = std::path::Path::new("my/repository");
//! let target = Target::parse("//api:api_proto", root, None)?;
//! let explanation = explain(&Options::new(root), &[&proto as &dyn Language], &target, &())?;
//! for import in explanation.rule.iter().flat_map(|rule| &rule.imports) {
//!     println!("{}: {:?} {:?}", import.import, import.choice, import.labels);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | question | file |
//! |---|---|
//! | Which rule is meant? | `target.rs` |
//! | Which directives hold, and where do they stand? | `directives.rs` |
//! | What has become of the rules of the package? | `rules.rs` |
//! | What has become of an attribute? | `attributes.rs` |
//! | What was chosen for an import, and from what? | `imports.rs` |
//!
//! All types here can be serialized; field names and enum names are those of `dorcas explain --format json`.

mod attributes;
mod directives;
mod imports;
mod rules;
mod target;

pub use crate::trace::LeftOut;
pub use attributes::{Attribute, Decision};
pub use directives::{Directive, Standing};
pub use imports::{Candidate, Choice, Import, Source};
pub use rules::{Listed, Match, Rule, What};
pub use target::{NoTarget, Target};

use crate::{
    Language, Options, Outcome, Progress, RunError,
    path::parent,
    repo::Facts,
    run::{MOST_FOR_ASKING, run_traced},
    trace::{self, Size, Told, Trace},
};
use serde::Serialize;

/// What was decided about a rule and its package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The label that was asked about, absolute.
    pub label: String,
    /// Its package.
    pub package: Package,
    /// The directives that were read for the package: those of the command line, then those of each directory from the
    /// root on.
    pub directives: Vec<Directive>,
    /// The languages of the run, in their order.
    pub languages: Vec<Part>,
    /// All rules of the package, in the order of the BUILD file; then those that could not be put into it.
    pub rules: Vec<Listed>,
    /// The rule; none where there is none of this name.
    pub rule: Option<Rule>,
    /// Where there is none, the names that are most like it, best first.
    pub near: Vec<String>,
    /// What the run has to say of the package: warnings, errors, and why it failed.
    pub messages: Vec<String>,
    /// Whether the package failed: then its BUILD file stays as it is.
    pub failed: bool,
}

/// A directory and what the run does with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Package {
    /// Path from the root.
    pub path: String,
    /// Path of the BUILD file, from the root; none where there is none, and none to come.
    pub build_file: Option<String>,
    /// Whether its BUILD file is updated.
    pub updated: bool,
    /// Why the run doesn't look at it.
    pub left_out: Option<LeftOut>,
}

/// What a language did in the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Digest of the guest's module, where whoever runs it knows one.
    pub digest: Option<String>,
    /// Whether it takes part in the package, which `lang` decides.
    pub takes_part: bool,
    /// The calls for the package, in their order.
    pub calls: Vec<Call>,
    /// The files that it was told of.
    pub files: Vec<File>,
    /// What its `fix` has changed, in words.
    pub edits: Vec<String>,
    /// How many rules it has generated.
    pub generated: usize,
    /// How many rules it has said nothing is left of.
    pub empty: usize,
}

/// A call of a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// The method.
    pub method: String,
    /// Fuel that was used.
    pub fuel: u64,
    /// Bytes of the request.
    pub request_bytes: u64,
    /// Bytes of the reply.
    pub reply_bytes: u64,
}

/// A file that a language was told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct File {
    /// Its path in the package.
    pub name: String,
    /// The method that got it.
    pub method: String,
    /// Bytes of its content, where the language gets that.
    pub bytes: Option<usize>,
    /// Number of matches of the language's regular expressions, where it gets these.
    pub matches: Option<usize>,
    /// Bytes of what the language's `scan` has made of it, where it gets that.
    pub facts: Option<usize>,
    /// Whether `scan` has made nothing of it.
    pub failed: bool,
}

/// Most names that are offered in the place of one that isn't there.
const NEAR: usize = 3;

/// Explains what a run of these options over all of the repository decides about a rule.
pub fn explain(
    options: &Options,
    languages: &[&dyn Language],
    target: &Target,
    progress: &dyn Progress,
) -> Result<Explanation, RunError> {
    let options = Options { dirs: Vec::new(), recursive: true, ..options.clone() };
    let trace = Trace::new(&target.package, &target.name);
    let outcome = run_traced(&options, languages, progress, Some(&trace))?;
    let repo = Facts::read(&outcome.root)?.name;
    let names: Vec<String> = languages.iter().map(|language| language.name().to_owned()).collect();
    let told = trace.finish();
    let build_file = outcome.files.iter().find(|file| parent(&file.rel) == target.package);
    let found = told.found.as_ref().map(|file| crate::path::join(&target.package, &file.name));
    let mut explanation = Explanation {
        label: format!("//{}:{}", target.package, target.name),
        package: Package {
            path: target.package.clone(),
            build_file: build_file.map(|file| file.rel.clone()).or(found),
            updated: told.update == Some(true),
            left_out: left_out(&told),
        },
        directives: directives::directives(&options, &told, &names, target),
        languages: names.iter().enumerate().map(|(index, name)| part(name, index, &told)).collect(),
        rules: Vec::new(),
        rule: None,
        near: Vec::new(),
        messages: Vec::new(),
        failed: false,
    };
    messages(&mut explanation, &outcome, &target.package);
    if told.not_asked > 0 {
        explanation.messages.push(format!(
            "what was chosen for {} of its imports is not known: to ask about each alone takes more than {MOST_FOR_ASKING} \
             units of fuel",
            told.not_asked
        ));
    }
    let rules = rules::rules(&told, &names);
    explanation.rules = rules.iter().map(|rule| rule.listed.clone()).collect();
    let meant = rules.iter().position(|rule| rule.listed.name == target.name).or_else(|| {
        // One that has got another name in the file.
        rules.iter().position(|rule| rule.generated_name(&told) == Some(target.name.as_str()))
    });
    explanation.rule = meant.map(|index| rules::rule(&rules[index], &told, &names, (&repo, &target.package)));
    if explanation.rule.is_none() {
        explanation.near = near(&target.name, &explanation.rules);
    }
    Ok(explanation)
}

fn left_out(told: &Told) -> Option<LeftOut> {
    match told.update {
        Some(true) => None,
        Some(false) => Some(LeftOut::IgnoreDirective),
        None => Some(told.left_out.clone().unwrap_or(LeftOut::Missing)),
    }
}

fn part(name: &str, index: usize, told: &Told) -> Part {
    let calls = told.calls.iter().filter(|call| call.language == index).map(|call| Call {
        method: call.method.into(),
        fuel: call.stats.fuel,
        request_bytes: call.stats.request_bytes,
        reply_bytes: call.stats.reply_bytes,
    });
    let files = told.files.iter().filter(|file| file.language == index).map(|file| File {
        name: file.name.clone(),
        method: file.method.into(),
        bytes: if let Size::Bytes(bytes) = file.size { Some(bytes) } else { None },
        matches: if let Size::Matches(matches) = file.size { Some(matches) } else { None },
        facts: if let Size::Facts(bytes) = file.size { Some(bytes) } else { None },
        failed: file.size == Size::Failed,
    });
    Part {
        name: name.into(),
        digest: None,
        takes_part: told.taking_part.contains(&index),
        calls: calls.collect(),
        files: files.collect(),
        edits: told.edits.iter().filter(|(language, _)| *language == index).map(|(_, edit)| edit.clone()).collect(),
        generated: told.rules.iter().filter(|(language, _)| *language == index).count(),
        empty: told.empty.iter().filter(|(language, _)| *language == index).count(),
    }
}

fn messages(explanation: &mut Explanation, outcome: &Outcome, rel: &str) {
    let about = outcome.diagnostics.iter().filter(|diagnostic| trace::is_about(diagnostic, rel));
    explanation.messages.extend(about.map(ToString::to_string));
    let is_above = |dir: &str| dir.is_empty() || rel.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'));
    let failures = outcome.failures.iter();
    for failure in failures.filter(|failure| failure.dir == rel || failure.below > 0 && is_above(&failure.dir)) {
        explanation.messages.push(failure.to_string());
        explanation.failed = true;
    }
    for failure in outcome.failures.iter().filter(|failure| failure.left.iter().any(|file| parent(file) == rel)) {
        let message =
            format!("the BUILD file is left as it is, since it may depend on //{}, which failed", failure.dir);
        explanation.messages.push(message);
        explanation.failed = true;
    }
}

/// The names that are most like one that isn't there.
fn near(name: &str, rules: &[Listed]) -> Vec<String> {
    let likeness = |listed: &&Listed| strsim::jaro_winkler(&listed.name, name);
    let mut near: Vec<_> = rules.iter().filter(|listed| likeness(listed) > 0.6).collect();
    near.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    near.into_iter().map(|listed| listed.name.clone()).take(NEAR).collect()
}
