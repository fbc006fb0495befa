//! How does text become a tree?

use super::{
    comments::{self, Comment},
    error::SyntaxError,
    quote::unquote,
    syntax::{Does, Is, Node, Statement, Syntax},
    token::CommentAt,
    tree::{Call, Expr, Kind, Layout, Seq},
};
use crate::stop;
use std::ops::Range;

/// How deep expressions are taken apart. Each level takes a stack frame wherever a tree is walked, and a file must
/// not be able to exhaust the stack of a thread; what is deeper is text.
const MAX_DEPTH: usize = 50;

/// A statement at the top of a file with its comments, or comments that belong to none.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Where it stands, comments included.
    pub(crate) span: Range<usize>,
    /// Comment lines right above.
    pub(crate) before: Vec<String>,
    /// Comments behind, on its last line.
    pub(crate) suffix: Vec<String>,
    /// Comment lines right below, if no statement follows these: or all, where there is no statement.
    pub(crate) after: Vec<String>,
    pub(crate) body: LineBody,
}

#[derive(Clone, Debug)]
pub(crate) enum LineBody {
    /// The call of a name, with dots or without.
    Call(Call, Range<usize>),
    /// Comments with an empty line above and below.
    Comments,
    /// Any other statement: the names that it mentions, and those that it defines.
    Other { names: Vec<String>, defines: Vec<String>, is_string: bool },
}

/// Reads the statements of a file.
pub(crate) fn read(text: &str) -> Result<Vec<Line>, SyntaxError> {
    let syntax = Syntax::parse(text)?;
    let mut reading = Reading { syntax: &syntax, lines: Vec::new(), end_row: 0, open: false };
    let mut comments = syntax.comments.as_slice();
    for statement in &syntax.statements {
        if stop::is_set() {
            return Err(SyntaxError::stopped());
        }
        let (before, rest) = comments.split_at(comments.partition_point(|comment| comment.start < statement.start));
        let (inner, rest) = rest.split_at(rest.partition_point(|comment| comment.start < statement.end));
        for comment in before {
            reading.comment(*comment);
        }
        reading.statement(statement, inner);
        comments = rest;
    }
    for comment in comments {
        reading.comment(*comment);
    }
    Ok(reading.lines)
}

struct Reading<'a> {
    syntax: &'a Syntax<'a>,
    lines: Vec<Line>,
    /// The last row of what was read last.
    end_row: usize,
    /// Whether comment lines and statements may still belong to the last line.
    open: bool,
}

impl Reading<'_> {
    fn comment(&mut self, at: CommentAt) {
        let text = self.syntax.text;
        let row = self.syntax.row(at.start);
        let is_indented = text.as_bytes()[..at.start].last().is_some_and(|byte| *byte != b'\n');
        let comment = comment(text, at);
        let apart = row > self.end_row + 1;
        self.end_row = row;
        if let Some(last) = self.lines.last_mut() {
            let in_block = is_indented && comment.own_line && matches!(last.body, LineBody::Other { .. });
            if !comment.own_line || in_block {
                last.span.end = at.end;
                if !comment.own_line {
                    last.suffix.push(comment.text);
                }
                return;
            }
            if self.open && !apart {
                last.span.end = at.end;
                last.after.push(comment.text);
                return;
            }
        }
        self.push(at.start..at.end, vec![comment.text], LineBody::Comments);
    }

    fn statement(&mut self, statement: &Statement, inner: &[CommentAt]) {
        let text = self.syntax.text;
        let span = statement.start..statement.end;
        let body = body(self.syntax, statement, inner.iter().map(|at| comment(text, *at)).collect());
        let apart = self.syntax.row(span.start) > self.end_row + 1;
        self.end_row = self.syntax.row(span.end);
        // Comments right above, which were thought to belong to what stands above them.
        let mut before = Vec::new();
        let mut start = span.start;
        if self.open
            && !apart
            && let Some(last) = self.lines.last_mut()
            && !last.after.is_empty()
        {
            before = std::mem::take(&mut last.after);
            let above = text[last.span.clone()].rmatch_indices('\n').nth(before.len() - 1);
            let above = above.map_or(0, |(newline, _)| newline + 1);
            start = last.span.start + above;
            if matches!(last.body, LineBody::Comments) {
                start = last.span.start;
                self.lines.pop();
            } else {
                last.span.end = text[..start].trim_end().len();
            }
        }
        self.push(start..span.end, Vec::new(), body);
        if let Some(last) = self.lines.last_mut() {
            last.before = before;
        }
    }

    fn push(&mut self, span: Range<usize>, after: Vec<String>, body: LineBody) {
        self.lines.push(Line { span, before: Vec::new(), suffix: Vec::new(), after, body });
        self.open = true;
    }
}

