//! The one that does, so that the others can't fail for another reason.

use dorcas_host::{HostModule, module::Array};

fn sum(total: &mut u64, numbers: Array<'_, u32>) -> u64 {
    *total += numbers.iter().map(u64::from).sum::<u64>();
    *total
}

fn main() {
    let _ = HostModule::new("m", || 0).function("sum", sum);
}
