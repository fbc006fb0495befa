//! What a run has come to, as one JSON document: `--format json`.
//!
//! Without `--stats` the document is the same whenever the repository and the guests are.

use super::Mode;
use crate::{json, messages::with_flags};
use dorcas_abi::message::Severity;
use dorcas_gazelle::{CallTotals, LanguageStats, Outcome, OutputFile, Timings, WriteError, diff};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::Path,
    time::Duration,
};

/// What happened outside the run proper.
pub(super) struct Ending<'a> {
    pub(super) command: &'a str,
    pub(super) mode: Mode,
    pub(super) unwritten: &'a [WriteError],
    /// How long writing took, where times are wanted.
    pub(super) stats: Option<Duration>,
}

/// Writes the document.
pub(super) fn write(outcome: &Outcome, ending: &Ending<'_>, out: impl Write) -> io::Result<()> {
    let unwritten: BTreeSet<&Path> = ending.unwritten.iter().map(|error| error.path.as_path()).collect();
    let file = |file| File::new(outcome, file, ending.mode, &unwritten);
    let document = Document {
        command: ending.command,
        mode: ending.mode.name(),
        root: outcome.root.display().to_string(),
        files: outcome.files.iter().map(file).collect::<io::Result<_>>()?,
        diagnostics: outcome.diagnostics.iter().map(Diagnostic::new).collect(),
        failures: failures(outcome, ending.unwritten),
        languages: ending.stats.map(|_| outcome.languages.iter().map(Language::new).collect()),
        seconds: ending.stats.map(|write| Seconds::new(&outcome.timings, write)),
    };
    json::write(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    command: &'a str,
    mode: &'a str,
    root: String,
    files: Vec<File<'a>>,
    diagnostics: Vec<Diagnostic<'a>>,
    failures: Vec<Failure<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    languages: Option<Vec<Language<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<Seconds>,
}

/// A BUILD file: its text in mode `print`, what changes in mode `diff`.
#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<String>,
}

impl<'a> File<'a> {
    fn new(outcome: &Outcome, file: &'a OutputFile, mode: Mode, unwritten: &BTreeSet<&Path>) -> io::Result<Self> {
        let status = match file {
            file if !file.changed() => "unchanged",
            _ if unwritten.contains(outcome.root.join(&file.rel).as_path()) => "unwritten",
            OutputFile { old: None, .. } => "created",
            _ => "changed",
        };
        let text = (mode == Mode::Print).then(|| lossy(&file.new));
        let diff = if mode == Mode::Diff && file.changed() { Some(patch(file)?) } else { None };
        Ok(Self { path: &file.rel, status, text, diff })
    }
}

/// The patch of one file.
fn patch(file: &OutputFile) -> io::Result<String> {
    let mut patch = Vec::new();
    let mut outcome = Outcome::default();
    outcome.files.push(file.clone());
    diff(&outcome, &mut patch)?;
    Ok(lossy(&patch))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    severity: &'static str,
    language: Option<&'a str>,
    path: &'a str,
    line: Option<usize>,
    message: &'a str,
}

impl<'a> Diagnostic<'a> {
    fn new(diagnostic: &'a dorcas_gazelle::Diagnostic) -> Self {
        Self {
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            language: diagnostic.language.as_deref(),
            path: &diagnostic.path,
            line: diagnostic.line,
            message: &diagnostic.message,
        }
    }
}

/// A directory whose BUILD file stayed as it was.
#[derive(Serialize)]
struct Failure<'a> {
    directory: &'a str,
    language: Option<&'a str>,
    method: Option<&'a str>,
    message: String,
    /// The directories in it that were not looked at because of this.
    skipped: usize,
    /// The BUILD files of other directories that stay as they are because of this.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    left: &'a [String],
}

fn failures<'a>(outcome: &'a Outcome, unwritten: &'a [WriteError]) -> Vec<Failure<'a>> {
    let failed = outcome.failures.iter().map(|failure| Failure {
        directory: &failure.dir,
        language: failure.language.as_deref(),
        method: failure.method,
        message: with_flags(&failure.cause.to_string()),
        skipped: failure.below,
        left: &failure.left,
    });
    let unwritten = unwritten.iter().map(|error| Failure {
        directory: directory(&outcome.root, &error.path),
        language: None,
        method: None,
        message: error.to_string(),
        skipped: 0,
        left: &[],
    });
    failed.chain(unwritten).collect()
}

/// The directory of a BUILD file, from the root.
fn directory<'a>(root: &Path, file: &'a Path) -> &'a str {
    file.strip_prefix(root).ok().and_then(Path::parent).and_then(Path::to_str).unwrap_or_default()
}

#[derive(Serialize)]
struct Language<'a> {
    name: &'a str,
    methods: Vec<Method>,
}

#[derive(Serialize)]
struct Method {
    name: &'static str,
    calls: u64,
    cached: u64,
    fuel: u64,
    seconds: f64,
    request_bytes: u64,
    reply_bytes: u64,
}

impl<'a> Language<'a> {
    fn new(stats: &'a LanguageStats) -> Self {
        let method = |(name, totals): &(&'static str, CallTotals)| Method {
            name,
            calls: totals.calls,
            cached: totals.known,
            fuel: totals.fuel,
            seconds: totals.time.as_secs_f64(),
            request_bytes: totals.request_bytes,
            reply_bytes: totals.reply_bytes,
        };
        Self { name: &stats.name, methods: stats.methods.iter().map(method).collect() }
    }
}

/// Time that passed, by stage.
#[derive(Serialize)]
struct Seconds {
    load: f64,
    walk: f64,
    generate: f64,
    index: f64,
    resolve: f64,
    write: f64,
}

impl Seconds {
    fn new(timings: &Timings, write: Duration) -> Self {
        Self {
            load: timings.load.as_secs_f64(),
            walk: timings.walk.as_secs_f64(),
            generate: timings.generate.as_secs_f64(),
            index: timings.index.as_secs_f64(),
            resolve: timings.resolve.as_secs_f64(),
            write: write.as_secs_f64(),
        }
    }
}
