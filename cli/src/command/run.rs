//! `dorcas run`: one function of any module, numbers in and numbers out.

use crate::{
    bazel,
    exit::{Ends, Failure, Status},
    flags::limits,
    guests,
    messages::{self, grouped},
};
use clap::{Args, ValueEnum};
use dorcas_host::{
    At, CallError, Config, Engine, Exceeded, ExportError, ExternType, Features, FunctionType, LoadError, Module,
    States, Value, ValueType, printable,
};
use dorcas_seal::{Options, SealError, seal};
use std::{
    io::{self, BufWriter, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

const EXAMPLES: &str = "\
Examples:
  dorcas run add.wasm add 1 2
  dorcas run --stats --fuel 1000000 add.wasm add 1 -2
  dorcas run --features mvp old.wasm f 0x10
  dorcas run --profile polkadot runtime.wasm Core_version
  dorcas run --seal reactor.wasm add 1 2          a module of Go or C, whose imports of WASI are answered
                                                  inside it, as `dorcas seal` does

The types of the function say how arguments are read: an integer may be signed, unsigned, or
hexadecimal behind 0x; a float may be inf or nan. Each result is a line.

Exit status: 0 it returned; 1 it trapped, or used up a limit; 2 the command line is wrong, or the
module has no such function; 3 the module can't be loaded.";

/// Most bytes of one text of a module's.
const MAX_TEXT_BYTES: usize = 1000;

/// A host with an interface of its own.
#[derive(Clone, Copy, ValueEnum)]
enum Profile {
    Polkadot,
}

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct RunArgs {
    #[arg(value_name = "MODULE", value_parser = bazel::input(), help = "Any WebAssembly module, a .wasm file; it need not be a guest")]
    pub(super) module: PathBuf,
    #[arg(value_name = "EXPORT", help = "Name of the function, as exported")]
    pub(super) export: String,
    #[arg(
        value_name = "ARG",
        help = "A number for each parameter",
        allow_hyphen_values = true,
        trailing_var_arg = true
    )]
    pub(super) args: Vec<String>,
    #[arg(long, value_name = "N", help = "Fuel of the call, beside that of making the instance")]
    pub(super) fuel: Option<u64>,
    #[arg(long, help = "Shows fuel, time and memory on standard error")]
    pub(super) stats: bool,
    #[arg(
        long,
        value_name = "SET",
        default_value = "abi",
        help = "Which parts of WebAssembly the module may use: abi, mvp, or mvp with more, mvp+bulk-memory+multi-value"
    )]
    features: String,
    #[arg(long, help = "Answers imports of WASI inside the module first")]
    seal: bool,
    #[arg(
        long,
        value_name = "NAME=N",
        help = "Sets a limit, by the name that errors have for it: memory_bytes=1000000"
    )]
    pub(super) limit: Vec<String>,
    #[arg(
        long,
        value_name = "NAME",
        value_enum,
        conflicts_with_all = ["features", "seal"],
        help = "Calls the module as a host of this kind does; for polkadot ARG is the arguments in hexadecimal, 0x..."
    )]
    profile: Option<Profile>,
}

/// A function that can't be run.
#[derive(Debug, thiserror::Error)]
enum RunFailure {
    #[error("`--features {features}` is no set of features: write abi, mvp, or mvp with names behind it, mvp+{known}")]
    Features { features: String, known: String },
    #[error("can't load {}: {cause}{hint}", path.display(), hint = seal_hint(cause))]
    Load { path: PathBuf, cause: Box<LoadError> },
    #[error("can't seal {}: {cause}", path.display())]
    Seal { path: PathBuf, cause: Box<SealError> },
    #[error("can't run {}: {cause}", path.display())]
    Export { path: PathBuf, cause: Box<ExportError> },
    #[error(
        "`{}` is a function {ty}: it takes {} and not {got}",
        printable(export, MAX_TEXT_BYTES),
        messages::count(ty.params.len(), "number", "numbers")
    )]
    Count { export: String, ty: FunctionType, got: usize },
    #[error(
        "`{}` is no {ty}: argument {position} of {}",
        printable(arg, MAX_TEXT_BYTES),
        printable(function, MAX_TEXT_BYTES)
    )]
    Argument { function: String, position: usize, arg: String, ty: ValueType },
    #[error("{at} used up its fuel of {fuel} (`--fuel N`)")]
    Fuel { at: At, fuel: u64 },
}

