//! `dorcas call`: one method of one guest, JSON in and JSON out.

use crate::{bounded, exit::Failure, guests, json, messages};
use clap::ArgMatches;
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

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let path = matches.get_one::<PathBuf>("guest").expect("the argument is required");
    let name = matches.get_one::<String>("method").expect("the argument is required");
    let guest = guests::load_one(path, &guests::sandbox(matches)?)?.guest;

    let mut out = io::stdout().lock();
    if name == dorcas_abi::export::LANG_NAME {
        json::write(&guest.name(), out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let request = matches.get_one::<PathBuf>("request").map(|path| read_request(path)).transpose()?;
    let call = Call { guest: &guest, request: request.as_deref().unwrap_or("{}") };
    let response = method::visit(name, call)
        .ok_or_else(|| Failure::UnknownMethod { method: name.clone(), known: method::NAMES.join(", ") })??;
    out.write_all(&response)?;
    Ok(ExitCode::SUCCESS)
}

fn read_request(path: &Path) -> Result<String, Failure> {
    let read = if path == Path::new("-") {
        bounded::text_from(io::stdin(), bounded::TEXT_BYTES)
    } else {
        bounded::read_text(path, bounded::TEXT_BYTES)
    };
    read.map_err(|cause| Failure::ReadRequest { path: path.into(), cause })
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
            return Err(Failure::NotExported {
                guest: self.guest.name().into(),
                method: M::EXPORT.into(),
                known: known.join(", "),
            });
        }
        let request: M::Request =
            serde_json::from_str(self.request).map_err(|cause| Failure::Request { method: M::EXPORT.into(), cause })?;
        dorcas_abi::wire::encode(&request).map_err(Failure::Encode)?;

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
