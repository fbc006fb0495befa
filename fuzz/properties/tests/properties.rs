//! The properties, on inputs from a fixed seed and on the kept corpus. The same inputs each time.

use std::{fs, path::Path};

/// As many inputs of a property as take a second or so.
const INPUTS: usize = 2_000;

fn check(name: &str) {
    let (_, property) = dorcas_properties::ALL.iter().find(|(known, _)| *known == name).unwrap();
    dorcas_properties::inputs::check(name, *property, INPUTS);
}

macro_rules! properties {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn every_property_is_a_test_and_a_target() {
            let tests = [$(stringify!($name)),*];
            assert!(dorcas_properties::ALL.iter().map(|(name, _)| *name).eq(tests));
            let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz_targets");
            let mut files: Vec<_> = fs::read_dir(targets)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".rs", ""))
                .collect();
            files.sort();
            // The one that is in a crate of its own.
            let mut tests: Vec<_> = tests.into_iter().chain(["differential"]).collect();
            tests.sort_unstable();
            assert_eq!(files, tests);
        }
    };
}

properties! {
    module_bytes shaped_module returned_word wire_decode buffers allocator recording build_file sealed_module reply_texts
    repository carrying_module metered_module interface
}