/// How the command itself answers imports of WASI.
fn seal_hint(cause: &LoadError) -> &'static str {
    match cause {
        LoadError::Unprovided(imports) if imports.iter().any(|import| import.module.starts_with("wasi_")) => {
            ", and so does `dorcas run --seal`"
        }
        _ => "",
    }
}

impl Ends for RunFailure {
    fn status(&self) -> Status {
        match self {
            Self::Load { .. } | Self::Seal { .. } => Status::Guest,
            Self::Fuel { .. } => Status::Failed,
            _ => Status::Usage,
        }
    }
}

pub(super) fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    if let Some(Profile::Polkadot) = args.profile {
        return super::polkadot::run(args);
    }
    let path = &args.module;
    let mut limits = limits(&args.limit)?;
    limits.fuel_per_call = limits.fuel_per_call.max(args.fuel.unwrap_or(0));
    let features = Features::named(&args.features).ok_or_else(|| {
        let known: Vec<_> = Features::ABI.list().map(dorcas_host::Feature::name).collect();
        RunFailure::Features { features: args.features.clone(), known: known.join("+") }
    })?;
    let config = Config { limits, features, ..Config::default() };
    let mut wasm = guests::read_up_to(path, config.limits.module_bytes)?;
    if args.seal {
        let options = Options { config: config.clone(), ..Options::default() };
        let sealed =
            seal(&wasm, &options).map_err(|cause| RunFailure::Seal { path: path.clone(), cause: cause.into() })?;
        wasm = sealed.wasm.into();
    }
    let module = Engine::new(config)
        .module(&wasm)
        .map_err(|cause| RunFailure::Load { path: path.clone(), cause: cause.into() })?;
    let values = values(&module, args)?;

    let (instance, started) = module.start_measured(States::new());
    let mut instance = instance?;
    instance.set_fuel_per_call(args.fuel);
    let clock = Instant::now();
    let (outcome, stats) = instance.call_values_measured(&args.export, &values);
    let time = clock.elapsed();
    if args.stats {
        messages::plain(format_args!(
            "{} fuel, {:.3} ms, {} bytes of memory; {} fuel to make the instance",
            grouped(stats.fuel),
            time.as_secs_f64() * 1e3,
            grouped(instance.memory_bytes()),
            grouped(started.fuel),
        ));
    }
    let results = outcome.map_err(|error| match error {
        CallError::Export(cause) => RunFailure::Export { path: path.clone(), cause: cause.into() }.into(),
        CallError::Limit { at, exceeded: Exceeded::Fuel { limit } } if args.fuel == Some(limit) => {
            RunFailure::Fuel { at, fuel: limit }.into()
        }
        error => Failure::from(error),
    })?;
    let mut out = BufWriter::new(io::stdout().lock());
    results.iter().try_for_each(|value| writeln!(out, "{value}"))?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The arguments as the function's type has them.
fn values(module: &Module, args: &RunArgs) -> Result<Vec<Value>, RunFailure> {
    let Some(ty) = module.function_type(&args.export) else {
        let asked = ExternType::Function { signature: "of numbers".to_owned() }.to_string();
        let exports = &module.outline().exports;
        let name = args.export.clone();
        let cause = if let Some(found) = exports.iter().find(|export| export.name == name) {
            ExportError::Type { name, asked, found: found.ty.to_string() }
        } else {
            let functions = exports.iter().filter(|export| matches!(export.ty, ExternType::Function { .. }));
            ExportError::Missing { name, asked, functions: functions.map(|export| export.name.clone()).collect() }
        };
        return Err(RunFailure::Export { path: args.module.clone(), cause: cause.into() });
    };
    if ty.params.len() != args.args.len() {
        return Err(RunFailure::Count { export: args.export.clone(), ty, got: args.args.len() });
    }
    let value = |(position, (param, arg)): (usize, (&ValueType, &String))| {
        Value::parse(*param, arg).ok_or_else(|| {
            let function = format!("`{}`, a function {ty}", args.export);
            RunFailure::Argument { function, position, arg: arg.clone(), ty: *param }
        })
    };
    (1..).zip(ty.params.iter().zip(&args.args)).map(value).collect()
}
