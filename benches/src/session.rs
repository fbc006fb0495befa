//! Who is asked, how often, in which order?
//!
//! Each subject is a process of its own. For each row all of them are asked in turns, so that what disturbs the machine
//! for a while disturbs all alike; and each as many times at once that the clock has something to measure.

use crate::{
    encoding,
    machine::{self, Machine},
    measurement::{Measurement, Needs},
    protocol::{Answer, Greeting, Order},
    record::{Cell, MissingSubject, Record, Row, Samples, WorkloadNote},
    transport,
    workload::Workload,
};
use std::{
    ffi::OsString,
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// How thorough a session is.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How many times each subject is asked for each row, unless that takes too long.
    pub rounds: usize,
    /// How long the things that are measured at once take at least.
    pub batch: Duration,
}

/// A program that may take part.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What it is called where it can't.
    pub subject: String,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What to do where there is no such program.
    pub remedy: String,
}

/// A session that could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// A file for the subjects could not be written.
    #[error("{}: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Dorcas itself did not take part: then there is nothing to compare with.
    #[error("{subject}: {why}")]
    NoReference {
        /// The subject.
        subject: String,
        /// Why.
        why: String,
    },
}

/// What the files of the guest of [`transport`] are called.
const SERVICE: &str = "service";
/// Rounds of a row end when they have taken so long, as long as there are some: a compiler takes seconds for a large module.
const ENOUGH: Duration = Duration::from_secs(12);
const LEAST_ROUNDS: usize = 3;
/// Who takes longer for a thing, in nanoseconds, does it once more than to find that out.
const LONG: f64 = 1e9;

/// Most that is done at once, whatever the clock says.
const MOST_TIMES: u64 = 1 << 22;

/// Measures all rows. The first candidate is the reference: all others must come to what it comes to.
pub fn hold(
    candidates: &[Candidate],
    measurements: &[Measurement],
    workloads: &[Workload],
    effort: Effort,
    progress: &mut dyn FnMut(usize, usize, &str),
) -> Result<Record, SessionError> {
    let files = Files::write(workloads)?;
    let (mut subjects, mut missing) = (Vec::new(), Vec::new());
    for candidate in candidates {
        match Subject::start(candidate) {
            Ok(subject) => subjects.push(subject),
            Err(why) if subjects.is_empty() => {
                return Err(SessionError::NoReference { subject: candidate.subject.clone(), why });
            }
            Err(why) => missing.push(MissingSubject { subject: candidate.subject.clone(), why }),
        }
    }
    let orders: Vec<Order> = measurements.iter().flat_map(|measure| files.orders(*measure, workloads)).collect();
    let mut machine = Machine::this();
    let mut rows = Vec::new();
    for (index, order) in orders.iter().enumerate() {
        progress(index, orders.len(), &format!("{} {}", order.measure.name(), order.workload));
        rows.push(row(&mut subjects, order, effort));
    }
    machine.load_after = machine::load();
    Ok(Record {
        date: jiff::Zoned::now().date().to_string(),
        machine,
        rounds: effort.rounds,
        subjects: subjects.iter().map(|subject| subject.greeting.clone()).collect(),
        missing,
        workloads: workloads
            .iter()
            .map(|workload| WorkloadNote { id: workload.id.into(), title: workload.title.into() })
            .collect(),
        rows,
        stages: Vec::new(),
        jobs: Vec::new(),
    })
}

/// One row: each subject finds out how many times it can do it in a batch, then all are asked in turns.
fn row(subjects: &mut [Subject], order: &Order, effort: Effort) -> Row {
    let mut expected: Option<String> = None;
    let mut taking_part: Vec<(u64, Cell)> = Vec::new();
    for subject in &mut *subjects {
        let (times, samples, bytes) = match subject.calibrate(order, effort.batch) {
            Ok(Trial { times, reply, bytes }) => match &expected {
                Some(expected) if *expected != reply => {
                    let why = format!("its work came to {reply}, not {expected}");
                    (0, Samples::Failed(why), None)
                }
                _ => {
                    expected.get_or_insert(reply);
                    (times, Samples::Measured(Vec::new()), bytes)
                }
            },
            Err(samples) => (0, samples, None),
        };
        taking_part.push((times, Cell { subject: subject.greeting.subject.clone(), samples, bytes }));
    }
    let started = Instant::now();
    for round in 0..effort.rounds {
        if round >= LEAST_ROUNDS && started.elapsed() > ENOUGH {
            break;
        }
        // Whoever comes first in a round comes last in the next.
        for turn in 0..subjects.len() {
            let index = (turn + round) % subjects.len();
            let (times, Cell { samples, .. }) = &mut taking_part[index];
            let Samples::Measured(numbers) = samples else { continue };
            if numbers.last().is_some_and(|last| *last > LONG) {
                continue;
            }
            match subjects[index].ask(order, *times) {
                #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
                Answer::Done { nanoseconds, reply, .. } if Some(&reply) == expected.as_ref() => {
                    numbers.push(nanoseconds as f64 / *times as f64);
                }
                Answer::Done { reply, .. } => {
                    *samples = Samples::Failed(format!("in a later round it came to {reply}"));
                }
                Answer::Missing { why } | Answer::Failed { why } => *samples = Samples::Failed(why),
            }
        }
    }
    let cells = taking_part.into_iter().map(|(_, cell)| cell).collect();
    Row { measure: order.measure, workload: order.workload.clone(), cells }
}

