//! Flags that several commands have: structs that clap fills, and how the habits of a Gazelle user are read.
//!
//! [`run`] is what any run over a repository can be told, [`bounds`] what it may use, [`cache`] where answers are kept,
//! [`limit`] how `--limit` is read, [`guest`] the flags that guests declare, [`junit`] a report beside what is shown; [`gazelle`] the flags of Gazelle that are not here; [`go_style`] reads `-mode print`, and [`early`]
//! what must be known before a line can be understood.

mod bounds;
mod cache;
mod early;
pub(crate) mod gazelle;
mod go_style;
mod guest;
mod junit;
mod limit;
mod run;

pub(crate) use bounds::{BoundsFlags, CallBounds};
pub(crate) use cache::{CACHE_BYTES, CacheFlags, Place, VARIABLE};
use clap::{Arg, Args, ValueEnum, builder::BoolishValueParser};
pub(crate) use early::Early;
pub(crate) use go_style::from_go_style;
pub(crate) use guest::{GuestFlag, GuestFlagValues, TakenNames, guest_flag_values, is_flag_name};
pub(crate) use junit::JunitFlag;
pub(crate) use limit::{LIMIT_HELP, LimitError, limits, with_limits};
pub(crate) use run::{RunFlags, check_languages};

/// The help text of `--log`, where nothing else depends on it.
pub(crate) const LOG_HELP: &str =
    "Lets guests write to a log, by importing `dorcas.log`, and shows it on standard error";

/// The help text of an argument that is a guest.
pub(crate) const GUEST_HELP: &str = "The guest, a .wasm file; `builtin:proto` and `builtin:python` are in this binary";

/// `--format`, where the output is for people or for machines.
#[derive(Args)]
#[group(skip)]
pub(crate) struct FormatFlag {
    #[arg(long, value_name = "FORMAT", default_value = "human", help = "For people or for machines")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

impl FormatFlag {
    /// Whether the output is for machines.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }
}

/// Makes a flag of an argument that is true where it stands alone; `-name=false` says no, as with Gazelle.
pub(crate) fn switch(arg: Arg) -> Arg {
    arg.value_name("BOOL")
        .value_parser(BoolishValueParser::new())
        .hide_possible_values(true)
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
}
