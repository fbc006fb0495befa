use super::{Fault, FaultKind, MAX_ITEMS, MAX_MESSAGE_BYTES, Segment, Wire};
use core::cmp::Ordering;

/// Reads over the bytes of a message without building anything.
///
/// A reader knows how many list items it has met, so that a message of many small lists is bounded too.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    items_left: u32,
}

impl<'a> Reader<'a> {
    /// A reader at the first of `bytes`; refuses a message that is too large (`wire.size`).
    pub fn new(bytes: &'a [u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_MESSAGE_BYTES as usize {
            let kind = FaultKind::TooManyBytes { len: bytes.len(), max: MAX_MESSAGE_BYTES };
            return Err(Fault::new(kind, 0));
        }
        Ok(Self { bytes, at: 0, items_left: MAX_ITEMS })
    }

    /// Demands that every byte was read (`wire.exact`).
    pub fn finish(self) -> Result<(), Fault> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            len => Err(Fault::new(FaultKind::LeftOver { len }, self.at)),
        }
    }

    /// Offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    #[inline]
    fn byte(&mut self) -> Result<u8, Fault> {
        let Some(&byte) = self.bytes.get(self.at) else {
            return Err(Fault::new(FaultKind::UnexpectedEnd { wanted: 1 }, self.at));
        };
        self.at += 1;
        Ok(byte)
    }

    /// A varint of at most `bits` bits: seven bits a byte, the lowest first, in the fewest bytes.
    #[cold]
    fn varint(&mut self, bits: u8) -> Result<u64, Fault> {
        let start = self.at;
        let mut value = 0u64;
        let mut shift = 0u8;
        loop {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if shift >= bits || (bits - shift < 7 && low >> (bits - shift) != 0) {
                return Err(Fault::new(FaultKind::VarintRange { bits }, start));
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err(Fault::new(FaultKind::LongVarint, start));
                }
                return Ok(value);
            }
            shift += 7;
        }
    }

    /// A `u32`.
    #[inline]
    pub fn u32(&mut self) -> Result<u32, Fault> {
        // One byte is by far the most frequent case: lengths, counts and discriminants are small.
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(u32::from(byte))
            }
            #[allow(clippy::cast_possible_truncation, reason = "varint() has checked the width")]
            _ => Ok(self.varint(32)? as u32),
        }
    }

    /// An `i64`: zigzag, then a varint. The value itself doesn't matter to a check.
    pub fn i64(&mut self) -> Result<(), Fault> {
        self.varint(64).map(drop)
    }

    /// A byte that is 0 or 1.
    #[inline]
    pub fn bool(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            byte => Err(Fault::new(FaultKind::NotABool { byte }, start)),
        }
    }

    /// A length and so many bytes.
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        let len = self.u32()?;
        let left = &self.bytes[self.at..];
        let Some(bytes) = left.get(..len as usize) else {
            let kind = FaultKind::Length { claimed: len, needed: u64::from(len), left: left.len() };
            return Err(Fault::new(kind, start));
        };
        self.at += bytes.len();
        Ok(bytes)
    }

    /// A length and so many bytes of UTF-8.
    pub fn text(&mut self) -> Result<&'a str, Fault> {
        let bytes = self.bytes()?;
        core::str::from_utf8(bytes).map_err(|error| {
            let bad = self.at - bytes.len() + error.valid_up_to();
            Fault::new(FaultKind::NotUtf8, bad)
        })
    }

    /// A text of at least one byte.
    pub fn non_empty_text(&mut self) -> Result<(), Fault> {
        let start = self.at;
        match self.text()? {
            "" => Err(Fault::new(FaultKind::Empty, start)),
            _ => Ok(()),
        }
    }

    /// The discriminant of an enum with `count` variants.
    #[inline]
    pub fn variant(&mut self, name: &'static str, count: u32) -> Result<u32, Fault> {
        let start = self.at;
        match self.u32()? {
            got if got < count => Ok(got),
            got => Err(Fault::new(FaultKind::UnknownVariant { name, got, count }, start)),
        }
    }

    /// The count of a list whose items take at least `min_len` bytes each.
    #[inline]
    fn count(&mut self, min_len: u32) -> Result<u32, Fault> {
        let start = self.at;
        let count = self.u32()?;
        let left = self.bytes.len() - self.at;
        let needed = u64::from(count) * u64::from(min_len);
        if needed > left as u64 {
            return Err(Fault::new(FaultKind::Length { claimed: count, needed, left }, start));
        }
        let Some(items_left) = self.items_left.checked_sub(count) else {
            return Err(Fault::new(FaultKind::TooManyItems { count, max: MAX_ITEMS }, start));
        };
        self.items_left = items_left;
        Ok(count)
    }

    /// A list in any order.
    pub fn list<T: Wire>(&mut self) -> Result<(), Fault> {
        self.items(T::MIN_LEN, T::check, 0)
    }

    /// A list in strictly rising order of a key: the first `key` texts of each item, compared byte by byte.
    pub fn sorted_list<T: Wire>(&mut self, key: u8) -> Result<(), Fault> {
        self.items(T::MIN_LEN, T::check, key)
    }

    /// A list, in order where there is a key. The item's type comes as a function and not as a parameter, so that a guest
    /// has this once and not once a type; a host has room for both.
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    #[allow(clippy::inline_always, reason = "otherwise a host calls through the pointer, and takes twice as long")]
    fn items(&mut self, min_len: u32, check: fn(&mut Reader<'_>) -> Result<(), Fault>, key: u8) -> Result<(), Fault> {
        let mut previous: Option<usize> = None;
        for index in 0..self.count(min_len)? {
            let start = self.at;
            check(self).map_err(|fault| fault.within(Segment::Index(index)))?;
            if key == 0 {
                continue;
            }
            if let Some(kind) = previous.and_then(|previous| self.disorder(previous, start, key)) {
                return Err(Fault::new(kind, start).within(Segment::Index(index)));
            }
            previous = Some(start);
        }
        Ok(())
    }

    /// What is wrong where the first `texts` texts from `second` on don't come after those from `first` on. All of them
    /// have been checked. A struct has no bytes of its own, so nested texts lie side by side.
    fn disorder(&self, first: usize, second: usize, texts: u8) -> Option<FaultKind> {
        let mut first = Reader { bytes: self.bytes, at: first, items_left: 0 };
        let mut second = Reader { bytes: self.bytes, at: second, items_left: 0 };
        for _ in 0..texts {
            let (Ok(a), Ok(b)) = (first.bytes(), second.bytes()) else { return Some(FaultKind::Library) };
            match a.cmp(b) {
                Ordering::Less => return None,
                Ordering::Equal => {}
                Ordering::Greater => return Some(FaultKind::Unsorted),
            }
        }
        Some(FaultKind::Duplicate)
    }
}
