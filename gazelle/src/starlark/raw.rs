//! May a text that a guest writes stand in a BUILD file as it is?

use super::{bytes::byte_of, parse, syntax::Is};

/// Most bytes of an expression that a guest writes as text.
const MAX_RAW_BYTES: usize = 1 << 20;

/// The names that one expression mentions; an error where the text is anything but one expression that Gazelle and
/// Bazel both read as the value of an attribute.
pub(crate) fn expression_names(text: &str) -> Result<Vec<&str>, String> {
    if text.len() > MAX_RAW_BYTES {
        return Err(format!("it has {} bytes; an expression may have {MAX_RAW_BYTES}", text.len()));
    }
    if let Some(char) = text.chars().find(|char| is_hidden(*char) && !matches!(char, '\n' | '\t')) {
        return Err(hidden(char));
    }
    let text = text.trim_matches([' ', '\t', '\n']);
    let syntax = parse::expression(text).map_err(|error| error.to_string())?;
    // What stands outside the expression, a comment for one, would get into the attributes.
    let Some(statement) = syntax.statements.first() else { return Err("it is not one expression".into()) };
    if statement.start > 0 || statement.end < text.len() {
        return Err("something stands beside the expression".into());
    }
    // The names are those of the text, not of the tree, which goes.
    let names = syntax.entries.iter().filter(|entry| entry.is == Is::Name);
    Ok(names.map(|entry| &text[entry.start as usize..entry.end as usize]).collect())
}

/// Why a text can't be written that has this character.
fn hidden(char: char) -> String {
    format!("it has the control character {}", char.escape_unicode())
}

/// Whether a character moves what is shown, or stands for text that can't be seen: control characters, marks of the
/// direction of reading, separators of lines and tags.
pub(crate) fn is_hidden(char: char) -> bool {
    let marks = matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    char.is_control()
        || marks
        || byte_of(char).is_some()
        || matches!(char, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
