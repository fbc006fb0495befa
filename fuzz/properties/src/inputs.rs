//! The inputs of a test: the kept corpus, what is near it, and random ones from a fixed seed. The same each time.

use crate::Property;
use std::{fs, path::Path};

/// Tries a property, with so many random inputs. The one that was tried last is on standard output.
pub fn check(name: &str, property: Property, random: usize) {
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
    for _ in 0..random {
        let input = bytes.input();
        println!("{input:02x?}");
        property(&input);
    }
}

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be listed"))
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("a file")))
        .collect();
    files.sort();
    files
}

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
