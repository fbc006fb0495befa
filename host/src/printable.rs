use std::fmt::Write as _;

/// Text of a guest as it may be shown to people: at most `max_bytes` of it, and nothing in it that moves the cursor,
/// changes colours or reverses the direction of reading.
///
/// What is left out at the end is counted. Everything of a guest's that this crate puts into an error went through
/// here; a program that prints diagnostics of guests should do the same.
///
/// ```
/// use dorcas_host::printable;
/// assert_eq!(printable("two\nlines \u{1b}[31m", 80), r"two\nlines \u{1b}[31m");
/// assert_eq!(printable("long text", 4), "long... (9 bytes)");
/// ```
pub fn printable(text: &str, max_bytes: usize) -> String {
    let mut end = max_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut shown = String::with_capacity(end);
    for char in text[..end].chars() {
        if char.is_control() || steers(char) {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    if end < text.len() {
        write!(shown, "... ({} bytes)", text.len()).expect("writing to a string");
    }
    shown
}

/// Unicode's invisible characters that order or join text, and its separators of lines.
fn steers(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reversed_text_is_shown_as_what_it_is() {
        assert_eq!(printable("a\u{202e}b", 80), "a\\u{202e}b");
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        assert_eq!(printable("file \"a\\b.proto\": größer", 80), "file \"a\\b.proto\": größer");
    }

    #[test]
    fn no_character_is_cut_in_two() {
        assert_eq!(printable("aé", 2), "a... (3 bytes)");
    }

    proptest! {
        #[test]
        fn nothing_steers_and_the_length_is_bounded(text: String, max in 0_usize..64) {
            let shown = printable(&text, max);
            prop_assert!(!shown.chars().any(|char| char.is_control() || steers(char)));
            prop_assert!(shown.len() <= 10 * max + 40);
        }
    }
}
