use crate::{error::Exceeded, record::Recorder};
use std::{
    fmt,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

/// What the calls of one run have in common: a total of fuel, a way to stop them all, and a record.
///
/// ```
/// # use dorcas_host::{CallError, Engine, LoadError, Run};
/// let run = Run::new().with_fuel(10_000_000_000);
/// let engine = Engine::default().in_run(&run);
///
/// // Any thread may stop what is running, and what has not begun yet.
/// let clone = run.clone();
/// std::thread::spawn(move || clone.interrupt()).join().unwrap();
///
/// let wasm = wat::parse_str(include_str!("../tests/guests/good.wat"))?;
/// assert!(matches!(engine.load(&wasm), Err(LoadError::Call(CallError::Interrupted { .. }))));
/// # Ok::<(), wat::Error>(())
/// ```
///
/// Clones are the same run. A run that is neither interrupted nor out of fuel changes nothing about any call: not its
/// result, not its fuel.
#[derive(Clone)]
pub struct Run(Arc<Shared>);

struct Shared {
    fuel_limit: AtomicU64,
    fuel_used: AtomicU64,
    out_of_fuel: AtomicBool,
    interrupted: AtomicBool,
    recorder: Option<Arc<Recorder>>,
}

impl Run {
    /// A run without bounds of its own.
    pub fn new() -> Self {
        Self::with(u64::MAX, None)
    }

    /// The same with a total of fuel for all calls, to be set before anything runs.
    ///
    /// Whether all calls together stay within it doesn't depend on their order nor on the number of threads: if they do,
    /// none of them fails for it, and if they don't, at least one of them does, with [`Exceeded::Run`].
    ///
    /// [`Exceeded::Run`]: crate::Exceeded::Run
    #[must_use]
    pub fn with_fuel(self, fuel_limit: u64) -> Self {
        Self::with(fuel_limit, self.0.recorder.clone())
    }

    /// The same with a record of all that is loaded and called, to be set before anything runs: a
    /// [`Recording`](crate::Recording). It is written as things happen, in small pieces; its end comes with
    /// [`Run::finish_record`].
    #[must_use]
    pub fn with_record(self, out: impl Write + Send + 'static) -> Self {
        let out = Box::new(io::BufWriter::new(out));
        Self::with(self.fuel_limit(), Some(Arc::new(Recorder::new(out))))
    }

    fn with(fuel_limit: u64, recorder: Option<Arc<Recorder>>) -> Self {
        Self(Arc::new(Shared {
            fuel_limit: AtomicU64::new(fuel_limit),
            fuel_used: AtomicU64::new(0),
            out_of_fuel: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            recorder,
        }))
    }

    /// Ends the record. Fails with the first error there was in writing it; what is called later is not in it.
    pub fn finish_record(&self) -> io::Result<()> {
        self.0.recorder.as_ref().map_or(Ok(()), |recorder| recorder.finish())
    }

    /// Stops the calls that are running, within some milliseconds, and refuses those that begin later. For good: the next
    /// run is another one.
    ///
    /// A call can be stopped anywhere in the deterministic profile, unless the module has the instruction `table.grow`
    /// ([`Outline::grows_table`](crate::Outline::grows_table)); otherwise before and after each function that the host
    /// calls, of which none runs longer than its fuel. Loading is stopped when the guest runs, not while it is compiled.
    pub fn interrupt(&self) {
        self.0.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether it was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.0.interrupted.load(Ordering::Relaxed)
    }

    /// Fuel of all calls that have ended, and work that was [charged](crate::Guest::charge). At 2^64 - 1 it stays.
    pub fn fuel_used(&self) -> u64 {
        self.0.fuel_used.load(Ordering::Relaxed)
    }

    /// Whether there is a record of it.
    pub fn is_recorded(&self) -> bool {
        self.0.recorder.is_some()
    }

    pub(crate) fn recorder(&self) -> Option<&Arc<Recorder>> {
        self.0.recorder.as_ref()
    }

    /// The total of fuel: [`Run::with_fuel`].
    pub fn fuel_limit(&self) -> u64 {
        self.0.fuel_limit.load(Ordering::Relaxed)
    }

    /// Adds to the total, where it turns out how much there is to do. To be said before the calls that need it.
    pub fn allow(&self, fuel: u64) {
        saturating_add(&self.0.fuel_limit, fuel);
    }

    /// Whether a call has failed because the total was used up.
    pub fn is_out_of_fuel(&self) -> bool {
        self.0.out_of_fuel.load(Ordering::Relaxed)
    }

    /// The error of a call for which the total is too little.
    pub(crate) fn exceeded(&self) -> Exceeded {
        self.0.out_of_fuel.store(true, Ordering::Relaxed);
        Exceeded::Run { limit: self.fuel_limit() }
    }

    /// What a call that begins now may use.
    pub(crate) fn fuel_left(&self) -> u64 {
        self.fuel_limit().saturating_sub(self.fuel_used())
    }

    /// Adds what a call has used. False if the run has used too much now, or more than can be counted.
    pub(crate) fn charge(&self, fuel: u64) -> bool {
        saturating_add(&self.0.fuel_used, fuel).is_some_and(|sum| sum <= self.fuel_limit())
    }
}

/// The sum, which stays where it would wrap; none if it would.
fn saturating_add(to: &AtomicU64, more: u64) -> Option<u64> {
    let sum = |before: u64| Some(before.saturating_add(more));
    let before = to.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum).unwrap_or(u64::MAX);
    before.checked_add(more)
}

impl Default for Run {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("fuel_limit", &self.fuel_limit())
            .field("fuel_used", &self.fuel_used())
            .field("is_interrupted", &self.is_interrupted())
            .finish()
    }
}
