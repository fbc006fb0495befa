//! Does everything happen again?

use super::{Recording, span::Spans};
use crate::{
    config::{Config, Profile},
    digest::Digest,
    engine::Engine,
    error::{CallError, LoadError},
    language::{Guest, GuestInstance},
    printable::printable,
    record::{
        entry::{Entry, Outcome, Success},
        recorder::{failed, line},
    },
    stats::CallStats,
};
use dorcas_abi::wire;

/// What a replay has done, when all of it went as it did before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// Guests that were loaded, those included that could not be.
    pub guests: usize,
    /// Instances.
    pub instances: usize,
    /// Calls.
    pub calls: usize,
    /// What could not be compared, since something outside had stopped it: an interrupt, the fuel of the whole run.
    pub stopped: usize,
}

/// Why a replay ended early.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// You: the module isn't there.
    #[error("line {line} of the recording: no module with the SHA-256 {digest} is at hand")]
    Module {
        /// Number of the line, from 1.
        line: usize,
        /// Which module.
        digest: Digest,
    },
    /// You: the recording sets a limit wider than you allow.
    #[error(
        "line {line} of the recording: it was made with a `{name}` of {recorded}, which is above the limit of {limit} for \
         this replay (`Limits::{name}`)"
    )]
    Limit {
        /// Number of the line, from 1.
        line: usize,
        /// Which limit.
        name: &'static str,
        /// What the recording says.
        recorded: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The run to which the replay belongs was interrupted or has used up its fuel, or the machine has no memory.
    #[error("line {line} of the recording: {what}")]
    Stopped {
        /// Number of the line, from 1.
        line: usize,
        /// By what.
        what: String,
    },
    /// The first thing that went another way.
    #[error("line {line} of the recording: {what} was `{recorded}`, now it is `{got}`")]
    Differs {
        /// Number of the line, from 1.
        line: usize,
        /// What differs.
        what: String,
        /// How it was.
        recorded: String,
        /// How it is.
        got: String,
    },
}

impl Recording {
    /// Loads the same modules, makes the same instances and calls the same methods, in the order of the recording, and
    /// stops at the first difference. `module` gives the bytes of a module.
    ///
    /// Bytes, errors and fuel are compared; no fuel in the fast profile, where it is not the same each time. An instance is
    /// kept until its last call in the recording, so that there are never more of them than the recorded run had at a time.
    ///
    /// A recording that was made with wider limits than the default ones is refused; see [`Recording::replay_with`].
    pub fn replay(&self, module: impl FnMut(&Digest) -> Option<Vec<u8>>) -> Result<Replayed, ReplayError> {
        self.replay_with(&Engine::default(), module)
    }

    /// The same with an engine of yours. Each guest gets the recorded limits and profile, but the limits of `engine` are a
    /// ceiling: a recording that sets one of them higher is refused, since it would decide how much your machine does. Calls
    /// belong to the engine's run, if it has one, which may be interrupted and has a total of fuel.
    ///
    /// `engine` also offers the functions that guests import, which are not in a recording.
    /// What was recorded happens again if the functions give the same answers to the same calls; a log always does.
    pub fn replay_with(
        &self,
        engine: &Engine,
        mut module: impl FnMut(&Digest) -> Option<Vec<u8>>,
    ) -> Result<Replayed, ReplayError> {
        let done = Replayed::default();
        let mut replay = Replay { engine, line: 2, guests: Vec::new(), instances: Vec::new(), done };
        let spans = Spans::of(&self.entries);
        for (place, entry) in self.entries.iter().enumerate() {
            match entry {
                Entry::Guest { digest, config, fuel, outcome } => {
                    replay.within(config)?;
                    let wasm = module(digest)
                        .filter(|wasm| Digest::of(wasm) == *digest)
                        .ok_or(ReplayError::Module { line: replay.line, digest: *digest })?;
                    replay.guest(&wasm, config, *fuel, outcome)?;
                }
                Entry::Instance { guest, fuel, outcome } => replay.instance(*guest, *fuel, outcome)?,
                Entry::Call { instance, checked, method, fuel, request, outcome } => {
                    replay.call(*instance, *checked, method, request, *fuel, outcome)?;
                }
            }
            let (guest, instance) = replay.touched(entry);
            if let Some(guest) = guest.filter(|guest| spans.guests[*guest] == place) {
                replay.guests[guest] = None;
            }
            if let Some(instance) = instance.filter(|instance| spans.instances[*instance] == place) {
                replay.instances[instance] = None;
            }
            replay.line += entry.lines();
        }
        Ok(replay.done)
    }
}

struct Replay<'a> {
    engine: &'a Engine,
    /// Of the entry.
    line: usize,
    guests: Vec<Option<Guest>>,
    instances: Vec<Option<GuestInstance>>,
    done: Replayed,
}

