//! When is a run's time over, and who else may end it?

use crate::exit::{Ends, Failure, Status};
use dorcas_gazelle::RunError;
use dorcas_host::Run;
use std::{
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

/// The run that Ctrl-C ends.
static RUNNING: Mutex<Option<Run>> = Mutex::new(None);
/// Whether it has ended one.
static IS_PRESSED: AtomicBool = AtomicBool::new(false);

/// Interrupts a run when its time is over, or by Ctrl-C.
pub(crate) struct Timer {
    time: Option<Duration>,
    is_over: Arc<AtomicBool>,
    done: Option<Sender<()>>,
}

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("the run was not done within its time, --timeout {}; nothing was written", in_seconds(*.0))]
    Timeout(Duration),
    #[error("the run was interrupted; nothing was written")]
    Interrupted,
}

impl Ends for Stopped {
    fn status(&self) -> Status {
        match self {
            Self::Timeout(_) => Status::System,
            Self::Interrupted => Status::Interrupted,
        }
    }
}

impl Timer {
    /// Starts to wait, if the run has a time, and for Ctrl-C.
    pub(crate) fn start(time: Option<Duration>, run: &Run) -> Self {
        listen(run);
        let is_over = Arc::new(AtomicBool::new(false));
        let done = time.map(|time| {
            let (done, ended) = mpsc::channel::<()>();
            let (is_over, run) = (Arc::clone(&is_over), run.clone());
            thread::spawn(move || {
                if ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                    is_over.store(true, Relaxed);
                    run.interrupt();
                }
            });
            done
        });
        Self { time, is_over, done }
    }

    /// Ends the waiting, and returns the run's outcome.
    pub(crate) fn stop<T>(mut self, outcome: Result<T, RunError>) -> Result<T, Failure> {
        drop(self.done.take());
        match outcome {
            Err(RunError::Interrupted) => Err(self.reason()),
            outcome => Ok(outcome?),
        }
    }

    /// Why the run was interrupted.
    pub(crate) fn reason(&self) -> Failure {
        match self.time {
            Some(time) if self.is_over.load(Relaxed) => Stopped::Timeout(time).into(),
            _ if IS_PRESSED.load(Relaxed) => Stopped::Interrupted.into(),
            _ => RunError::Interrupted.into(),
        }
    }
}

/// Lets Ctrl-C end a run, and the second one the program. Without a handler the system ends it at once.
fn listen(run: &Run) {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if running.replace(run.clone()).is_some() {
        return;
    }
    drop(running);
    let _ = ctrlc::set_handler(|| {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match running {
            Some(run) if !IS_PRESSED.swap(true, Relaxed) => run.interrupt(),
            _ => process::exit(Status::Interrupted as i32),
        }
    });
}

/// A time as `--timeout` takes it.
fn in_seconds(time: Duration) -> String {
    match time.subsec_millis() {
        0 => format!("{}s", time.as_secs()),
        _ => format!("{}ms", time.as_millis()),
    }
}
