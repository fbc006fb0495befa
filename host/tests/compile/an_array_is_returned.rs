//! What is borrowed can't be returned: the guest would have to say where it goes.
//~ a function of a host module can't return `dorcas_host::module::Array<'static, u32>`
//~ what is longer goes into memory that the guest passes: `PtrMut`, `ArrayMut`, `&mut [u8]`

use dorcas_host::{HostModule, module::Array};

fn numbers(_: &mut ()) -> Array<'static, u32> {
    unimplemented!()
}

fn main() {
    let _ = HostModule::new("m", || ()).function("numbers", numbers);
}
