//! Guests that don't say the truth about what they return.

use crate::{GOES_THROUGH, Text, attacks, called};

/// A method that returns this word, in a guest with that much memory.
fn word(pages: u32, word: &str) -> String {
    let head = format!(r#"(memory (export "memory") {pages})"#);
    called(&Text { head, generate_rules: format!("(i64.const {word})"), ..Text::default() }.wasm())
}

/// A reply that begins with these bytes, goes on with a piece again and again, and ends with five zeros.
fn reply(begin: &[u8], piece: &[u8], times: usize) -> String {
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("\\{byte:02x}"));
    let (start, piece_bytes) = (65_536 + begin.len(), piece.len());
    let end = start + piece_bytes * times;
    let head = format!(
        r#"(memory (export "memory") 600) (data (i32.const 65536) "{}") (data (i32.const {start}) "{}")"#,
        hex(begin),
        hex(piece)
    );
    // Twice as much each time.
    let body = format!(
        "(local $done i32) (local.set $done (i32.const {piece_bytes}))
        (loop
          (memory.copy (i32.add (i32.const {start}) (local.get $done)) (i32.const {start}) (local.get $done))
          (local.set $done (i32.shl (local.get $done) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $done) (i32.const {}))))
        (memory.fill (i32.const {end}) (i32.const 0) (i32.const 5))
        (i64.const 0x10000_{:08x})",
        end - start,
        end + 5 - 65_536
    );
    called(&Text { head, generate_rules: body, ..Text::default() }.wasm())
}

attacks! {
    fn result_past_4_gib() { word(1, "-1") } =>
        "`generate_rules` of guest `attack` broke the ABI: it returned 4294967295 bytes at 0xffffffff, outside its memory of \
         65536 bytes (result.bounds)";

    fn result_that_wraps_to_the_beginning() { word(1, "0xfffffff0_00000020") } =>
        "`generate_rules` of guest `attack` broke the ABI: it returned 32 bytes at 0xfffffff0, outside its memory of 65536 \
         bytes (result.bounds)";

    fn result_one_byte_too_long() { word(1, "0x00000001_00010000") } =>
        "`generate_rules` of guest `attack` broke the ABI: it returned 65536 bytes at 0x00000001, outside its memory of \
         65536 bytes (result.bounds)";

    fn result_of_9_mib() { word(300, "0x00001000_00900000") } =>
        "`generate_rules` of guest `attack` returned 9437184 bytes, the limit is 8388608 (`Limits::reply_bytes`)";

    /// A list that claims four billion rules, in a reply of six bytes.
    fn reply_of_4_billion_rules() { reply(&[0, 0xff, 0xff, 0xff, 0xff, 0x0f], &[0], 0) } =>
        "`generate_rules` of guest `attack` broke the ABI: its reply can't be decoded: byte 1, in `Ok.rules`: length \
         4294967295 needs at least 42949672950 bytes, 5 are left (wire.length)";

    /// An empty text is a byte in the reply, and 24 in memory.
    fn reply_of_a_million_texts() {
        reply(&[0, 1, 0, 0, 0, 0, 0xfe, 0xff, 0x3f], &[0], (1 << 20) - 2 + 5)
    } => GOES_THROUGH;

    /// Rules are the largest items. 830,000 of them, and nothing in them.
    fn reply_of_as_many_rules_as_fit() {
        reply(&[0, 0xb0, 0xd4, 0x32], &[0; 10], 830_000)
    } => GOES_THROUGH;

    /// 640,000 rules with the shortest texts, each of which is allocated.
    fn reply_of_rules_with_short_texts() {
        reply(&[0, 0x80, 0x88, 0x27], &[1, b'k', 0, 1, b'n', 0, 0, 0, 0, 0, 0, 1, b'x'], 640_000)
    } => GOES_THROUGH;

    /// It would clear a screen many times.
    fn error_text_of_a_mebibyte() {
        reply(&[1, 0xe8, 0x07, 0x85, 0x80, 0x40], b"\x1b[2J", 1 << 18)
    } => format!(
        "`generate_rules` of guest `attack` failed with error 1000: {}... (1048581 bytes)",
        r"\u{1b}[2J".repeat(1024)
    );
}
