//! Not every byte is a `bool`.
//~ a function of a host module can't take `dorcas_host::module::Array<'_, bool>`
//~ is plain old data, `dorcas_host::module::Pod`

use dorcas_host::{HostModule, module::Array};

fn any(_: &mut (), flags: Array<'_, bool>) -> u32 {
    drop(flags);
    0
}

fn main() {
    let _ = HostModule::new("m", || ()).function("any", any);
}
