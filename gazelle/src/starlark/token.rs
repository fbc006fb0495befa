//! Which tokens is a text made of?
//!
//! One pass from the front to the end, which looks at each byte once. The tokens are those of Gazelle's reader: where
//! Bazel's are others, the [`Dialect`] decides.

use super::{
    error::SyntaxError,
    quote::{Escapes, check_escapes},
};
use crate::stop;

/// Bytes of a string between two looks whether the run has to end.
const UNASKED: usize = 1 << 20;

/// Which texts are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Whatever Gazelle reads in a file. It is laxer than Bazel here and there.
    File,
    /// What Gazelle and Bazel both read as an expression of a BUILD file, for text that a guest writes.
    Strict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Newline,
    Indent,
    Unindent,
    /// A comment with nothing but blanks before it, outside of brackets.
    Comment,
    End,
    Name,
    Number,
    Str,
    /// A bracket, an operator or another mark, as its text.
    Mark(&'static str),
    /// A word of the language.
    Word(&'static str),
}

/// Where a token stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) token: Token,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A comment: it may stand anywhere, and belongs to no statement yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommentAt {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether nothing else stands before it on its line.
    pub(super) own_line: bool,
}

/// Words that are no names.
const WORDS: [&str; 16] = [
    "and", "break", "continue", "def", "elif", "else", "for", "if", "in", "is", "lambda", "load", "not", "or", "pass",
    "return",
];

/// Words that Bazel keeps free, and the constants, which are no names of anything else either.
const RESERVED: [&str; 18] = [
    "False", "None", "True", "as", "assert", "class", "del", "except", "finally", "from", "global", "import",
    "nonlocal", "raise", "try", "while", "with", "yield",
];

/// Marks that are no beginning of a longer one.
const SINGLE: [&str; 11] = ["(", ")", "[", "]", "{", "}", ".", ":", ";", ",", "~"];

/// The other marks, longer ones in front of their beginnings.
const MARKS: [&str; 31] = [
    "//=", "<<=", ">>=", "**", "->", "//", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "==", "!=",
    "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "|", "&", "^",
];

/// Whether a text can be a name in what is generated: an identifier for Gazelle and for Bazel.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !WORDS.contains(&text)
        && !RESERVED.contains(&text)
}

