use crate::{
    config::Config,
    digest::Digest,
    record::entry::{Entry, Outcome},
};

mod parse;
mod replay;
mod span;

pub use parse::RecordingError;
pub use replay::{ReplayError, Replayed};

/// What a run did: each guest with its limits, each instance, each call with its bytes and its fuel.
///
/// [`Run::with_record`](crate::Run::with_record) writes one. It is a text of lines, to be compared, searched and sent by
/// mail; a program reads it with [`Recording::parse`], and [`Recording::replay`] does everything again, anywhere.
///
/// ```
/// # use dorcas_host::{Engine, Recording, Run};
/// let wasm = wat::parse_str(include_str!("../../tests/guests/good.wat"))?;
/// # let file = std::env::temp_dir().join(format!("dorcas-recording-{}", std::process::id()));
/// let run = Run::new().with_record(std::fs::File::create(&file)?);
/// let guest = Engine::default().in_run(&run).load(&wasm)?;
/// guest.call_bytes("generate_rules", b"\0")?;
/// run.finish_record()?;
///
/// let recording = Recording::parse(&std::fs::read_to_string(&file)?)?;
/// # std::fs::remove_file(&file)?;
/// let replayed = recording.replay(|digest| (*digest == guest.digest()).then(|| wasm.clone()))?;
/// assert_eq!(replayed.calls, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The modules themselves are not in it, only their digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    entries: Vec<Entry>,
}

/// A call of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedCall<'a> {
    /// The module.
    pub digest: Digest,
    /// The name of its language.
    pub language: &'a str,
    /// The name of the method's export.
    pub method: &'a str,
    /// The request's bytes.
    pub request: &'a [u8],
    /// The reply's bytes, which are an error of the guest's too, or what the host said of the call.
    pub outcome: Result<&'a [u8], &'a str>,
}

impl Recording {
    /// The modules that a replay needs.
    pub fn modules(&self) -> Vec<Digest> {
        let mut digests: Vec<_> = self.guests().map(|(digest, _)| *digest).collect();
        digests.sort();
        digests.dedup();
        digests
    }

    /// Number of calls.
    pub fn calls(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry, Entry::Call { .. })).count()
    }

    /// The calls, in their order, with what came of each.
    pub fn recorded_calls(&self) -> impl Iterator<Item = RecordedCall<'_>> {
        let mut guests = Vec::new();
        let mut instances = Vec::new();
        self.entries.iter().filter_map(move |entry| match entry {
            Entry::Guest { digest, outcome, .. } => {
                let language = if let Outcome::Done((name, _)) = outcome { Some(name.as_str()) } else { None };
                guests.push((*digest, language));
                None
            }
            Entry::Instance { guest, .. } => {
                instances.push(*guest);
                None
            }
            Entry::Call { instance, method, request, outcome, .. } => {
                let (digest, language) = *guests.get(*instances.get(*instance)?)?;
                let outcome = match outcome {
                    Outcome::Done(reply) => Ok(reply.as_slice()),
                    Outcome::Failed(error) | Outcome::Stopped(error) => Err(error.as_str()),
                };
                Some(RecordedCall { digest, language: language?, method, request, outcome })
            }
        })
    }

    fn guests(&self) -> impl Iterator<Item = (&Digest, &Config)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Guest { digest, config, .. } => Some((digest, config)),
            _ => None,
        })
    }
}