impl Replay<'_> {
    /// Refuses limits above those of the engine.
    fn within(&self, config: &Config) -> Result<(), ReplayError> {
        match config.limits.above(&self.engine.config().limits) {
            Some((name, recorded, limit)) => Err(ReplayError::Limit { line: self.line, name, recorded, limit }),
            None => Ok(()),
        }
    }

    /// The guest and the instance that an entry, which has been replayed, has to do with.
    fn touched(&self, entry: &Entry) -> (Option<usize>, Option<usize>) {
        match entry {
            Entry::Guest { .. } => (self.guests.len().checked_sub(1), None),
            Entry::Instance { guest, .. } => (Some(*guest), self.instances.len().checked_sub(1)),
            Entry::Call { instance, .. } => (None, Some(*instance)),
        }
    }

    fn guest(
        &mut self,
        wasm: &[u8],
        config: &Config,
        fuel: u64,
        outcome: &Outcome<(String, Vec<u8>)>,
    ) -> Result<(), ReplayError> {
        self.done.guests += 1;
        let mut stats = CallStats::default();
        let loaded = self.engine.configured(config).load_measured(wasm, &mut stats);
        let got = match &loaded {
            Ok(guest) => Outcome::Done((guest.name().to_owned(), wire::encode(guest.manifest()).unwrap_or_default())),
            Err(LoadError::Call(error)) => failed(error),
            Err(error) => Outcome::Failed(line(error)),
        };
        self.guests.push(loaded.ok());
        self.compare("the guest", config, (fuel, stats.fuel), outcome, &got)
    }

    fn instance(&mut self, guest: usize, fuel: u64, outcome: &Outcome<()>) -> Result<(), ReplayError> {
        self.done.instances += 1;
        let Some(Some(guest)) = self.guests.get(guest).cloned() else {
            self.instances.push(None);
            return self.never(outcome);
        };
        let mut stats = CallStats::default();
        let started = guest.start(&mut stats);
        let got = match &started {
            Ok(_) => Outcome::Done(()),
            Err(error) => failed(error),
        };
        self.instances.push(started.ok());
        self.compare("the instance", guest.config(), (fuel, stats.fuel), outcome, &got)
    }

    fn call(
        &mut self,
        instance: usize,
        checked: bool,
        method: &str,
        request: &[u8],
        fuel: u64,
        outcome: &Outcome<Vec<u8>>,
    ) -> Result<(), ReplayError> {
        self.done.calls += 1;
        let Some(Some(instance)) = self.instances.get_mut(instance) else { return self.never(outcome) };
        let mut stats = CallStats::default();
        let replied = instance.repeat(method, checked, request, &mut stats);
        let config = instance.config().clone();
        let got = match replied {
            Ok(reply) => Outcome::Done(reply),
            // After something outside had stopped the instance it was not used any more; here it goes on to be.
            Err(error @ CallError::Poisoned { .. }) => Outcome::Stopped(line(&error)),
            Err(error) => failed(&error),
        };
        self.compare(&format!("`{method}`"), &config, (fuel, stats.fuel), outcome, &got)
    }

    /// What a recording tells of a guest or an instance that never came into being.
    fn never<T>(&mut self, outcome: &Outcome<T>) -> Result<(), ReplayError> {
        self.done.stopped += 1;
        match outcome {
            Outcome::Stopped(_) => Ok(()),
            _ => Err(ReplayError::Differs {
                line: self.line,
                what: "the outcome".into(),
                recorded: "there".into(),
                got: "nothing that could be called".into(),
            }),
        }
    }

    fn compare<T: PartialEq + Success>(
        &mut self,
        what: &str,
        config: &Config,
        (fuel_then, fuel_now): (u64, u64),
        then: &Outcome<T>,
        now: &Outcome<T>,
    ) -> Result<(), ReplayError> {
        if matches!(then, Outcome::Stopped(_)) {
            self.done.stopped += 1;
            return Ok(());
        }
        if let Outcome::Stopped(what) = now {
            return Err(ReplayError::Stopped { line: self.line, what: what.clone() });
        }
        let differs = |what: String, then: &str, now: &str| {
            let (recorded, got) = (printable(then, SHOWN), printable(now, SHOWN));
            Err(ReplayError::Differs { line: self.line, what, recorded, got })
        };
        if then != now {
            return differs(format!("what came of {what}"), &then.to_string(), &now.to_string());
        }
        if config.profile == Profile::Deterministic && fuel_then != fuel_now {
            return differs(format!("the fuel of {what}"), &fuel_then.to_string(), &fuel_now.to_string());
        }
        Ok(())
    }
}

const SHOWN: usize = 300;
