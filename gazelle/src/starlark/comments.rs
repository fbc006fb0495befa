//! Where do comments belong?
//!
//! As in buildifier: a comment line belongs to the outermost expression that begins next, a comment behind code to
//! the outermost expression that ended last.

use super::tree::{Expr, Kind};

/// A comment in the text of a statement.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) start: usize,
    pub(super) text: String,
    /// Whether nothing else stands on its line.
    pub(super) own_line: bool,
}

/// Hangs the comments on the expression and those in it. What stands within a part that is text stays in the text.
pub(super) fn attach(expr: &mut Expr, comments: Vec<Comment>) {
    let (lines, mut behind): (Vec<_>, Vec<_>) = comments.into_iter().partition(|comment| comment.own_line);
    let mut lines: Vec<_> = lines.into_iter().rev().collect();
    attach_lines(expr, &mut lines);
    attach_behind(expr, &mut behind);
}

/// `lines` has the next comment at its end.
fn attach_lines(expr: &mut Expr, lines: &mut Vec<Comment>) {
    let Some(source) = expr.source.clone() else { return };
    take(lines, source.start, &mut expr.before);
    let end = source.end.saturating_sub(1);
    match &mut expr.kind {
        Kind::List(seq) | Kind::Dict(seq) => {
            seq.items.iter_mut().for_each(|item| attach_lines(item, lines));
            take(lines, end, &mut seq.end);
        }
        Kind::Call(call) => {
            call.args.items.iter_mut().for_each(|item| attach_lines(item, lines));
            take(lines, end, &mut call.args.end);
        }
        Kind::Pair(key, value) => {
            attach_lines(key, lines);
            attach_lines(value, lines);
        }
        Kind::Named(_, value) => attach_lines(value, lines),
        Kind::Sum(terms) => terms.iter_mut().for_each(|term| attach_lines(term, lines)),
        Kind::Ident(_) | Kind::Number(_) | Kind::Str(_) | Kind::Text(..) => {
            take(lines, source.end, &mut Vec::new());
        }
    }
}

fn take(lines: &mut Vec<Comment>, position: usize, to: &mut Vec<String>) {
    while let Some(line) = lines.pop_if(|line| line.start <= position) {
        to.push(line.text);
    }
}

/// `behind` has the last comment at its end.
fn attach_behind(expr: &mut Expr, behind: &mut Vec<Comment>) {
    let Some(source) = expr.source.clone() else { return };
    take_behind(behind, source.end, &mut expr.suffix);
    // A comment behind an opening bracket, or before a value, has nothing before it in this tree. Buildifier puts it
    // above what comes next.
    let mut open = Vec::new();
    match &mut expr.kind {
        Kind::List(seq) | Kind::Dict(seq) => {
            seq.items.iter_mut().rev().for_each(|item| attach_behind(item, behind));
            take_behind(behind, source.start, &mut open);
            seq.items.first_mut().map_or(&mut seq.end, |first| &mut first.before).splice(..0, open);
        }
        Kind::Call(call) => {
            call.args.items.iter_mut().rev().for_each(|item| attach_behind(item, behind));
            take_behind(behind, source.start, &mut open);
            call.args.items.first_mut().map_or(&mut call.args.end, |first| &mut first.before).splice(..0, open);
        }
        Kind::Pair(key, value) => {
            attach_behind(value, behind);
            attach_behind(key, behind);
        }
        Kind::Named(_, value) => {
            attach_behind(value, behind);
            take_behind(behind, source.start, &mut open);
            value.before.splice(..0, open);
        }
        Kind::Sum(terms) => terms.iter_mut().rev().for_each(|term| attach_behind(term, behind)),
        Kind::Ident(_) | Kind::Number(_) | Kind::Str(_) | Kind::Text(..) => {
            take_behind(behind, source.start, &mut Vec::new());
        }
    }
}

fn take_behind(behind: &mut Vec<Comment>, position: usize, to: &mut Vec<String>) {
    let first = behind.iter().rposition(|comment| comment.start < position).map_or(0, |before| before + 1);
    let found = behind.split_off(first);
    to.splice(..0, found.into_iter().map(|comment| comment.text));
}
