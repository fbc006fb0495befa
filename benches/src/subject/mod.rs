//! How do Dorcas, wasmi alone, and native code do what is measured?

mod dorcas;
mod native;
mod raw;

use crate::{
    encoding::{CapNProto, CapNProtoPacked, Encoded, Json, Postcard},
    measurement::{Measurement, Needs},
    protocol::{Answer, Greeting, Order},
    transport::{Child, Fresh, Line},
};
pub use dorcas::Dorcas;
use dorcas_host::{Config, Limits};
pub use native::Native;
pub use raw::{Raw, Settings};
use sha2::{Digest as _, Sha256};
use std::{
    error::Error,
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

/// How Dorcas is set up: as it comes, with fuel enough for a guest in Go.
pub fn config() -> Config {
    Config { limits: Limits { fuel_per_call: FUEL, ..Limits::default() }, ..Config::default() }
}

/// What Dorcas and wasmi alone give a call.
const FUEL: u64 = 10_000_000_000;

/// Something that is measured within this process.
pub trait Subject {
    /// Who it is.
    fn greeting(&self) -> Greeting;

    /// Does a thing as many times as ordered.
    ///
    /// What isn't part of the thing, like reading the module, is done before the clock is read.
    fn measure(&mut self, task: &Task) -> Result<Outcome, Box<dyn Error>>;
}

/// An order with the files that it names.
#[derive(Clone, Debug)]
pub struct Task {
    /// What.
    pub measure: Measurement,
    /// Id of the workload.
    pub workload: String,
    /// The module; empty where none is needed.
    pub module: Vec<u8>,
    /// The export; empty where none is needed.
    pub method: String,
    /// The request; empty where none is needed.
    pub request: Vec<u8>,
    /// How many times.
    pub times: u64,
}

/// What it took, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done {
        /// All the times together.
        took: Duration,
        /// The last reply or name; empty where there is none.
        reply: Vec<u8>,
        /// Length of what was made, where that is a part of the question.
        bytes: Option<u64>,
    },
    /// There is nothing like it here.
    Missing(&'static str),
}

impl Outcome {
    /// It was done, and how long the reply is doesn't matter.
    pub fn done(took: Duration, reply: Vec<u8>) -> Self {
        Self::Done { took, reply, bytes: None }
    }
}

/// The subjects of this crate, by the name of the command line.
pub fn named(name: &str) -> Option<Box<dyn Subject>> {
    Some(match name {
        "dorcas" => Box::new(Dorcas::default()),
        "wasmi" => Box::new(Raw::new(Settings::OfDorcas)),
        "wasmi-unmetered" => Box::new(Raw::new(Settings::Unmetered)),
        "native" => Box::new(Native),
        "fresh" => Box::new(Fresh::default()),
        "pipes" => Box::new(Child::new(Line::Pipes)),
        "socket" => Box::new(Child::new(Line::UnixSocket)),
        "spawned" => Box::new(Child::new(Line::Spawned)),
        "postcard" => Box::new(Encoded::<Postcard>::default()),
        "capnp" => Box::new(Encoded::<CapNProto>::default()),
        "capnp-packed" => Box::new(Encoded::<CapNProtoPacked>::default()),
        "json" => Box::new(Encoded::<Json>::default()),
        _ => return None,
    })
}

/// Names for [`named`].
pub const NAMES: [&str; 12] = [
    "dorcas",
    "wasmi",
    "wasmi-unmetered",
    "native",
    "fresh",
    "pipes",
    "socket",
    "spawned",
    "postcard",
    "capnp",
    "capnp-packed",
    "json",
];

/// Answers an order.
pub fn answer(subject: &mut dyn Subject, order: &Order) -> Answer {
    match task(order).and_then(|task| subject.measure(&task)) {
        Ok(Outcome::Done { took, reply, bytes }) => {
            let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
            Answer::Done { nanoseconds, reply: digest(&reply), bytes }
        }
        Ok(Outcome::Missing(why)) => Answer::Missing { why: why.into() },
        Err(error) => Answer::Failed { why: error.to_string() },
    }
}

/// SHA-256 in hexadecimal digits; nothing of nothing.
pub fn digest(reply: &[u8]) -> String {
    let mut text = String::new();
    if !reply.is_empty() {
        for byte in Sha256::digest(reply) {
            let _ = write!(text, "{byte:02x}");
        }
    }
    text
}

fn task(order: &Order) -> Result<Task, Box<dyn Error>> {
    let read = |path: &Option<_>| -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(path.as_ref().map(fs::read).transpose()?.unwrap_or_default())
    };
    let task = Task {
        measure: order.measure,
        workload: order.workload.clone(),
        module: read(&order.module)?,
        method: order.method.clone().unwrap_or_default(),
        request: read(&order.request)?,
        times: order.times.max(1),
    };
    if !matches!(order.measure.needs(), Needs::Nothing | Needs::Value) && task.module.is_empty() {
        return Err(format!("{} needs a module", order.measure.name()).into());
    }
    Ok(task)
}

/// Does something so many times; the last result counts.
fn timed<T>(times: u64, mut work: impl FnMut() -> Result<T, Box<dyn Error>>) -> Result<(Duration, T), Box<dyn Error>> {
    let started = Instant::now();
    for _ in 1..times {
        std::hint::black_box(work()?);
    }
    let last = work()?;
    Ok((started.elapsed(), last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload;

    /// Every subject does the same work for every measurement that it has, once and several times.
    #[test]
    fn all_subjects_come_to_the_same() {
        for workload in workload::all() {
            for measure in Measurement::ALL.into_iter().filter(|measure| measure.is_of_guests()) {
                let call = if measure.needs() == Needs::Expensive { &workload.expensive } else { &workload.simple };
                let task = |times| Task {
                    measure,
                    workload: workload.id.into(),
                    module: workload.wasm.to_vec(),
                    method: call.method.into(),
                    request: call.request.clone(),
                    times,
                };
                let mut replies = Vec::new();
                for name in NAMES {
                    for times in [1, 3] {
                        match named(name).unwrap().measure(&task(times)).unwrap() {
                            Outcome::Done { reply, .. } => replies.push((name, reply)),
                            Outcome::Missing(why) => assert!(!why.is_empty()),
                        }
                    }
                }
                let Some((_, first)) = replies.first().cloned() else { continue };
                for (name, reply) in replies {
                    assert_eq!(reply, first, "{name}, {}, {}", measure.name(), workload.id);
                }
                let is_call = matches!(measure.needs(), Needs::Simple | Needs::Expensive);
                assert_eq!(first.is_empty(), !is_call && !measure.name().starts_with("lang_name"));
            }
        }
    }

    #[test]
    fn an_order_without_its_module() {
        let order = Order {
            measure: Measurement::LangName,
            workload: "text".into(),
            module: None,
            method: None,
            request: None,
            times: 1,
        };
        let why = "lang_name needs a module".to_owned();
        assert_eq!(answer(&mut Dorcas::default(), &order), Answer::Failed { why });
    }
}
