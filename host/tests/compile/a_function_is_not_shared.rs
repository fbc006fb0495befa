//! Instances run in any thread.
//~ `Rc<u32>` cannot be sent between threads safely

use dorcas_host::HostModule;
use std::rc::Rc;

fn main() {
    let count = Rc::new(1_u32);
    let _ = HostModule::new("m", || ()).function("f", move |_: &mut ()| *count);
}
