//! How is guest memory read?
//!
//! A [`Span`] is a claim. It becomes bytes here and nowhere else: compared with the size of the memory in 64 bits,
//! before anything is allocated for it.

use crate::printable::{MAX_TEXT_BYTES, printable};
use dorcas_abi::{Span, export::MAX_PANIC_BYTES};

/// The bytes of a span; nothing where it isn't inside the memory.
pub(crate) fn bytes(memory: &[u8], span: Span) -> Option<&[u8]> {
    if !span.fits(memory.len()) {
        return None;
    }
    // Both fit a usize now: they are at most the length of a slice.
    memory.get(span.ptr as usize..)?.get(..span.len as usize)
}

/// The same to write to.
pub(crate) fn bytes_mut(memory: &mut [u8], span: Span) -> Option<&mut [u8]> {
    if !span.fits(memory.len()) {
        return None;
    }
    memory.get_mut(span.ptr as usize..)?.get_mut(..span.len as usize)
}

/// Whether two buffers have a byte in common.
pub(crate) fn overlap(a: Span, b: Span) -> bool {
    a.len > 0 && b.len > 0 && u64::from(a.ptr) < b.end() && u64::from(b.ptr) < a.end()
}

/// The text that a guest left before it trapped (`result.panic-text`): `address` is that of two `u32`, its address and
/// length. The guest is in an unknown state, so nothing about them is taken for granted.
pub(crate) fn panic_text(memory: &[u8], address: u32) -> Option<String> {
    let place = bytes(memory, Span { ptr: address, len: 8 })?;
    let (ptr, len) = place.split_at(4);
    let [ptr, len] = [ptr, len].map(|half| u32::from_le_bytes(half.try_into().expect("eight bytes were read")));
    let text = bytes(memory, Span { ptr, len: len.min(MAX_PANIC_BYTES) })?;
    let text = String::from_utf8_lossy(text);
    let text = text.trim_end();
    (!text.is_empty()).then(|| printable(text, MAX_TEXT_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn span(ptr: u32, len: u32) -> Span {
        Span { ptr, len }
    }

    #[test]
    fn a_span_up_to_the_last_byte_is_inside() {
        assert_eq!(bytes(&[1, 2, 3], span(1, 2)), Some(&[2, 3][..]));
        assert_eq!(bytes(&[1, 2, 3], span(3, 0)), Some(&[][..]));
        assert_eq!(bytes(&[1, 2, 3], span(2, 2)), None);
        assert_eq!(bytes(&[1, 2, 3], span(u32::MAX, u32::MAX)), None);
    }

    #[test]
    fn neighbours_do_not_overlap() {
        assert!(!overlap(span(0, 4), span(4, 4)));
        assert!(overlap(span(0, 5), span(4, 4)));
        assert!(!overlap(span(2, 0), span(0, 4)));
        assert!(overlap(span(u32::MAX, 2), span(u32::MAX, 1)));
    }

    #[test]
    fn a_panic_text_is_found_through_its_address() {
        let mut memory = vec![0; 32];
        memory[4..12].copy_from_slice(&[16, 0, 0, 0, 5, 0, 0, 0]);
        memory[16..21].copy_from_slice(b"a\x1bb\xff\n");
        assert_eq!(panic_text(&memory, 4).as_deref(), Some("a\\u{1b}b\u{fffd}"));
        assert_eq!(panic_text(&memory, 24), None, "length 0");
        assert_eq!(panic_text(&memory, 30), None, "address outside");
    }

    proptest! {
        #[test]
        fn any_span_and_any_memory(memory: Vec<u8>, ptr: u32, len: u32) {
            let inside = u64::from(ptr) + u64::from(len) <= memory.len() as u64;
            prop_assert_eq!(bytes(&memory, span(ptr, len)).map(<[u8]>::len), inside.then_some(len as usize));
        }

        #[test]
        fn any_panic_address(memory: Vec<u8>, address: u32) {
            let _ = panic_text(&memory, address);
            let _ = panic_text(&memory, address % 64);
        }
    }
}
