//! How long may a run take, and how much may it use?

use crate::{exit::Failure, guests, messages};
use clap::{Arg, ArgMatches, value_parser};
use dorcas_gazelle::{Options, RunError};
use dorcas_host::{Limits, Run};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

/// The fuel of a run is that of this number of calls, and of one more for each directory: many times what languages need.
const CALLS: u64 = 250;

/// What a run may take as a whole.
pub(crate) fn flags() -> [Arg; 4] {
    let number = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(u64))
    };
    [
        Arg::new("timeout")
            .long("timeout")
            .value_name("TIME")
            .value_parser(time)
            .help("Ends the run after a time, 30s or 5m, with exit status 4; nothing is written then"),
        number("run-fuel", "N").help(
            "Fuel of all calls of guests together; where it isn't given it grows with the directories, and with \
                 `--limit fuel_per_call`",
        ),
        number("kept-bytes", "N").help(
            "Bytes that are kept for guests until all directories are done, beside 1 MiB for each [default: 536870912]",
        ),
        number("directory-bytes", "N")
            .help("Bytes that what guests say about one directory may take [default: 134217728]"),
    ]
}

/// A time as people write it: `30s`, `5m`, `500ms`; a number alone is seconds.
fn time(text: &str) -> Result<Duration, String> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let milliseconds = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("write a number and ms, s, m or h: 30s".into()),
    };
    let number: u64 = number.parse().map_err(|_| "write a number and ms, s, m or h: 30s".to_owned())?;
    number.checked_mul(milliseconds).map(Duration::from_millis).ok_or_else(|| "that is too long".into())
}

/// The run for all calls, with the fuel that it may use.
pub(crate) fn run(matches: &ArgMatches, record: Option<Run>) -> Run {
    let fuel = matches.get_one::<u64>("run-fuel").copied();
    let fuel = fuel.unwrap_or_else(|| fuel_per_call(matches).saturating_mul(CALLS));
    record.unwrap_or_default().with_fuel(fuel)
}

/// The fuel of a call, as `--limit` says. A setting that is none is refused where the guests are loaded.
fn fuel_per_call(matches: &ArgMatches) -> u64 {
    guests::limits(Limits::default(), guests::settings(matches)).unwrap_or_default().fuel_per_call
}

/// The same run with what it may keep.
pub(crate) fn options(matches: &ArgMatches, run: &Run, options: Options) -> Options {
    let number = |name: &str, default: u64| matches.get_one::<u64>(name).copied().unwrap_or(default);
    Options {
        run: Some(run.clone()),
        fuel_per_directory: if matches.contains_id("run-fuel") { 0 } else { fuel_per_call(matches) },
        kept_bytes: number("kept-bytes", options.kept_bytes),
        directory_bytes: number("directory-bytes", options.directory_bytes),
        ..options
    }
}

/// Interrupts a run when its time is over.
pub(crate) struct Timer {
    time: Option<Duration>,
    is_over: Arc<AtomicBool>,
    done: Option<Sender<()>>,
}

impl Timer {
    pub(crate) fn start(matches: &ArgMatches, run: &Run) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let time = matches.get_one::<Duration>("timeout").copied();
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

    /// Ends the waiting, and says what the run came to.
    pub(crate) fn stop<T>(mut self, outcome: Result<T, RunError>) -> Result<T, Failure> {
        drop(self.done.take());
        match (outcome, self.time) {
            (Err(RunError::Interrupted), Some(time)) if self.is_over.load(Relaxed) => Err(Failure::Timeout { time }),
            (outcome, _) => Ok(outcome?),
        }
    }
}

/// Most messages that are shown one by one.
const SHOWN: usize = 10_000;
/// Most bytes of these.
const SHOWN_BYTES: usize = 4 << 20;

/// Shows messages up to a total, and counts those beyond.
pub(crate) fn show<'d>(diagnostics: impl ExactSizeIterator<Item = &'d dorcas_gazelle::Diagnostic>) {
    let (mut left, mut bytes) = (diagnostics.len(), 0);
    for (number, diagnostic) in diagnostics.enumerate() {
        bytes += diagnostic.message.len() + diagnostic.path.len();
        if number >= SHOWN || bytes > SHOWN_BYTES {
            messages::say(
                &dorcas_abi::message::Severity::Note,
                format!("and {left} more messages; --format json has all"),
            );
            return;
        }
        messages::say(&diagnostic.severity, diagnostic);
        left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (text, milliseconds) in [("30s", 30_000), ("5m", 300_000), ("500ms", 500), ("7", 7_000), ("1h", 3_600_000)]
        {
            assert_eq!(time(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "1d", "-1s", "1.5s", "99999999999999999999s", "18446744073709551615h"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
