//! `dorcas run --profile polkadot`: one function of a runtime, its arguments and its reply as they are encoded.

use super::run::RunArgs;
use crate::{
    exit::{Ends, Failure, Status},
    flags::limits,
    guests,
    messages::{self, grouped},
};
use dorcas_host::{Config, printable};
use dorcas_polkadot::{Runtime, RuntimeError, Version};
use std::{
    fmt::Write as _,
    io::{self, BufWriter, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

/// Whose reply is shown in words.
const VERSION: &str = "Core_version";

/// A runtime that can't be run.
#[derive(Debug, thiserror::Error)]
enum PolkadotFailure {
    #[error("can't load {}: {cause}", path.display())]
    Load { path: PathBuf, cause: Box<RuntimeError> },
    #[error("can't run {}: {cause}", path.display())]
    Export { path: PathBuf, cause: Box<RuntimeError> },
    #[error("{cause}")]
    Call { cause: Box<RuntimeError> },
    #[error("a function of a runtime takes one argument, all of its arguments in hexadecimal; there are {0}")]
    Count(usize),
    #[error("`{}` is no hexadecimal: write two digits for each byte behind 0x", printable(.0, 100))]
    Argument(String),
}

impl Ends for PolkadotFailure {
    fn status(&self) -> Status {
        match self {
            Self::Load { .. } => Status::Guest,
            Self::Call { .. } => Status::Failed,
            Self::Export { .. } | Self::Count(_) | Self::Argument(_) => Status::Usage,
        }
    }
}

pub(super) fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let path = &args.module;
    let arguments = match &args.args[..] {
        [] => Vec::new(),
        [argument] => bytes(argument).ok_or_else(|| PolkadotFailure::Argument(argument.clone()))?,
        more => return Err(PolkadotFailure::Count(more.len()).into()),
    };
    let mut limits = limits(&args.limit)?;
    limits.fuel_per_call = args.fuel.unwrap_or(limits.fuel_per_call);
    let config = Config { limits, ..Config::default() };
    let code = guests::read_up_to(path, config.limits.module_bytes)?;
    let runtime = Runtime::load(&config, &code)
        .map_err(|cause| PolkadotFailure::Load { path: path.clone(), cause: cause.into() })?;
    let clock = Instant::now();
    let (reply, stats) = runtime.call_measured(&args.export, &arguments);
    if args.stats {
        let ms = clock.elapsed().as_secs_f64() * 1e3;
        messages::plain(format_args!("{} fuel, {ms:.3} ms, the instance included", grouped(stats.fuel)));
    }
    let reply = reply.map_err(|cause| match cause {
        RuntimeError::Export(_) => PolkadotFailure::Export { path: path.clone(), cause: cause.into() },
        cause => PolkadotFailure::Call { cause: cause.into() },
    })?;
    let mut out = BufWriter::new(io::stdout().lock());
    if args.export == VERSION {
        let version = Version::decode(&reply)
            .map_err(|error| PolkadotFailure::Call { cause: RuntimeError::from(error).into() })?;
        write!(out, "{version}")?;
    } else {
        let mut digits = String::from("0x");
        for byte in &reply {
            let _ = write!(digits, "{byte:02x}");
        }
        writeln!(out, "{digits}")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The bytes that hexadecimal digits stand for.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect()
}