fn comment(text: &str, at: CommentAt) -> Comment {
    Comment { start: at.start, text: text[at.start..at.end].trim_end().into(), own_line: at.own_line }
}

fn body(syntax: &Syntax<'_>, statement: &Statement, comments: Vec<Comment>) -> LineBody {
    let only = syntax.expression(statement);
    if let Some(only) = only.filter(|only| only.is() == Is::Call) {
        let mut expr = expr(only, 0);
        comments::attach(&mut expr, comments);
        if let Kind::Call(call) = expr.kind {
            return LineBody::Call(call, only.range());
        }
    }
    let defines = match statement.does {
        Does::Assign(target) => syntax.node(target as usize).names().map(String::from).collect(),
        Does::Define(start, end) => vec![syntax.text[start as usize..end as usize].into()],
        Does::Evaluate | Does::Other => Vec::new(),
    };
    let is_string = only.is_some_and(|only| only.is() == Is::Str);
    let names = syntax.names(statement.entries.clone()).map(String::from).collect();
    LineBody::Other { names, defines, is_string }
}

fn expr(node: Node<'_>, depth: usize) -> Expr {
    let kind = (depth < MAX_DEPTH).then(|| kind(node, depth + 1)).flatten();
    let kind = kind.unwrap_or_else(|| Kind::Text(node.text().into(), node.names().map(String::from).collect()));
    Expr { source: Some(node.range()), ..Expr::new(kind) }
}

/// The expression taken apart; `None` if it is of no kind that anyone takes apart.
fn kind(node: Node<'_>, depth: usize) -> Option<Kind> {
    let own = node.text();
    Some(match node.is() {
        Is::Name => Kind::Ident(own.into()),
        Is::Number if !own.contains(char::is_whitespace) => Kind::Number(own.into()),
        Is::Str => Kind::Str(unquote(own)?),
        Is::List => Kind::List(seq(node, depth, false)),
        Is::Dict => Kind::Dict(seq(node, depth, false)),
        Is::Pair => {
            let [key, value] = node.parts()[..] else { return None };
            Kind::Pair(Box::new(expr(key, depth)), Box::new(expr(value, depth)))
        }
        Is::Call => {
            let [function, args] = node.parts()[..] else { return None };
            is_dotted(function).then_some(())?;
            // Only a name without breaks and comments can be written down again.
            let name = function.text();
            (!name.contains(|char: char| char.is_whitespace() || matches!(char, '#' | '\\'))).then_some(())?;
            Kind::Call(Call { function: name.into(), args: seq(args, depth, true) })
        }
        Is::Named => {
            let [name, value] = node.parts()[..] else { return None };
            Kind::Named(name.text().into(), Box::new(expr(value, depth)))
        }
        Is::Plus => {
            let mut terms = Vec::new();
            let mut left = node;
            while left.is() == Is::Plus {
                let [before, right] = left.parts()[..] else { return None };
                terms.push(expr(right, depth));
                left = before;
            }
            terms.push(expr(left, depth));
            terms.reverse();
            Kind::Sum(terms)
        }
        _ => return None,
    })
}

/// Whether an expression is a name, or a name of a name.
fn is_dotted(node: Node<'_>) -> bool {
    let mut node = node;
    while node.is() == Is::Dot {
        match node.parts()[..] {
            [object] => node = object,
            _ => return false,
        }
    }
    node.is() == Is::Name
}

fn seq(node: Node<'_>, depth: usize, of_call: bool) -> Seq {
    let parts = node.parts();
    let (first_row, last_row) = node.rows();
    let layout = match parts.as_slice() {
        [] if first_row != last_row => Layout::Lines,
        [only] if (first_row, last_row) != only.rows() => Layout::Lines,
        [_, _, ..] if of_call && first_row == last_row && parts.iter().all(|part| is_simple(*part)) => Layout::OneLine,
        _ => Layout::ByNumber,
    };
    Seq { items: parts.into_iter().map(|part| expr(part, depth)).collect(), end: Vec::new(), layout }
}

