//! A function has to take the state, even where it makes no use of it.
//~ can't be a function of a host module with the state `()`
//~ it takes `&mut ()` and up to twelve parameters

use dorcas_host::HostModule;

fn add(a: u32, b: u32) -> u32 {
    a + b
}

fn main() {
    let _ = HostModule::new("m", || ()).function("add", add);
}
