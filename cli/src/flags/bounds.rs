//! How long may a run take, and how much may it use?

use super::limit::limits;
use clap::Args;
use dorcas_gazelle::Options;
use dorcas_host::Run;
use std::time::Duration;

/// The fuel of a run is that of this number of calls, and of one more for each directory: many times what languages need.
const CALLS: u64 = 250;

/// What all calls of a run may take together.
#[derive(Args)]
#[group(skip)]
pub(crate) struct CallBounds {
    #[arg(long, value_name = "TIME", value_parser = time,
          help = "Ends the run after a time, 30s or 5m, with exit status 4; nothing is written then")]
    pub(crate) timeout: Option<Duration>,
    #[arg(
        long,
        value_name = "N",
        help = "Fuel of all calls of guests together; where it isn't given it grows with the directories, and with \
                  `--limit fuel_per_call`"
    )]
    run_fuel: Option<u64>,
}

/// What a run may take as a whole.
#[derive(Args)]
#[group(skip)]
pub(crate) struct BoundsFlags {
    #[command(flatten)]
    pub(crate) calls: CallBounds,
    #[arg(
        long,
        value_name = "N",
        help = "Bytes that are kept for guests until all directories are done, beside 1 MiB for each \
                  [default: 536870912]"
    )]
    kept_bytes: Option<u64>,
    #[arg(
        long,
        value_name = "N",
        help = "Bytes that what guests say about one directory may take [default: 134217728]"
    )]
    directory_bytes: Option<u64>,
}

impl BoundsFlags {
    /// The run for all calls, with the fuel that it may use; `settings` are those of `--limit`.
    pub(crate) fn run(&self, settings: &[String], record: Option<Run>) -> Run {
        record.unwrap_or_default().with_fuel(self.calls.fuel(settings, 0))
    }

    /// Those that were given, as arguments of another command line.
    pub(crate) fn as_arguments(&self) -> Vec<String> {
        let numbers = [
            ("run-fuel", self.calls.run_fuel),
            ("kept-bytes", self.kept_bytes),
            ("directory-bytes", self.directory_bytes),
        ];
        let numbers = numbers.into_iter().filter_map(|(name, number)| Some(format!("--{name}={}", number?)));
        numbers.chain(self.calls.timeout.map(|time| format!("--timeout={}ms", time.as_millis()))).collect()
    }

    /// The options with this run, and with what it may keep.
    pub(crate) fn options(&self, settings: &[String], run: &Run, options: Options) -> Options {
        Options {
            run: Some(run.clone()),
            fuel_per_directory: if self.calls.run_fuel.is_some() { 0 } else { fuel_per_call(settings) },
            kept_bytes: self.kept_bytes.unwrap_or(options.kept_bytes),
            directory_bytes: self.directory_bytes.unwrap_or(options.directory_bytes),
            ..options
        }
    }
}

impl CallBounds {
    /// The fuel of a run of so many calls; `settings` are those of `--limit`.
    pub(crate) fn fuel(&self, settings: &[String], calls: usize) -> u64 {
        let calls = CALLS.saturating_add(calls as u64);
        self.run_fuel.unwrap_or_else(|| fuel_per_call(settings).saturating_mul(calls))
    }
}

/// The fuel of a call, as `--limit` says. A setting that is none is refused where the guests are loaded.
fn fuel_per_call(settings: &[String]) -> u64 {
    limits(settings).unwrap_or_default().fuel_per_call
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
