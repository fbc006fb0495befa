//! What is text of a file that isn't UTF-8?
//!
//! Bazel reads BUILD files byte by byte, and comments in an older encoding are still around. A byte that is no UTF-8 becomes
//! a character that stands for it, one of the last 128 that there are, and becomes that byte again where the file is written.
//! The bytes of these characters themselves become such characters too, so that each text comes out as it was.

/// The character that stands for the byte 0x80.
const FIRST: u32 = 0x10_ff80;

/// How UTF-8 writes these characters, but for the last byte of each.
const STARTS: [&[u8; 3]; 2] = [b"\xf4\x8f\xbe", b"\xf4\x8f\xbf"];

/// The text of bytes, and where the first byte is that isn't UTF-8.
pub(crate) fn decode(bytes: Vec<u8>) -> (String, Option<usize>) {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if !has_stand_ins(text.as_bytes()) => return (text, None),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let (mut text, mut first, mut at) = (String::with_capacity(bytes.len()), None, 0);
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if byte_of(char).is_some() {
                char.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| text.extend(stand_in(byte)));
            } else {
                text.push(char);
            }
        }
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            first.get_or_insert(at);
        }
        chunk.invalid().iter().for_each(|byte| text.extend(stand_in(*byte)));
        at += chunk.invalid().len();
    }
    (text, first)
}

/// The bytes of a text.
pub(crate) fn encode(text: String) -> Vec<u8> {
    if !has_stand_ins(text.as_bytes()) {
        return text.into_bytes();
    }
    let mut bytes = Vec::with_capacity(text.len());
    for char in text.chars() {
        match byte_of(char) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The byte that a character stands for.
pub(crate) fn byte_of(char: char) -> Option<u8> {
    u32::from(char).checked_sub(FIRST).and_then(|offset| u8::try_from(offset + 0x80).ok())
}

fn stand_in(byte: u8) -> Option<char> {
    char::from_u32(FIRST + u32::from(byte.checked_sub(0x80)?))
}

fn has_stand_ins(text: &[u8]) -> bool {
    STARTS.iter().any(|start| memchr::memmem::find(text, *start).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_utf8_is_found() {
        assert_eq!(decode(b"a\xfcb\xc3\xbc".into()), ("a\u{10fffc}b\u{fc}".into(), Some(1)));
        assert_eq!(decode("\u{fc}".into()), ("\u{fc}".into(), None));
        assert_eq!(decode("\u{10ff80}".into()).1, None);
    }

    proptest! {
        #[test]
        fn bytes_come_out_as_they_were(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(0xf4), Just(0x8f), Just(0xbf), Just(0xbe)], 0..40),
        ) {
            prop_assert_eq!(encode(decode(bytes.clone()).0), bytes);
        }

        #[test]
        fn text_comes_out_as_it_was(text in "\\PC{0,20}[\u{10ff70}-\u{10ffff}]{0,3}") {
            let (decoded, fault) = decode(text.clone().into_bytes());
            prop_assert_eq!(fault, None);
            prop_assert_eq!(encode(decoded), text.into_bytes());
        }
    }
}
