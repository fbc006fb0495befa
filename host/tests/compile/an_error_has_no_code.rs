//! A guest gets errors as numbers.
//~ String` as the error of a function
//~ implement `ErrorCode` for it, which says the number

use dorcas_host::HostModule;

fn open(_: &mut (), name: &str) -> Result<u32, String> {
    Err(name.to_owned())
}

fn main() {
    let _ = HostModule::new("m", || ()).function("open", open);
}
