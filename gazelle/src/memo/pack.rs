//! What does the file of a memo look like?
//!
//! | bytes | |
//! |---|---|
//! | 14 | `dorcas memo 1` and a line feed |
//! | 4, then so many | length of a text: the repository that it is for, as people know it |
//! | 4 | number of entries |
//! | 48 an entry | its key (32), the day on which it was last used (4), length of its body (4), sum of its body (8) |
//! | 8 | sum of all of the above |
//! | so many | the bodies, in the order of the entries |
//!
//! Numbers have the lowest byte first; days are counted from 1970. A sum is the beginning of a SHA-256. A file is written
//! once and never changed.

use super::Key;
use dorcas_host::Digest;
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    io::{self, Write},
    ops::Range,
};

const HEAD: &[u8] = b"dorcas memo 1\n";
const NUMBER: usize = 4;
const SUM: usize = 8;
const ENTRY: usize = Key::LEN + 2 * NUMBER + SUM;
/// Most bytes of the repository's name.
const NAME_BYTES: usize = 4096;

/// A file that was read.
#[derive(Debug, Default)]
pub(super) struct Pack {
    bytes: Vec<u8>,
    /// The repository that it is for.
    pub(super) name: String,
    entries: Vec<Entry>,
    by_key: HashMap<Key, usize, BuildHasherDefault<FirstBytes>>,
}

#[derive(Debug)]
struct Entry {
    key: Key,
    day: u32,
    sum: [u8; SUM],
    body: Range<usize>,
}

/// What is damaged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damaged;

impl Pack {
    /// Finds the entries; whether the body of one is sound shows when it is asked for.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, Damaged> {
        let mut rest = Rest { bytes: &bytes, at: 0 };
        if rest.take(HEAD.len())? != HEAD {
            return Err(Damaged);
        }
        let name_len = rest.number()?;
        let name = String::from_utf8_lossy(rest.take(name_len)?).into_owned();
        let count = rest.number()?;
        let table = rest.take(count.checked_mul(ENTRY).ok_or(Damaged)?)?;
        let summed = rest.at;
        if rest.take(SUM)? != sum(&bytes[..summed]) {
            return Err(Damaged);
        }
        let mut entries = Vec::with_capacity(count);
        let mut by_key = HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default());
        for entry in table.chunks_exact(ENTRY) {
            let mut entry = Rest { bytes: entry, at: 0 };
            let key = Key::from_slice(entry.take(Key::LEN)?).ok_or(Damaged)?;
            let day = u32::try_from(entry.number()?).map_err(|_| Damaged)?;
            let start = rest.at;
            let len = entry.number()?;
            rest.take(len)?;
            let sum = entry.take(SUM)?.try_into().map_err(|_| Damaged)?;
            by_key.insert(key, entries.len());
            entries.push(Entry { key, day, sum, body: start..start + len });
        }
        if rest.at != bytes.len() {
            return Err(Damaged);
        }
        Ok(Self { bytes, name, entries, by_key })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The position of a key.
    pub(super) fn find(&self, key: &Key) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// What is kept at a position.
    pub(super) fn body(&self, position: usize) -> Result<&[u8], Damaged> {
        let entry = self.entries.get(position).ok_or(Damaged)?;
        let body = &self.bytes[entry.body.clone()];
        if sum(body) == entry.sum { Ok(body) } else { Err(Damaged) }
    }

    pub(super) fn day(&self, position: usize) -> u32 {
        self.entries.get(position).map_or(0, |entry| entry.day)
    }

    /// What is kept at a position, to be written again.
    pub(super) fn kept(&self, position: usize) -> Option<Kept<'_>> {
        let Entry { key, day, sum, body } = self.entries.get(position)?;
        Some(Kept { key: *key, day: *day, sum: *sum, body: &self.bytes[body.clone()] })
    }
}

/// An entry to be written.
#[derive(Debug)]
pub(super) struct Kept<'a> {
    pub(super) key: Key,
    pub(super) day: u32,
    pub(super) sum: [u8; SUM],
    pub(super) body: &'a [u8],
}

impl<'a> Kept<'a> {
    pub(super) fn new(key: Key, day: u32, body: &'a [u8]) -> Self {
        Self { key, day, sum: sum(body), body }
    }

    /// Bytes that it takes in a file.
    pub(super) fn size(&self) -> u64 {
        (ENTRY + self.body.len()) as u64
    }
}

/// Bytes of a file without entries.
pub(super) fn head_bytes(name: &str) -> u64 {
    (HEAD.len() + 2 * NUMBER + shortened(name).len() + SUM) as u64
}

