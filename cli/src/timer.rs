//! When is a run's time over?

use crate::exit::{Ends, Failure, Status};
use dorcas_gazelle::RunError;
use dorcas_host::Run;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

/// Interrupts a run when its time is over.
pub(crate) struct Timer {
    time: Option<Duration>,
    is_over: Arc<AtomicBool>,
    done: Option<Sender<()>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the run was not done within its time, --timeout {}; nothing was written", in_seconds(*time))]
struct Timeout {
    time: Duration,
}

impl Ends for Timeout {
    fn status(&self) -> Status {
        Status::System
    }
}

impl Timer {
    /// Starts to wait, if the run has a time.
    pub(crate) fn start(time: Option<Duration>, run: &Run) -> Self {
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
        match (outcome, self.time) {
            (Err(RunError::Interrupted), Some(time)) if self.is_over.load(Relaxed) => Err(Timeout { time }.into()),
            (outcome, _) => Ok(outcome?),
        }
    }
}

/// A time as `--timeout` takes it.
fn in_seconds(time: Duration) -> String {
    match time.subsec_millis() {
        0 => format!("{}s", time.as_secs()),
        _ => format!("{}ms", time.as_millis()),
    }
}
