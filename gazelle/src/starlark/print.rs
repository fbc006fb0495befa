//! How are expressions laid out?

use super::{
    quote::quote,
    tree::{Call, Expr, Kind, Layout, Seq},
};
use std::{borrow::Cow, mem, ops::Range};

const INDENT: usize = 4;

/// Lays expressions out as buildifier does: an item a line where there is more than one, comments where they belong.
/// What was read from a file and not changed since is written as it stands there.
pub(crate) struct Printer<'a> {
    /// The file that sources are places in.
    text: &'a str,
    out: String,
    margin: usize,
    /// Comments that belong at the end of this line.
    pending: Vec<String>,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, out: String::new(), margin: 0, pending: Vec::new() }
    }

    /// What was printed. The last line has no end.
    pub(crate) fn finish(mut self) -> String {
        self.end_line();
        self.out
    }

    /// Comment lines above a statement.
    pub(crate) fn comments(&mut self, comments: &[String]) {
        for comment in comments {
            self.out.push_str(comment.trim());
            self.newline();
        }
    }

    /// Comment lines below a statement.
    pub(crate) fn comments_below(&mut self, comments: &[String]) {
        for comment in comments {
            self.newline();
            self.out.push_str(comment.trim());
        }
    }

    /// Comments that belong at the end of this line.
    pub(crate) fn suffix(&mut self, comments: &[String]) {
        self.pending.extend_from_slice(comments);
    }

    pub(crate) fn call(&mut self, call: &Call) {
        self.out.push_str(&call.function);
        // A call without arguments has no lines to break.
        let one_line = call.args.items.is_empty() && call.args.end.is_empty();
        self.seq(['(', ')'], &call.args, one_line);
    }

    pub(crate) fn expr(&mut self, expr: &Expr) {
        if !expr.before.is_empty() {
            self.trim();
            if !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push('\n');
            }
            self.indent();
            self.comments(&expr.before);
        }
        match (&expr.source, &expr.kind) {
            (Some(source), _) => {
                let text = self.text;
                let moved = moved(text, source, self.margin);
                self.out.push_str(&moved);
            }
            (None, Kind::Ident(text) | Kind::Number(text) | Kind::Text(text, _)) => self.out.push_str(text),
            (None, Kind::Str(text)) => quote(text, &mut self.out),
            (None, Kind::List(seq)) => self.seq(['[', ']'], seq, false),
            (None, Kind::Dict(seq)) => self.seq(['{', '}'], seq, false),
            (None, Kind::Pair(key, value)) => {
                self.expr(key);
                self.out.push_str(": ");
                self.expr(value);
            }
            (None, Kind::Call(call)) => self.call(call),
            (None, Kind::Named(name, value)) => {
                self.out.push_str(name);
                self.out.push_str(" = ");
                self.expr(value);
            }
            (None, Kind::Sum(terms)) => {
                for (index, term) in terms.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(" + ");
                    }
                    self.expr(term);
                }
            }
        }
        self.suffix(&expr.suffix);
    }

    fn seq(&mut self, brackets: [char; 2], seq: &Seq, one_line: bool) {
        self.out.push(brackets[0]);
        let commented = |item: &Expr| !item.before.is_empty() || !item.suffix.is_empty();
        let lines = match seq.layout {
            _ if !seq.end.is_empty() || seq.items.iter().any(commented) => true,
            _ if one_line => false,
            Layout::ByNumber => seq.items.len() > 1,
            Layout::OneLine => false,
            Layout::Lines => true,
        };
        if lines {
            self.margin += INDENT;
            for (index, item) in seq.items.iter().enumerate() {
                self.newline();
                self.expr(item);
                let last = index + 1 == seq.items.len();
                // `*args` at the end takes no comma, for a time when Python didn't allow one.
                let unpacks = brackets[0] == '(' && matches!(&item.kind, Kind::Text(text, _) if text.starts_with('*'));
                if !(last && unpacks) {
                    self.out.push(',');
                }
            }
            self.comments_below(&seq.end);
            self.margin -= INDENT;
            self.newline();
        } else {
            for (index, item) in seq.items.iter().enumerate() {
                if index > 0 {
                    self.out.push_str(", ");
                }
                self.expr(item);
            }
        }
        self.out.push(brackets[1]);
    }

    fn newline(&mut self) {
        self.end_line();
        self.out.push('\n');
        self.indent();
    }

    fn end_line(&mut self) {
        for (index, comment) in mem::take(&mut self.pending).iter().enumerate() {
            if index == 0 {
                self.out.push_str("  ");
            } else {
                self.trim();
                self.out.push('\n');
                self.indent();
            }
            self.out.push_str(comment.trim());
        }
        self.trim();
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n(' ', self.margin));
    }

    fn trim(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
    }
}

/// A part of a file, with the lines after its first as far to the right of the margin as they are to the right of
/// their first line in the file.
fn moved<'a>(text: &'a str, source: &Range<usize>, margin: usize) -> Cow<'a, str> {
    let part = &text[source.clone()];
    // Asked first: to look for the beginning of the line for each of its parts would take the square of its length.
    if !part.contains('\n') {
        return Cow::Borrowed(part);
    }
    let line_start = text[..source.start].rfind('\n').map_or(0, |newline| newline + 1);
    let old = text[line_start..].len() - text[line_start..].trim_start_matches(' ').len();
    if old == margin {
        return Cow::Borrowed(part);
    }
    let mut out = String::with_capacity(part.len() + 64);
    let bytes = part.as_bytes();
    // What was copied, and where the search for the next line is.
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at += part[at..].find('\n').unwrap_or(part.len() - at),
            // What looks like a margin within a string is a part of the string.
            quote @ (b'"' | b'\'') => at = end_of_literal(bytes, at, quote),
            b'\n' => {
                at += 1;
                let spaces = part[at..].len() - part[at..].trim_start_matches(' ').len();
                out.push_str(&part[copied..at]);
                if !part[at + spaces..].starts_with('\n') {
                    out.extend(std::iter::repeat_n(' ', (spaces + margin).saturating_sub(old)));
                }
                at += spaces;
                copied = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(&part[copied..]);
    Cow::Owned(out)
}

/// The position behind a string literal that begins at `start`. Text that was parsed has one.
fn end_of_literal(bytes: &[u8], start: usize, quote: u8) -> usize {
    let triple = [quote; 3];
    let mark = if bytes[start..].starts_with(&triple) { &triple[..] } else { &triple[..1] };
    let mut at = start + mark.len();
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at..].starts_with(mark) {
            return at + mark.len();
        } else {
            at += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_move_with_their_first_and_strings_stay() {
        let text = "x(y = [\n    \"a\",\n    \"\"\"b\n  c\"\"\",\n\n    # d\n])";
        let source = 6..text.len() - 1;
        assert_eq!(moved(text, &source, 4), "[\n        \"a\",\n        \"\"\"b\n  c\"\"\",\n\n        # d\n    ]");
        assert_eq!(moved(text, &source, 0), &text[source]);
    }
}
