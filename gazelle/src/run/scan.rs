//! What does a language make of single files?
//!
//! A language's `scan` is called once for the same name and content, whichever directories and methods are told, and on all
//! threads. A file that it can't be called for is one diagnostic, and `Failed` in the requests.

use super::{
    Context, kept,
    roster::{Member, SCAN},
    visit::line_of,
};
use crate::{
    check,
    diagnostic::Diagnostic,
    error::Cause,
    input::Source,
    memo::{self, Key},
    stop,
};
use dorcas_abi::{
    message::{self, FileData, Position, ScanRequest, Severity},
    method::Scan,
    wire::Bytes,
};
use rayon::prelude::*;
use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// What a language has made of files in this run.
#[derive(Debug, Default)]
pub(super) struct Scanned(Mutex<HashMap<Key, Arc<OnceLock<Found>>>>);

/// What has to be said about files, by their paths and by the language.
pub(super) type Remarks = Mutex<BTreeMap<(String, usize), Vec<Diagnostic>>>;

/// What became of one call.
#[derive(Debug)]
enum Found {
    Facts {
        facts: Bytes,
        diagnostics: Vec<message::Diagnostic>,
    },
    /// Why there are none.
    Failed(String),
    /// The language wants the run to end.
    Refused(String),
    Stopped,
}

thread_local! {
    /// How many scans of several files this thread is waiting for.
    static WAITING: Cell<u32> = const { Cell::new(0) };
}

/// Most scans of several files that one thread waits for: while it does, it may begin with another directory, on the same stack.
const MOST_WAITING: u32 = 4;

impl Context<'_> {
    /// Has a language look at files, and says whether it has nothing to say of them.
    pub(super) fn scan(&self, language: usize, files: Vec<Source>) -> Result<(Vec<FileData>, bool), Cause> {
        let member = &self.roster.members[language];
        let waiting = WAITING.get();
        let all: Vec<_> = if files.len() == 1 || waiting >= MOST_WAITING || member.manifest.stateful {
            files.into_iter().map(|file| self.scan_one(language, member, file)).collect()
        } else {
            WAITING.set(waiting + 1);
            let all = files.into_par_iter().map(|file| self.scan_one(language, member, file)).collect();
            WAITING.set(waiting);
            all
        };
        let (mut data, mut is_settled) = (Vec::with_capacity(all.len()), true);
        for one in all {
            let (one, is_quiet) = one?;
            data.push(one);
            is_settled &= is_quiet;
        }
        Ok((data, is_settled))
    }

    fn scan_one(&self, language: usize, member: &Member<'_>, file: Source) -> Result<(FileData, bool), Cause> {
        let content = match file.content {
            Ok(content) => content,
            Err(size) => {
                let limit = member.language.request_bytes();
                self.say_failed(language, file.path, &format!("it has {size} bytes, a request has at most {limit}"));
                return Ok((FileData::Failed, false));
            }
        };
        let request = ScanRequest { name: file.name, content: Bytes::from(content) };
        let shared = member.share.as_ref().and_then(|share| share.key::<Scan>(&request, None));
        let Some(key) = shared.or_else(|| memo::of_message("scan", &request)) else {
            self.say_failed(language, file.path, "it can't be put into a request");
            return Ok((FileData::Failed, false));
        };
        let found = {
            let mut scanned = member.scanned.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(scanned.entry(key).or_default())
        };
        match found.get_or_init(|| self.find_out(language, member, &request)) {
            Found::Facts { facts, diagnostics } => {
                let is_quiet = diagnostics.is_empty();
                if !is_quiet {
                    self.say(language, &file.path, diagnostics, &request.content);
                }
                Ok((FileData::Facts(facts.clone()), is_quiet))
            }
            Found::Failed(why) => {
                self.say_failed(language, file.path, why);
                Ok((FileData::Failed, false))
            }
            Found::Refused(message) => Err(Cause::Refused { message: message.clone() }),
            Found::Stopped => Err(Cause::Stopped),
        }
    }

    fn find_out(&self, language: usize, member: &Member<'_>, request: &ScanRequest) -> Found {
        let called = member.call::<Scan>(request, |language, request| language.scan(request));
        if stop::is_set() {
            return Found::Stopped;
        }
        let response = match called.map_err(Cause::Call) {
            Ok(response) => response,
            Err(cause) => {
                return cause
                    .refusal()
                    .map_or_else(|| Found::Failed(cause.to_string()), |said| Found::Refused(said.into()));
            }
        };
        if let Err(breach) = check::scan(request, &response) {
            return Found::Failed(breach.to_string());
        }
        let size = (response.facts.len() as u64).saturating_add(kept::of_diagnostics(&response.diagnostics));
        match self.stop.keep(self.roster.members[language].language.name(), size) {
            Ok(()) => Found::Facts { facts: response.facts, diagnostics: response.diagnostics },
            Err(_) => Found::Stopped,
        }
    }

    fn say(&self, language: usize, path: &str, diagnostics: &[message::Diagnostic], content: &[u8]) {
        let name = self.roster.members[language].language.name();
        let of = |said: &message::Diagnostic| Diagnostic {
            language: Some(name.into()),
            severity: said.severity.clone(),
            path: path.to_owned(),
            line: match said.position {
                Position::Line(line) => Some(line as usize),
                Position::Offset(offset) => line_of(content, offset as usize),
                _ => None,
            },
            message: said.message.clone(),
        };
        let said = diagnostics.iter().map(of).collect();
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).insert((path.to_owned(), language), said);
    }

    fn say_failed(&self, language: usize, path: String, why: &str) {
        let diagnostic = Diagnostic {
            language: Some(self.roster.members[language].language.name().into()),
            severity: Severity::Error,
            path: path.clone(),
            line: None,
            message: format!("{SCAN}: {why}"),
        };
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).insert((path, language), vec![diagnostic]);
    }
}
