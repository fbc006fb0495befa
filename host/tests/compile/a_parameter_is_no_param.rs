//! A type that owns what it holds: nothing is copied unseen.
//~ a function of a host module can't take `Vec<u8>`
//~ a type of your own implements `dorcas_host::module::Compose`

use dorcas_host::HostModule;

fn write(_: &mut (), _: Vec<u8>) {}

fn main() {
    let _ = HostModule::new("m", || ()).function("write", write);
}
