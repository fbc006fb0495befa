//! How does text become a tree?

use super::{
    comments::{self, Comment},
    parse::{Syntax, SyntaxError, names},
    quote::unquote,
    tree::{Call, Expr, Kind, Layout, Seq},
};
use std::ops::Range;
use tree_sitter::Node;

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
    let mut reading = Reading { text, lines: Vec::new(), end_row: 0, open: false };
    let root = syntax.root();
    let mut cursor = root.walk();
    for node in root.named_children(&mut cursor) {
        if node.kind() == "comment" {
            reading.comment(node);
        } else {
            reading.statement(node);
        }
    }
    Ok(reading.lines)
}

struct Reading<'a> {
    text: &'a str,
    lines: Vec<Line>,
    /// The last row of what was read last.
    end_row: usize,
    /// Whether comment lines and statements may still belong to the last line.
    open: bool,
}

impl Reading<'_> {
    fn comment(&mut self, node: Node<'_>) {
        let (row, column, range) = (node.start_position().row, node.start_position().column, node.byte_range());
        let comment = comment(self.text, node);
        let apart = row > self.end_row + 1;
        self.end_row = row;
        if let Some(last) = self.lines.last_mut() {
            let in_block = column > 0 && comment.own_line && matches!(last.body, LineBody::Other { .. });
            if !comment.own_line || in_block {
                last.span.end = range.end;
                if !comment.own_line {
                    last.suffix.push(comment.text);
                }
                return;
            }
            if self.open && !apart {
                last.span.end = range.end;
                last.after.push(comment.text);
                return;
            }
        }
        self.push(range, vec![comment.text], LineBody::Comments);
    }

    fn statement(&mut self, node: Node<'_>) {
        let range = node.byte_range();
        let end = content_end(node);
        let span = range.start..end.end_byte();
        let mut found = Vec::new();
        if self.text[range].contains('#') {
            find_comments(node, &mut found);
        }
        let inner = found.iter().take_while(|comment| comment.start_byte() < span.end);
        let inner = inner.map(|node| comment(self.text, *node)).collect();
        let body = body(self.text, node, inner);
        let apart = node.start_position().row > self.end_row + 1;
        self.end_row = end.end_position().row;
        // Comments right above, which were thought to belong to what stands above them.
        let mut before = Vec::new();
        let mut start = span.start;
        if self.open
            && !apart
            && let Some(last) = self.lines.last_mut()
            && !last.after.is_empty()
        {
            before = std::mem::take(&mut last.after);
            let above = self.text[last.span.clone()].rmatch_indices('\n').nth(before.len() - 1);
            let above = above.map_or(0, |(newline, _)| newline + 1);
            start = last.span.start + above;
            if matches!(last.body, LineBody::Comments) {
                start = last.span.start;
                self.lines.pop();
            } else {
                last.span.end = self.text[..start].trim_end().len();
            }
        }
        self.push(start..span.end, Vec::new(), body);
        if let Some(last) = self.lines.last_mut() {
            last.before = before;
        }
        // Comments at the end of a block are in the node of the block.
        for node in found.into_iter().filter(|comment| comment.start_byte() >= span.end) {
            self.comment(node);
        }
    }

    fn push(&mut self, span: Range<usize>, after: Vec<String>, body: LineBody) {
        self.lines.push(Line { span, before: Vec::new(), suffix: Vec::new(), after, body });
        self.open = true;
    }
}

fn comment(text: &str, node: Node<'_>) -> Comment {
    let before = &text[..node.start_byte()];
    let own_line = before[before.rfind('\n').map_or(0, |newline| newline + 1)..].trim().is_empty();
    Comment { start: node.start_byte(), text: text[node.byte_range()].trim_end().into(), own_line }
}

