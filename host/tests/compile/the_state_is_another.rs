//! A method of another type than that which the module makes.
//~ can't be a function of a host module with the state `u32`

use dorcas_host::HostModule;

struct Counter(u64);

impl Counter {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

fn main() {
    let _ = HostModule::new("m", || 0_u32).function("next", Counter::next);
}