/// The modules and requests, where processes find them.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn write(workloads: &[Workload]) -> Result<Self, SessionError> {
        let folder = tempfile::tempdir().map_err(|cause| SessionError::Write { path: std::env::temp_dir(), cause })?;
        let put = |id: &str, name: &str, bytes: &[u8]| {
            let path = Self::path(folder.path(), id, name);
            fs::write(&path, bytes).map_err(|cause| SessionError::Write { path, cause })
        };
        for workload in workloads {
            for (name, bytes) in [
                ("wasm", &workload.wasm[..]),
                ("simple", &workload.simple.request),
                ("expensive", &workload.expensive.request),
            ] {
                put(workload.id, name, bytes)?;
            }
        }
        put(SERVICE, "wasm", &transport::guest())?;
        for (id, len) in transport::SIZES {
            put(id, "message", &transport::message(len))?;
        }
        for (id, files) in encoding::FILES {
            put(id, "message", &encoding::request(files))?;
        }
        Ok(Self { folder })
    }

    fn path(folder: &Path, workload: &str, name: &str) -> PathBuf {
        folder.join(format!("{workload}.{name}"))
    }

    /// The rows of a measurement.
    fn orders(&self, measure: Measurement, workloads: &[Workload]) -> Vec<Order> {
        let bare = Order { measure, workload: String::new(), module: None, method: None, request: None, times: 1 };
        let message = |id: &str| Order {
            workload: id.into(),
            request: Some(Self::path(self.folder.path(), id, "message")),
            ..bare.clone()
        };
        match measure.needs() {
            Needs::Nothing => return vec![bare],
            Needs::Message => {
                let method = if measure == Measurement::ServiceEcho { "generate_rules" } else { "find" };
                let module = Self::path(self.folder.path(), SERVICE, "wasm");
                let to_guest = |order| Order { module: Some(module.clone()), method: Some(method.into()), ..order };
                return transport::SIZES.iter().map(|(id, _)| to_guest(message(id))).collect();
            }
            Needs::Value => return encoding::FILES.iter().map(|(id, _)| message(id)).collect(),
            Needs::Module | Needs::Simple | Needs::Expensive => {}
        }
        let order = |workload: &Workload| {
            let path = |name| Some(Self::path(self.folder.path(), workload.id, name));
            let of = Order { workload: workload.id.into(), module: path("wasm"), ..bare.clone() };
            let (call, request) = match measure.needs() {
                Needs::Simple => (&workload.simple, "simple"),
                Needs::Expensive => (&workload.expensive, "expensive"),
                _ => return of,
            };
            Order { method: Some(call.method.into()), request: path(request), ..of }
        };
        // Compilers take many seconds for what Go's makes; those that keep nothing of it would take them twice each time.
        let is_measured = |workload: &&Workload| measure != Measurement::ModuleLoadingWarm || workload.id != "go";
        workloads.iter().filter(is_measured).map(order).collect()
    }
}

/// What a subject does in a batch.
struct Trial {
    times: u64,
    reply: String,
    bytes: Option<u64>,
}

/// A process that is measured.
struct Subject {
    greeting: Greeting,
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Subject {
    fn start(candidate: &Candidate) -> Result<Self, String> {
        let told = |what: &str| format!("{}: {what}; {}", candidate.program.display(), candidate.remedy);
        let mut child = Command::new(&candidate.program)
            .args(&candidate.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|cause| told(&cause.to_string()))?;
        let orders = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().expect("it was piped"));
        let mut line = String::new();
        let greeting = answers
            .read_line(&mut line)
            .map_err(|cause| cause.to_string())
            .and_then(|_| serde_json::from_str(&line).map_err(|_| format!("it said `{}`", line.trim_end())));
        match greeting {
            Ok(greeting) => Ok(Self { greeting, child, orders, answers }),
            Err(why) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(told(&why))
            }
        }
    }

    /// How many times it does a thing in a batch, and what it comes to.
    fn calibrate(&mut self, order: &Order, batch: Duration) -> Result<Trial, Samples> {
        let mut times = 1;
        loop {
            match self.ask(order, times) {
                Answer::Done { nanoseconds, reply, bytes } => {
                    if u128::from(nanoseconds) >= batch.as_nanos() || times >= MOST_TIMES {
                        return Ok(Trial { times, reply, bytes });
                    }
                    times *= 2;
                }
                Answer::Missing { why } => return Err(Samples::Missing(why)),
                Answer::Failed { why } => return Err(Samples::Failed(why)),
            }
        }
    }

    fn ask(&mut self, order: &Order, times: u64) -> Answer {
        let order = Order { times, ..order.clone() };
        self.exchange(&order).unwrap_or_else(|cause| Answer::Failed { why: cause.to_string() })
    }

    fn exchange(&mut self, order: &Order) -> io::Result<Answer> {
        let ended = || io::Error::other("it ended");
        let orders = self.orders.as_mut().ok_or_else(ended)?;
        serde_json::to_writer(&mut *orders, order)?;
        orders.write_all(b"\n")?;
        orders.flush()?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            self.orders = None;
            return Err(ended());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // The end of its input is what tells it to go.
        self.orders = None;
        let _ = self.child.wait();
    }
}
