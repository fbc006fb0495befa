//! The properties, on inputs from a fixed seed and on the kept corpus. The same inputs each time.

use std::{fs, path::Path};

/// As many inputs of a property as take a second or so.
const INPUTS: usize = 2_000;

/// Bytes of different kinds: all values, mostly small ones, and runs of one value.
struct Bytes(u64);

impl Bytes {
    /// splitmix64: a generator that fits into three lines and never changes.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn input(&mut self) -> Vec<u8> {
        let (len, kind) = (1 << self.below(11), self.below(3));
        (0..self.below(len))
            .map(|_| match kind {
                0 => self.next() as u8,
                1 => self.below(6) as u8,
                _ => [0, 0, 0, 1, 0x7f, 0x80, 0xff][self.below(7) as usize],
            })
            .collect()
    }
}

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

fn check(name: &str) {
    let (_, property) = dorcas_properties::ALL.iter().find(|(known, _)| *known == name).unwrap();
    let files = corpus(name);
    assert!(!files.is_empty(), "every property has a corpus");
    let mut bytes = Bytes(1);
    for (file, input) in files {
        println!("{file}");
        property(&input);
        // And what is near it: most of the random inputs are refused at their first bytes.
        for _ in 0..20 {
            let mut near = input.clone();
            for _ in 0..=bytes.below(3) {
                if let Some(byte) = near.len().checked_sub(1).map(|last| bytes.below(last as u64 + 1) as usize) {
                    near[byte] ^= 1 << bytes.below(8);
                }
            }
            println!("{near:02x?}");
            property(&near);
        }
    }
    for _ in 0..INPUTS {
        let input = bytes.input();
        println!("{input:02x?}");
        property(&input);
    }
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
            let mut tests = tests.map(str::to_owned);
            tests.sort();
            assert_eq!(files, tests);
        }
    };
}

properties! { module_bytes shaped_module returned_word wire_decode buffers allocator recording }
