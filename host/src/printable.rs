//! Which characters may be shown, and what stands for the others?
//!
//! There is one answer for everything that people see: [`is_shown`].

use std::{borrow::Cow, fmt::Write as _, path::Path};

/// Most bytes of one name of a guest's in a message.
pub(crate) const MAX_NAME_BYTES: usize = 100;

/// Most bytes of a text of a guest's in a message.
pub(crate) const MAX_TEXT_BYTES: usize = dorcas_abi::export::MAX_PANIC_BYTES as usize;

/// Text of a guest as it may be shown to people: at most `max_bytes` of it, and nothing in it that moves the cursor,
/// changes colours, reverses the direction of reading, or can't be seen.
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
        if is_shown(char) {
            shown.push(char);
        } else {
            shown.extend(char.escape_default());
        }
    }
    if end < text.len() {
        write!(shown, "... ({} bytes)", text.len()).expect("writing to a string");
    }
    shown
}

/// A path as it may be shown: see [`printable`].
pub fn printable_path(path: &Path) -> String {
    printable(&path.to_string_lossy(), MAX_PATH_BYTES)
}

/// Most bytes of a path that are shown.
const MAX_PATH_BYTES: usize = 4 << 10;

/// Text of several lines as it may be shown, whole: line breaks and tabs stay.
///
/// ```
/// use dorcas_host::printable_lines;
/// assert_eq!(printable_lines("a\n\tb\r\u{1b}[2K\n"), "a\n\tb\\r\\u{1b}[2K\n");
/// ```
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |char| matches!(char, '\n' | '\t'), |char, out| out.extend(char.escape_default()))
}

/// A JSON document in which each character that [`is_shown`] refuses is written by its number. It means the same.
///
/// ```
/// use dorcas_host::printable_json;
/// assert_eq!(printable_json("[\n  \"a\u{202e}b\"\n]"), "[\n  \"a\\u202eb\"\n]");
/// ```
pub fn printable_json(document: &str) -> Cow<'_, str> {
    // In a string JSON itself has no line break and no tab.
    escaped(
        document,
        |char| matches!(char, '\n' | '\t' | '\r'),
        |char, out| {
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("writing to a string");
            }
        },
    )
}

fn escaped(text: &str, keep: fn(char) -> bool, escape: fn(char, &mut String)) -> Cow<'_, str> {
    let stays = |char: char| is_shown(char) || keep(char);
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        if stays(char) {
            out.push(char);
        } else {
            escape(char, &mut out);
        }
    }
    Cow::Owned(out)
}

/// Whether a character may reach a terminal, a patch or a report as it is: whether it leaves a mark there, and does nothing else.
///
/// Not shown are control characters, what orders or joins text, separators of lines, and what nobody sees: Unicode's categories
/// `Cc`, `Zl` and `Zp`, of `Cf` all but a few signs of numbers and verses, and its `Default_Ignorable_Code_Point`, but for
/// the two that choose between a character and a picture of it.
pub fn is_shown(char: char) -> bool {
    // Nearly all.
    if matches!(char, ' '..='~') {
        return true;
    }
    !char.is_control()
        && !matches!(
            char,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{70f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0d}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{13430}'..='\u{1343f}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
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
    fn what_is_shown_and_what_is_not() {
        let hidden = [
            ("C0, DEL and C1", '\0'..='\u{1f}'),
            ("C0, DEL and C1", '\u{7f}'..='\u{9f}'),
            ("soft hyphen", '\u{ad}'..='\u{ad}'),
            ("Arabic letter mark", '\u{61c}'..='\u{61c}'),
            ("Mongolian vowel separator", '\u{180e}'..='\u{180e}'),
            ("zero width, direction", '\u{200b}'..='\u{200f}'),
            ("line, paragraph, direction", '\u{2028}'..='\u{202e}'),
            ("word joiner, isolates", '\u{2060}'..='\u{206f}'),
            ("byte order mark", '\u{feff}'..='\u{feff}'),
            ("annotations", '\u{fff9}'..='\u{fffb}'),
            ("musical formatting", '\u{1d173}'..='\u{1d17a}'),
            ("tags", '\u{e0000}'..='\u{e007f}'),
            ("variations", '\u{e0100}'..='\u{e01ef}'),
        ];
        for (what, mut chars) in hidden {
            assert!(chars.all(|char| !is_shown(char)), "{what}");
        }
        assert!("aZ~ äß€ あ 中 ע ا 😀 ⚠\u{fe0f} \u{a0}\u{fffd}\u{10ffff}".chars().all(is_shown));
    }

    #[test]
    fn a_document_means_the_same() {
        let text = "\u{0}\u{7f}\u{9b}\u{202e}\u{2028}\u{e0041}\u{1f600} \"\\ \n\t";
        let value = serde_json::json!({ text: [text, { "a": text }] });
        for document in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let shown = printable_json(&document);
            assert!(shown.chars().all(|char| is_shown(char) || char == '\n'), "{shown}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }
    }

    #[test]
    fn no_character_is_cut_in_two() {
        assert_eq!(printable("aé", 2), "a... (3 bytes)");
    }

    proptest! {
        #[test]
        fn nothing_steers_and_the_length_is_bounded(text: String, max in 0_usize..64) {
            let shown = printable(&text, max);
            prop_assert!(shown.chars().all(is_shown));
            prop_assert!(shown.len() <= 10 * max + 40);
        }
    }
}