/// Whether buildifier leaves several such arguments on one line.
fn is_simple(node: Node<'_>) -> bool {
    match node.is() {
        Is::Name | Is::Number | Is::Str => true,
        Is::List | Is::Tuple | Is::Dict => node.parts().is_empty(),
        Is::Unary | Is::Star => {
            matches!(node.parts()[..], [operand] if matches!(operand.is(), Is::Name | Is::Number))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::starlark::Printer;
    use proptest::prelude::*;

    /// Each line as its span, what it is, and its comments.
    fn shown(text: &str) -> Vec<String> {
        let show = |line: &Line| {
            let body = match &line.body {
                LineBody::Call(call, _) => call.function.clone(),
                LineBody::Comments => "#".into(),
                LineBody::Other { names, defines, .. } => format!("{names:?} {defines:?}"),
            };
            let comments = [&line.before, &line.suffix, &line.after].map(|comments| comments.join("|"));
            format!("{}..{} {body} {}", line.span.start, line.span.end, comments.join("/"))
        };
        read(text).unwrap().iter().map(show).collect()
    }

    #[test]
    fn comments_belong_to_what_they_touch() {
        assert_eq!(shown("# a\n# b\n\nx()\n"), ["0..7 # //# a|# b", "9..12 x //"]);
        assert_eq!(shown("# a\nx() # b\n# c\n\n# d\n"), ["0..15 x # a/# b/# c", "17..20 # //# d"]);
        assert_eq!(shown("x()\n# a\n# b\ny()\n"), ["0..3 x //", "4..15 y # a|# b//"]);
        assert_eq!(shown("x() # s\n# a\ny()"), ["0..7 x /# s/", "8..15 y # a//"]);
        assert_eq!(shown("x()\n\n\ny(); z()\n# e"), ["0..3 x //", "6..9 y //", "11..18 z //# e"]);
    }

    #[test]
    fn comments_in_a_block_are_a_part_of_it() {
        let text = "def f(a):\n    # in\n    g(a)\n    # end\n# after\n\nx = [y]\n";
        assert_eq!(shown(text), ["0..45 [\"a\", \"g\", \"a\"] [\"f\"] //# after", "47..54 [\"x\", \"y\"] [\"x\"] //"]);
    }

    /// The file with each call printed from its tree alone, those parts left aside that are text anyway.
    fn printed(text: &str) -> String {
        fn forget(expr: &mut Expr) {
            match &mut expr.kind {
                Kind::List(seq) | Kind::Dict(seq) => seq.items.iter_mut().for_each(forget),
                Kind::Call(call) => call.args.items.iter_mut().for_each(forget),
                Kind::Pair(key, value) => [key, value].into_iter().for_each(|expr| forget(expr)),
                Kind::Named(_, value) => forget(value),
                Kind::Sum(terms) => terms.iter_mut().for_each(forget),
                _ => return,
            }
            expr.source = None;
        }
        let mut out = String::new();
        for line in read(text).unwrap() {
            let LineBody::Call(mut call, _) = line.body else { panic!("{line:?}") };
            call.args.items.iter_mut().for_each(forget);
            let mut printer = Printer::new(text);
            printer.comments(&line.before);
            printer.call(&call);
            printer.suffix(&line.suffix);
            printer.comments_below(&line.after);
            out += &printer.finish();
            out.push('\n');
        }
        out
    }

    #[test]
    fn what_is_formatted_is_printed_as_it_was() {
        for text in [
            "x(name = \"a\")\n",
            "x()\n",
            "x.y(\"a\", b, [], *c)\n",
            "x(\n    name = \"a\",\n    **kwargs\n)\n",
            "# above\nx(\n    # name\n    name = \"a\",  # keep\n    srcs = [\n        # first\n        \"a\",  # tail\n        \
             # last\n    ],  # srcs\n    deps = glob([\"*\"]) + [\n        \"b\",\n    ] + select({\n        # one\n        \
             \"c\": [],\n    }),\n    # end\n)  # done\n# below\n",
            "x(a = [\n    b\n    for b in c\n    # why\n    if b\n])\n",
            "x(\n    a = \"\"\"b\n  c\"\"\",\n    d = {\n    },\n)\n",
        ] {
            assert_eq!(printed(text), text);
        }
    }

    #[test]
    fn a_comment_behind_a_bracket_goes_above_what_follows() {
        assert_eq!(printed("x(  # a\n    y = [  # b\n    ],\n)\n"), "x(\n    # a\n    y = [\n        # b\n    ],\n)\n");
    }

    #[test]
    fn depth_is_no_problem() {
        let deep = format!("x({}{})\n", "f([".repeat(5_000), "])".repeat(5_000));
        assert_eq!(printed(&deep), deep);
        let long = format!("x(a = {}\"b\")\n", "\"a\" + ".repeat(20_000));
        assert_eq!(printed(&long), long);
    }

    proptest! {
        #[test]
        fn lines_stand_in_order_and_reading_never_panics(text in "(x\\(\\)|y = \\[\"a\"\\]|# c|def f\\(\\):\n  z\\(\\)|\n|;| |\"s\"|[\\[\\](){}'\"#=,a\n \\\\:+]){0,30}") {
            if let Ok(lines) = read(&text) {
                let mut end = 0;
                for line in lines {
                    prop_assert!(end <= line.span.start && line.span.start < line.span.end, "{line:?}");
                    end = line.span.end;
                }
                prop_assert!(end <= text.len());
            }
        }
    }
}
