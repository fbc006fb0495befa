//! The types of a closure's parameters are the types of the import: they have to be said.
//~ a closure needs the types of its parameters written out

use dorcas_host::HostModule;

fn main() {
    let _ = HostModule::new("m", || ()).function("f", |_, a| a + 1);
}
