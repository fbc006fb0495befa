use core::fmt;

/// A place in a guest's memory, as the guest claims it: an address and a length in bytes.
///
/// A span is an allegation. Nothing about it is true until the host has compared it with the size of
/// the memory (`result.bounds`), and nothing is allocated for it before that.
///
/// ```
/// # use dorcas_abi::Span;
/// let span = Span { ptr: 0x0001_0010, len: 5 };
/// assert_eq!(span.pack(), 0x0001_0010_0000_0005);
/// assert_eq!(Span::unpack(span.pack()), span);
/// // Both halves are unsigned: the upper half of a 4 GiB memory is a valid place.
/// assert_eq!(Span::unpack(-1), Span { ptr: u32::MAX, len: u32::MAX });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Byte address of the first byte.
    pub ptr: u32,
    /// Number of bytes.
    pub len: u32,
}

impl Span {
    /// Packs the span into the `i64` that a guest's method returns: `ptr << 32 | len` (`result.packing`).
    pub fn pack(self) -> i64 {
        let halves = [self.len.to_le(), self.ptr.to_le()];
        i64::from_le(bytemuck::must_cast(halves))
    }

    /// Reads a returned `i64` as a span (`result.packing`).
    pub fn unpack(word: i64) -> Self {
        let [len, ptr]: [u32; 2] = bytemuck::must_cast(word.to_le());
        Self { ptr: u32::from_le(ptr), len: u32::from_le(len) }
    }

    /// The first byte after the span; 64 bits wide, so that it can't wrap.
    pub fn end(self) -> u64 {
        u64::from(self.ptr) + u64::from(self.len)
    }

    /// Whether the span lies inside a memory of `memory_len` bytes.
    pub fn fits(self, memory_len: usize) -> bool {
        self.end() <= memory_len as u64
    }

    /// The span with its halves exchanged: what a guest meant that packed them the wrong way round.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { ptr: self.len, len: self.ptr }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes at {:#010x}", self.len, self.ptr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_pointer_is_the_upper_half() {
        assert_eq!(Span { ptr: 1, len: 2 }.pack(), 0x1_0000_0002);
    }

    #[test]
    fn an_end_past_four_gibibytes_does_not_wrap() {
        let span = Span { ptr: u32::MAX, len: 2 };
        assert_eq!(span.end(), 0x1_0000_0001);
        assert!(!span.fits(usize::try_from(u32::MAX).unwrap()));
    }

    proptest! {
        #[test]
        fn unpack_reverses_pack(word: i64) {
            prop_assert_eq!(Span::unpack(word).pack(), word);
        }
    }
}
