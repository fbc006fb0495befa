//! `dorcas call`: one method of one guest, JSON in and JSON out.

use crate::{
    bazel, bounded,
    exit::{Ends, Failure, Status},
    flags::{GUEST_HELP, LIMIT_HELP, LOG_HELP, limits},
    guests::{self, Sandbox},
    json, messages,
};
use clap::Args;
use dorcas_abi::{
    Method,
    method::{self, Visitor},
};
use dorcas_host::Guest;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

const EXAMPLES: &str = "\
Examples:
  dorcas call my_lang.wasm lang_name
  dorcas call my_lang.wasm manifest
  echo '{\"rel\": \"api\", \"subdirs\": [\"v1\"]}' | dorcas call my_lang.wasm generate_rules -

The request is the method's message as JSON; fields that are left out are empty. The response goes
to standard output as JSON; fuel, time and bytes go to standard error.

Exit status: 0 answered; 1 the guest answered with an error of its own, trapped or broke the ABI;
2 the command line or the request is wrong; 3 the guest can't be loaded.";

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct CallArgs {
    #[arg(value_name = "GUEST", value_parser = bazel::input(), help = GUEST_HELP)]
    guest: PathBuf,
    #[arg(long, help = LOG_HELP)]
    log: bool,
    #[arg(value_name = "METHOD", help = "Name of the method, as exported")]
    method: String,
    #[arg(
        value_name = "REQUEST",
        help = "File with the request as JSON, - for standard input; without it an empty request"
    )]
    request: Option<PathBuf>,
    #[arg(long, value_name = "NAME=N", help = LIMIT_HELP)]
    limit: Vec<String>,
}

/// A call that can't be made.
#[derive(Debug, thiserror::Error)]
enum CallFailure {
    #[error("`{method}` is no method; there are: lang_name, {known}")]
    UnknownMethod { method: String, known: String },
    #[error("the guest `{guest}` doesn't export `{method}`; it has: {known}")]
    NotExported { guest: String, method: String, known: String },
    #[error("can't read the request {}: {cause}", path.display())]
    ReadRequest { path: PathBuf, cause: io::Error },
    #[error("the request doesn't fit `{method}`: {cause}")]
    Request { method: String, cause: serde_json::Error },
    #[error("the request has no encoding: {0}")]
    Encode(dorcas_abi::wire::Fault),
}

impl Ends for CallFailure {
    fn status(&self) -> Status {
        Status::Usage
    }
}

pub(super) fn run(args: &CallArgs) -> Result<ExitCode, Failure> {
    let name = &args.method;
    let sandbox = Sandbox { limits: limits(&args.limit)?, log: args.log };
    let guest = guests::load_one(&args.guest, &sandbox)?.guest;

    let mut out = io::stdout().lock();
    if name == dorcas_abi::export::LANG_NAME {
        json::write(&guest.name(), out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let request = args.request.as_deref().map(read_request).transpose()?;
    let call = Call { guest: &guest, request: request.as_deref().unwrap_or("{}") };
    let response = method::visit(name, call)
        .ok_or_else(|| CallFailure::UnknownMethod { method: name.clone(), known: method::NAMES.join(", ") })??;
    out.write_all(&response)?;
    Ok(ExitCode::SUCCESS)
}

fn read_request(path: &Path) -> Result<String, CallFailure> {
    let read = if path == Path::new("-") {
        bounded::text_from(io::stdin(), bounded::TEXT_BYTES)
    } else {
        bounded::read_text(path, bounded::TEXT_BYTES)
    };
    read.map_err(|cause| CallFailure::ReadRequest { path: path.into(), cause })
}

struct Call<'a> {
    guest: &'a Guest,
    request: &'a str,
}

impl Visitor for Call<'_> {
    type Output = Result<Vec<u8>, Failure>;

    fn visit<M: Method>(self) -> Self::Output {
        if !self.guest.has(M::EXPORT) {
            let known: Vec<_> = method::NAMES.iter().copied().filter(|name| self.guest.has(name)).collect();
            return Err(CallFailure::NotExported {
                guest: self.guest.name().into(),
                method: M::EXPORT.into(),
                known: known.join(", "),
            }
            .into());
        }
        let request: M::Request = serde_json::from_str(self.request)
            .map_err(|cause| CallFailure::Request { method: M::EXPORT.into(), cause })?;
        dorcas_abi::wire::encode(&request).map_err(CallFailure::Encode)?;

        let started = Instant::now();
        let (response, stats) = self.guest.call_measured::<M>(&request);
        let time = started.elapsed();
        messages::plain(format_args!(
            "{} fuel, {:.3} ms, {} bytes in, {} bytes out",
            stats.fuel,
            time.as_secs_f64() * 1e3,
            stats.request_bytes,
            stats.reply_bytes
        ));
        let mut document = Vec::new();
        json::write(&response?, &mut document)?;
        Ok(document)
    }
}