/// The last token of a statement that is no comment.
fn content_end(node: Node<'_>) -> Node<'_> {
    let mut cursor = node.walk();
    let mut last = node;
    while last.kind() != "string" {
        let children = last.children(&mut cursor);
        let with_text = |child: &Node<'_>| child.kind() != "comment" && child.end_byte() > child.start_byte();
        match children.filter(with_text).last() {
            Some(child) => last = child,
            None => break,
        }
    }
    last
}

fn find_comments<'t>(node: Node<'t>, found: &mut Vec<Node<'t>>) {
    let mut cursor = node.walk();
    loop {
        if cursor.node().kind() == "comment" {
            found.push(cursor.node());
        }
        if cursor.node().kind() != "string" && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

fn body(text: &str, node: Node<'_>, comments: Vec<Comment>) -> LineBody {
    let only = (node.kind() == "expression_statement").then(|| only_part(node)).flatten();
    if let Some(only) = only.filter(|only| only.kind() == "call") {
        let mut expr = expr(text, only, 0);
        comments::attach(&mut expr, comments);
        if let Kind::Call(call) = expr.kind {
            return LineBody::Call(call, only.byte_range());
        }
    }
    let mut defines = Vec::new();
    let assignment = only.filter(|only| only.kind() == "assignment");
    let target = match assignment {
        Some(assignment) => assignment.child_by_field_name("left"),
        None => node.child_by_field_name("name").filter(|_| node.kind() == "function_definition"),
    };
    if let Some(target) = target {
        defines = names(target, text).into_iter().map(String::from).collect();
    }
    let is_string = only.is_some_and(|only| only.kind() == "string");
    LineBody::Other { names: names(node, text).into_iter().map(String::from).collect(), defines, is_string }
}

fn only_part(node: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    let mut parts = node.children(&mut cursor).filter(|child| child.kind() != "comment");
    let only = parts.next();
    only.filter(|_| parts.next().is_none())
}

fn expr(text: &str, node: Node<'_>, depth: usize) -> Expr {
    let kind = (depth < MAX_DEPTH).then(|| kind(text, node, depth + 1)).flatten().unwrap_or_else(|| {
        Kind::Text(text[node.byte_range()].into(), names(node, text).into_iter().map(String::from).collect())
    });
    Expr { source: Some(node.byte_range()), ..Expr::new(kind) }
}

/// The expression taken apart; none where it is of no kind that anyone takes apart.
fn kind(text: &str, node: Node<'_>, depth: usize) -> Option<Kind> {
    let own = &text[node.byte_range()];
    let boxed = |node: Option<Node<'_>>| Some(Box::new(expr(text, node?, depth)));
    Some(match node.kind() {
        "identifier" | "true" | "false" | "none" => Kind::Ident(own.into()),
        "integer" | "float" => Kind::Number(own.into()),
        "string" => Kind::Str(unquote(own)?),
        "list" => Kind::List(seq(text, node, depth, false)),
        "dictionary" => {
            let seq = seq(text, node, depth, false);
            seq.items.iter().all(|item| matches!(item.kind, Kind::Pair(..))).then_some(Kind::Dict(seq))?
        }
        "pair" => Kind::Pair(boxed(node.child_by_field_name("key"))?, boxed(node.child_by_field_name("value"))?),
        "call" => {
            let function = node.child_by_field_name("function")?;
            let args = node.child_by_field_name("arguments").filter(|args| args.kind() == "argument_list")?;
            is_dotted(function).then_some(())?;
            let function = text[function.byte_range()].to_owned();
            // Only a name without breaks and comments can be written down again.
            (!function.contains(|char: char| char.is_whitespace() || char == '#')).then_some(())?;
            Kind::Call(Call { function, args: seq(text, args, depth, true) })
        }
        "keyword_argument" => {
            let name = node.child_by_field_name("name")?;
            Kind::Named(text[name.byte_range()].into(), boxed(node.child_by_field_name("value"))?)
        }
        "binary_operator" => {
            let mut terms = Vec::new();
            let mut left = node;
            while left.kind() == "binary_operator" && is_plus(text, left) {
                terms.push(expr(text, left.child_by_field_name("right")?, depth));
                left = left.child_by_field_name("left")?;
            }
            if terms.is_empty() {
                return None;
            }
            terms.push(expr(text, left, depth));
            terms.reverse();
            Kind::Sum(terms)
        }
        _ => return None,
    })
}

fn is_plus(text: &str, node: Node<'_>) -> bool {
    node.child_by_field_name("operator").is_some_and(|operator| &text[operator.byte_range()] == "+")
}

/// Whether an expression is a name, or a name of a name.
fn is_dotted(node: Node<'_>) -> bool {
    let mut node = node;
    while node.kind() == "attribute" {
        match node.child_by_field_name("object") {
            Some(object) => node = object,
            None => return false,
        }
    }
    node.kind() == "identifier"
}

fn seq(text: &str, node: Node<'_>, depth: usize, of_call: bool) -> Seq {
    let mut cursor = node.walk();
    let nodes: Vec<_> = node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect();
    let (first_row, last_row) = (node.start_position().row, node.end_position().row);
    let layout = match nodes.as_slice() {
        [] if first_row != last_row => Layout::Lines,
        [only] if first_row != only.start_position().row || last_row != only.end_position().row => Layout::Lines,
        [_, _, ..] if of_call && first_row == last_row && nodes.iter().all(|node| is_simple(*node)) => Layout::OneLine,
        _ => Layout::ByNumber,
    };
    Seq { items: nodes.into_iter().map(|node| expr(text, node, depth)).collect(), end: Vec::new(), layout }
}

/// Whether buildifier leaves several such arguments on one line.
fn is_simple(node: Node<'_>) -> bool {
    match node.kind() {
        "identifier" | "true" | "false" | "none" | "integer" | "float" | "string" => true,
        "list" | "tuple" | "dictionary" | "set" => node.named_child_count() == 0,
        "unary_operator" | "not_operator" | "list_splat" | "dictionary_splat" => {
            node.named_child(0).is_some_and(|operand| matches!(operand.kind(), "identifier" | "integer" | "float"))
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
