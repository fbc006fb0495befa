//! Twelve is the most; several can be one that is composed.
//~ can't be a function of a host module with the state `()`
//~ it takes `&mut ()` and up to twelve parameters

use dorcas_host::HostModule;

#[rustfmt::skip]
fn f(_: &mut (), _: i8, _: i8, _: i8, _: i8, _: i8, _: i8, _: i8, _: i8, _: i8, _: i8, _: i8, _: i8, _: i8) {}

fn main() {
    let _ = HostModule::new("m", || ()).function("f", f);
}
