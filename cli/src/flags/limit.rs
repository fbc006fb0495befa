//! `--limit NAME=N`: the sandbox's limits.

use crate::exit::{Ends, Status};
use dorcas_host::Limits;

/// The help text of `--limit`, where it is for the guests of a run.
pub(crate) const LIMIT_HELP: &str = "Sets a limit for guests, by the name that errors have for it: \
                                     fuel_per_call=2000000000. That is for a request of up to fuel_bytes, and once \
                                     more for each fuel_bytes of it";

/// A setting that sets nothing.
#[derive(Debug, thiserror::Error)]
#[error("`--limit {setting}` sets no limit: write NAME=N, with a whole number and one of these names: {known}")]
pub(crate) struct LimitError {
    pub(crate) setting: String,
    /// The names of the limits, with commas.
    pub(crate) known: String,
}

impl Ends for LimitError {
    fn status(&self) -> Status {
        Status::Usage
    }
}

/// The usual limits with these settings, `NAME=N` each.
pub(crate) fn limits(settings: &[String]) -> Result<Limits, LimitError> {
    with_limits(Limits::default(), settings)
}

/// These limits with these settings.
pub(crate) fn with_limits(mut limits: Limits, settings: &[String]) -> Result<Limits, LimitError> {
    for setting in settings {
        let set = setting
            .split_once('=')
            .and_then(|(name, value)| value.parse().ok().map(|value| limits.set(name, value)))
            .unwrap_or(false);
        if !set {
            let known: Vec<_> = limits.list().into_iter().map(|(name, _)| name).collect();
            return Err(LimitError { setting: setting.clone(), known: known.join(", ") });
        }
    }
    Ok(limits)
}
