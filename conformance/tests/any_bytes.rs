//! Whatever a module does, there is a report: no panic, no hang, bounded work.

use dorcas_conformance::{GOOD, RunnerLimits, Suite, format::Format};
use proptest::prelude::*;

fn suite() -> Suite {
    let mut limits = RunnerLimits::default();
    (limits.fuel_per_call, limits.fuel_in_all) = (1_000_000, 20_000_000);
    Suite { rounds: 101, corrupted: 4, seeds: 1, limits, ..Suite::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        let report = suite().run("any", &bytes);
        prop_assert!(!report.passes());
    }

    /// A good guest of which some bytes are others: most are no modules any more, some loop, trap, lie.
    #[test]
    fn a_damaged_guest(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut wasm = wat::parse_str(GOOD).unwrap();
        for (at, byte) in changes {
            let at = at.index(wasm.len());
            wasm[at] = byte;
        }
        let report = suite().run("damaged", &wasm);
        let fuel: u64 = report.calls.iter().map(|calls| calls.total_fuel).sum();
        prop_assert!(fuel <= suite().limits.fuel_in_all);
        for name in Format::NAMES {
            prop_assert!(!name.parse::<Format>().unwrap().show(&report).is_empty());
        }
    }
}
