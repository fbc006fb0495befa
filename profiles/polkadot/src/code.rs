//! How does the code of a runtime become a module?
//!
//! It is a module as it is, or a Zstandard frame, which Polkadot puts behind a magic number of its own.

use crate::RuntimeError;
use std::{borrow::Cow, io::Read};

/// What stands in front of compressed code.
pub(crate) const MAGIC: [u8; 8] = [0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05];
/// What a Zstandard frame begins with.
const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The module, of at most so many bytes.
pub(crate) fn module(code: &[u8], most: u32) -> Result<Cow<'_, [u8]>, RuntimeError> {
    let frame = match code.strip_prefix(&MAGIC) {
        Some(frame) => frame,
        None if code.starts_with(&FRAME) => code,
        None => return Ok(code.into()),
    };
    let (mut rest, mut module) = (frame, Vec::new());
    check(frame, most)?;
    let broken = |what: String| RuntimeError::Compressed { what };
    let mut decoder = ruzstd::decoding::StreamingDecoder::new(&mut rest).map_err(|error| broken(error.to_string()))?;
    let read = decoder.by_ref().take(u64::from(most) + 1).read_to_end(&mut module);
    read.map_err(|error| broken(error.to_string()))?;
    if module.len() > most as usize {
        return Err(RuntimeError::Bomb { most });
    }
    let frame = decoder.into_frame_decoder();
    if frame.get_checksum_from_data().is_some_and(|sum| frame.get_calculated_checksum() != Some(sum)) {
        return Err(broken("its checksum is another".into()));
    }
    if !rest.is_empty() {
        return Err(broken(format!("{} bytes stand behind it", rest.len())));
    }
    Ok(module.into())
}

/// Compares what a frame says about itself with what it may take, before anything is allocated for it.
fn check(frame: &[u8], most: u32) -> Result<(), RuntimeError> {
    let broken = |what: &str| RuntimeError::Compressed { what: what.into() };
    let ends = || broken("it ends in its header");
    let rest = frame.strip_prefix(&FRAME).ok_or_else(|| broken("it doesn't begin as a Zstandard frame does"))?;
    let (&descriptor, rest) = rest.split_first().ok_or_else(ends)?;
    let is_single = descriptor & 0x20 != 0;
    // How far back a frame may refer: the decoder keeps so much.
    let (window, rest) = if is_single {
        (None, rest)
    } else {
        let (&window, rest) = rest.split_first().ok_or_else(ends)?;
        let base = 1_u64 << (10 + (window >> 3));
        (Some(base + base / 8 * u64::from(window & 7)), rest)
    };
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = [usize::from(is_single), 2, 4, 8][usize::from(descriptor >> 6)];
    let size = rest.get(dictionary..dictionary + size).ok_or_else(ends)?;
    let mut bytes = [0; 8];
    bytes[..size.len()].copy_from_slice(size);
    let content = u64::from_le_bytes(bytes) + if size.len() == 2 { 256 } else { 0 };
    if content > u64::from(most) {
        return Err(RuntimeError::Bomb { most });
    }
    // A compressor may take a window that is larger than a small content.
    let most_window = u64::from(most).max(8 << 20);
    match window {
        Some(window) if window > most_window => Err(RuntimeError::Window { window, most: most_window }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        [&MAGIC[..], &compress_to_vec(bytes, CompressionLevel::Fastest)].concat()
    }

    #[test]
    fn code_is_taken_as_it_is_behind_its_magic_and_as_a_frame() {
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
        assert!(matches!(module(&bytes, 10), Ok(Cow::Borrowed(same)) if same == bytes));
        let code = compressed(&bytes);
        assert!(code.len() < bytes.len());
        assert_eq!(module(&code, 400_000).unwrap(), bytes);
        assert_eq!(module(&code[8..], 400_000).unwrap(), bytes);
    }

    #[test]
    fn a_bomb_is_refused_by_what_it_says_and_by_what_it_does() {
        let zeros = compressed(&vec![0; 1 << 20]);
        assert!(zeros.len() < 2_000);
        let text = module(&zeros, (1 << 20) - 1).unwrap_err().to_string();
        assert_eq!(text, "the code is more than 1048575 bytes when it is decompressed (`Limits::module_bytes`)");
        assert!(module(&zeros, 1 << 20).is_ok());
        // Frames without a content size, with blocks of one byte repeated, for as long as one likes; and a huge window.
        let block = |last: u8| [2 | last | (0x1_0000_u32 << 3).to_le_bytes()[0], 0, 0x08, 0x55];
        let frame = |window: u8| [&MAGIC[..], &FRAME, &[0, window], &block(0).repeat(2_000), &block(1)].concat();
        assert!(matches!(module(&frame(0x50), 16 << 20), Err(RuntimeError::Bomb { .. })));
        let text = module(&frame(0xff), 16 << 20).unwrap_err().to_string();
        assert!(text.contains("window"), "{text}");
    }

    #[test]
    fn what_is_cut_off_changed_or_longer_is_refused() {
        let code = compressed(&(0..5_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>());
        for len in MAGIC.len()..code.len() {
            assert!(matches!(module(&code[..len], 1 << 20), Err(RuntimeError::Compressed { .. })), "{len}");
        }
        let text = module(&[&code[..], b"more"].concat(), 1 << 20).unwrap_err().to_string();
        assert_eq!(text, "the compressed code can't be read: 4 bytes stand behind it");
        let wrong = [&MAGIC[..], b"\0asm\x01\0\0\0"].concat();
        assert!(module(&wrong, 1 << 20).unwrap_err().to_string().contains("doesn't begin as a Zstandard frame does"));
    }
}
