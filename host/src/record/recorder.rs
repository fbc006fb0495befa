//! How does a run come into a file?

use super::entry::{Entry, HEAD, Outcome};
use crate::{
    config::Config,
    digest::Digest,
    error::{CallError, Exceeded, LoadError},
    printable::printable,
};
use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

/// Writes what happens, as it happens, from any number of threads.
pub(crate) struct Recorder(Mutex<State>);

struct State {
    out: Box<dyn Write + Send>,
    /// The first error, after which nothing is written any more.
    error: Option<io::Error>,
    finished: bool,
    guests: Vec<(Digest, Config)>,
    instances: usize,
    entries: usize,
}

impl Recorder {
    pub(crate) fn new(out: Box<dyn Write + Send>) -> Self {
        let state = State { out, error: None, finished: false, guests: Vec::new(), instances: 0, entries: 0 };
        let recorder = Self(Mutex::new(state));
        recorder.lock().write(&format!("{HEAD}\n"));
        recorder
    }

    /// A guest, if it isn't known yet. A module that could not be loaded is never known.
    pub(crate) fn guest(
        &self,
        digest: Digest,
        config: &Config,
        fuel: u64,
        loaded: Result<(String, Vec<u8>), &LoadError>,
    ) {
        let mut state = self.lock();
        let key = (digest, config.clone());
        if loaded.is_ok() && state.guests.contains(&key) {
            return;
        }
        let outcome = match loaded {
            Ok(done) => Outcome::Done(done),
            Err(LoadError::Call(error)) => failed(error),
            Err(error) => Outcome::Failed(line(error)),
        };
        state.guests.push(key);
        state.entry(&Entry::Guest { digest, config: config.clone(), fuel, outcome });
    }

    /// An instance of a guest; gives its number.
    pub(crate) fn instance(
        &self,
        digest: Digest,
        config: &Config,
        fuel: u64,
        started: Result<(), &CallError>,
    ) -> Option<usize> {
        let mut state = self.lock();
        // The last one: what came before it under the same name did not load.
        let guest = state.guests.iter().rposition(|(known, with)| *known == digest && with == config)?;
        let instance = state.instances;
        state.instances += 1;
        let outcome = started.map_or_else(failed, Outcome::Done);
        state.entry(&Entry::Instance { guest, fuel, outcome });
        Some(instance)
    }

    pub(crate) fn call(
        &self,
        instance: usize,
        checked: bool,
        method: &str,
        fuel: u64,
        request: &[u8],
        replied: Result<Vec<u8>, &CallError>,
    ) {
        let outcome = replied.map_or_else(failed, Outcome::Done);
        let (method, request) = (method.to_owned(), request.to_owned());
        self.lock().entry(&Entry::Call { instance, checked, method, fuel, request, outcome });
    }

    /// Writes the end; fails with the first error that there was.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let mut state = self.lock();
        let end = format!("end {}\n", state.entries);
        state.write(&end);
        state.finished = true;
        match state.error.take() {
            Some(error) => Err(error),
            None => state.out.flush(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A writer of the embedder's may panic; what it has written then is up to it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn entry(&mut self, entry: &Entry) {
        self.entries += 1;
        self.write(&entry.to_string());
    }

    fn write(&mut self, text: &str) {
        if self.error.is_none() && !self.finished {
            self.error = self.out.write_all(text.as_bytes()).err();
        }
    }
}

/// What is recorded of an error.
pub(crate) fn failed<T>(error: &CallError) -> Outcome<T> {
    match error {
        CallError::Interrupted { .. }
        | CallError::Nested { .. }
        | CallError::Defect { .. }
        | CallError::Limit { exceeded: Exceeded::Run { .. } | Exceeded::System, .. } => Outcome::Stopped(line(error)),
        error => Outcome::Failed(line(error)),
    }
}

/// Errors are one line anyway; this makes sure that a recording can be read.
pub(crate) fn line(error: &impl ToString) -> String {
    printable(&error.to_string(), 64 << 10)
}