fn shortened(name: &str) -> &str {
    let mut end = name.len().min(NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// Writes a file.
pub(super) fn write(name: &str, entries: &[Kept<'_>], out: &mut dyn Write) -> io::Result<()> {
    let too_large = |_| io::Error::from(io::ErrorKind::FileTooLarge);
    let number = |number: usize| u32::try_from(number).map(u32::to_le_bytes).map_err(too_large);
    let name = shortened(name);
    let mut table = HEAD.to_vec();
    table.extend(number(name.len())?);
    table.extend(name.as_bytes());
    table.extend(number(entries.len())?);
    for Kept { key, day, sum, body } in entries {
        table.extend(key.as_bytes());
        table.extend(day.to_le_bytes());
        table.extend(number(body.len())?);
        table.extend(sum);
    }
    out.write_all(&table)?;
    out.write_all(&sum(&table))?;
    entries.iter().try_for_each(|entry| out.write_all(entry.body))
}

fn sum(bytes: &[u8]) -> [u8; SUM] {
    let mut sum = [0; SUM];
    sum.copy_from_slice(&Digest::of(bytes).as_bytes()[..SUM]);
    sum
}

/// Bytes that are yet to be read.
struct Rest<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Rest<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Damaged> {
        let end = self.at.checked_add(len).ok_or(Damaged)?;
        let taken = self.bytes.get(self.at..end).ok_or(Damaged)?;
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, Damaged> {
        let bytes = self.take(NUMBER)?.try_into().map_err(|_| Damaged)?;
        usize::try_from(u32::from_le_bytes(bytes)).map_err(|_| Damaged)
    }
}

/// A key is a digest already: its first bytes are as good as a hash of it.
#[derive(Debug, Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    /// The length, which is the same for all.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(number: u8) -> Key {
        Key([number; Key::LEN])
    }

    fn pack(name: &str, bodies: &[Vec<u8>]) -> Vec<u8> {
        let entries: Vec<_> =
            (0..).zip(bodies).map(|(number, body)| Kept::new(key(number), number.into(), body)).collect();
        let mut bytes = Vec::new();
        write(name, &entries, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_pack_as_bytes() {
        let bytes = pack("repo", &[b"body".to_vec()]);
        let mut expected = b"dorcas memo 1\n\x04\0\0\0repo\x01\0\0\0".to_vec();
        expected.extend([[0; 32].as_slice(), &[0; 4], &[4, 0, 0, 0], &sum(b"body")].concat());
        let table = sum(&expected);
        expected.extend(table);
        expected.extend(b"body");
        assert_eq!(bytes, expected);
    }

    #[test]
    fn a_key_that_is_not_there() {
        let pack = Pack::read(pack("", &[vec![]])).unwrap();
        assert_eq!((pack.find(&key(0)), pack.find(&key(1))), (Some(0), None));
    }

    #[test]
    fn a_pack_without_entries() {
        assert_eq!(pack("repo", &[]).len() as u64, head_bytes("repo"));
    }

    #[test]
    fn a_long_name_is_cut_between_letters() {
        let name = "\u{e4}".repeat(NAME_BYTES);
        assert_eq!(Pack::read(pack(&name, &[])).unwrap().name, name[..NAME_BYTES]);
    }

    fn bodies() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..8)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(name in ".{0,10}", bodies in bodies()) {
            let pack = Pack::read(pack(&name, &bodies)).unwrap();
            prop_assert_eq!(&pack.name, &name);
            prop_assert_eq!(pack.len(), bodies.len());
            for (number, body) in (0..).zip(&bodies) {
                let position = pack.find(&key(number)).unwrap();
                prop_assert_eq!(pack.day(position), u32::from(number));
                prop_assert_eq!(pack.body(position), Ok(&body[..]));
            }
        }

        /// No damage gives another body than was written.
        #[test]
        fn a_byte_that_has_changed(bodies in bodies(), at in any::<prop::sample::Index>(), flip in 1_u8..) {
            let mut bytes = pack("name", &bodies);
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(pack) = Pack::read(bytes) {
                let sound = (0..).zip(&bodies).filter(|(number, body)| {
                    let found = pack.find(&key(*number)).map(|position| pack.body(position));
                    found.is_some_and(|found| found.is_ok_and(|found| found == &body[..]))
                });
                prop_assert_eq!(sound.count(), bodies.len() - 1, "one body is damaged, and is told to be");
            }
        }

        #[test]
        fn a_file_that_ends_early_or_late(bodies in bodies(), len in any::<prop::sample::Index>(), more in 1_usize..9) {
            let mut bytes = pack("name", &bodies);
            prop_assert_eq!(Pack::read(bytes[..len.index(bytes.len())].to_vec()).unwrap_err(), Damaged);
            bytes.extend(vec![0; more]);
            prop_assert_eq!(Pack::read(bytes).unwrap_err(), Damaged);
        }

        #[test]
        fn anything_may_stand_in_the_file(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let with_head = [HEAD, &bytes].concat();
            prop_assert!(Pack::read(bytes).is_err());
            let _ = Pack::read(with_head);
        }
    }
}