/// Whether a name in a text is one for Bazel: `True` is, as a value.
fn is_bazel_name(text: &str) -> bool {
    is_identifier(text) || matches!(text, "True" | "False" | "None")
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    dialect: Dialect,
    position: usize,
    /// How many brackets are open.
    depth: usize,
    /// Whether nothing but blanks was seen on this line.
    clean_line: bool,
    /// The blanks of this line so far.
    indent: usize,
    /// Those of the blocks around, the innermost last.
    indents: Vec<usize>,
    comments: Vec<CommentAt>,
    /// How many bytes were looked at.
    steps: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self {
            text,
            dialect,
            // Gazelle takes this mark for the beginning of the first name, so that a load at the top is none.
            position: if text.starts_with('\u{feff}') && dialect == Dialect::File { 3 } else { 0 },
            // An expression is written between the brackets of a call, where lines have no meaning.
            depth: usize::from(dialect == Dialect::Strict),
            clean_line: true,
            indent: 0,
            indents: Vec::new(),
            comments: Vec::new(),
            steps: 0,
        }
    }

    /// The comments so far, in order, and the number of bytes that were looked at.
    pub(super) fn finish(self) -> (Vec<CommentAt>, usize) {
        (self.comments, self.steps)
    }

    /// A byte; behind the last one stands a line break, whether the text ends with one or not.
    fn byte(&mut self, position: usize) -> Option<u8> {
        self.steps += 1;
        match self.text.as_bytes().get(position) {
            None if position == self.text.len() => Some(b'\n'),
            byte => byte.copied(),
        }
    }

    /// The next token. Behind the last one there are ends without end.
    pub(super) fn next(&mut self) -> Result<Found, SyntaxError> {
        if let Some(found) = self.skip_blanks() {
            return Ok(found);
        }
        if self.depth == 0 && self.clean_line {
            let current = self.indents.last().copied().unwrap_or(0);
            if self.indent > current {
                self.indents.push(self.indent);
                self.clean_line = false;
                return Ok(self.found(Token::Indent, self.position));
            }
            if self.indent < current {
                self.indents.pop();
                if self.indent > self.indents.last().copied().unwrap_or(0) {
                    return Err(SyntaxError::makes_no_sense(self.text, self.position));
                }
                return Ok(self.found(Token::Unindent, self.position));
            }
        }
        self.clean_line = false;
        let start = self.position;
        let Some(byte) = self.byte(start) else {
            let token = if self.indents.pop().is_some() { Token::Unindent } else { Token::End };
            return Ok(self.found(token, start));
        };
        match byte {
            b'"' | b'\'' => self.string(start),
            b'r' if matches!(self.text.as_bytes().get(start + 1), Some(b'"' | b'\'')) => self.string(start),
            b'_' | 0x80.. => self.word(start),
            _ if byte.is_ascii_alphanumeric() => self.word(start),
            _ => self.mark(start),
        }
    }

    fn found(&self, token: Token, start: usize) -> Found {
        let end = self.text.len();
        Found { token, start: start.min(end), end: self.position.min(end) }
    }

    /// Goes on to what is no blank; line breaks and comments outside of brackets are tokens.
    fn skip_blanks(&mut self) -> Option<Found> {
        while let Some(byte) = self.byte(self.position) {
            let start = self.position;
            match byte {
                b'\n' => {
                    self.position += 1;
                    self.indent = 0;
                    self.clean_line = true;
                    if self.depth == 0 {
                        return Some(self.found(Token::Newline, start));
                    }
                }
                b' ' | b'\t' | b'\r' => {
                    self.position += 1;
                    // Gazelle counts blanks alone.
                    if byte == b' ' && self.clean_line {
                        self.indent += 1;
                    }
                }
                b'#' => {
                    let own_line = self.clean_line;
                    self.indent = 0;
                    self.clean_line = true;
                    while self.byte(self.position).is_some_and(|byte| byte != b'\n') {
                        self.position += 1;
                    }
                    self.comments.push(CommentAt { start, end: self.position, own_line });
                    if self.depth == 0 && own_line {
                        return Some(self.found(Token::Comment, start));
                    }
                }
                // Gazelle refuses the form with a carriage return, Bazel takes it.
                b'\\' if self.byte(start + 1) == Some(b'\n') => self.position += 2,
                b'\\' if self.byte(start + 1) == Some(b'\r') && self.byte(start + 2) == Some(b'\n') => {
                    self.position += 3;
                }
                _ => break,
            }
        }
        None
    }

    fn string(&mut self, start: usize) -> Result<Found, SyntaxError> {
        let is_raw = self.byte(start) == Some(b'r');
        let open = start + usize::from(is_raw);
        let quote = self.text.as_bytes()[open];
        let is_mark = |bytes: &[u8], at: usize| bytes[at..].starts_with(&[quote; 3]);
        let bytes = self.text.as_bytes();
        let is_triple = is_mark(bytes, open);
        self.position = open + if is_triple { 3 } else { 1 };
        let body = self.position;
        let close = loop {
            let at = self.position;
            if at.is_multiple_of(UNASKED) && stop::is_set() {
                return Err(SyntaxError::stopped());
            }
            match self.byte(at) {
                None => return Err(SyntaxError::at(self.text, start, "a string has no end".into())),
                Some(b'\n') if !is_triple => {
                    return Err(SyntaxError::at(self.text, start, "a string has no end on its line".into()));
                }
                Some(b'\\') => self.position += 2,
                Some(byte) if byte == quote && (!is_triple || is_mark(bytes, at)) => break at,
                Some(_) => self.position += 1,
            }
        };
        self.position = close + if is_triple { 3 } else { 1 };
        if !is_raw {
            let escapes = if self.dialect == Dialect::Strict { Escapes::OfBazel } else { Escapes::OfGazelle };
            check_escapes(&self.text[body..close], escapes)
                .map_err(|(at, fault)| SyntaxError::at(self.text, body + at, fault))?;
        }
        Ok(self.found(Token::Str, start))
    }

    /// A name, a word of the language or a number.
    fn word(&mut self, start: usize) -> Result<Found, SyntaxError> {
        let bytes = self.text.as_bytes();
        let is_number = bytes[start].is_ascii_digit();
        while let Some(byte) = bytes.get(self.position) {
            self.steps += 1;
            let goes_on = byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
            // `12.3e-4` has a sign in its middle.
            let is_sign = is_number && matches!(byte, b'+' | b'-') && matches!(bytes[self.position - 1], b'e' | b'E');
            if !goes_on && !is_sign {
                break;
            }
            self.position += 1;
        }
        let text = &self.text[start..self.position];
        if is_number {
            return Ok(self.found(Token::Number, start));
        }
        if let Some(word) = WORDS.iter().find(|word| **word == text) {
            return Ok(self.found(Token::Word(word), start));
        }
        if self.dialect == Dialect::Strict && !is_bazel_name(text) {
            return Err(SyntaxError::at(self.text, start, format!("{text:?} is not a name that Bazel takes")));
        }
        Ok(self.found(Token::Name, start))
    }

    fn mark(&mut self, start: usize) -> Result<Found, SyntaxError> {
        let rest = &self.text[start..];
        let Some(mark) = SINGLE.iter().chain(&MARKS).find(|mark| rest.starts_with(**mark)) else {
            return Err(SyntaxError::makes_no_sense(self.text, start));
        };
        self.steps += mark.len();
        self.position += mark.len();
        match *mark {
            "(" | "[" | "{" => self.depth += 1,
            // One too many is the parser's to refuse.
            ")" | "]" | "}" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(self.found(Token::Mark(mark), start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_language_are_no_identifiers() {
        for word in WORDS.iter().chain(&RESERVED).chain(&["load x", "1a", "a-b", "", "a.", "ä", "a\n"]) {
            assert!(!is_identifier(word), "{word}");
        }
        for name in ["name", "_", "a1", "fortune", "true", "match", "case", "print", "exec", "type", "async", "self"] {
            assert!(is_identifier(name), "{name}");
        }
    }

    #[test]
    fn a_longer_mark_stands_before_its_beginning() {
        let marks: Vec<_> = SINGLE.iter().chain(&MARKS).collect();
        for (index, mark) in marks.iter().enumerate() {
            assert!(!marks[..index].iter().any(|earlier| mark.starts_with(**earlier)), "{mark}");
        }
    }
}
