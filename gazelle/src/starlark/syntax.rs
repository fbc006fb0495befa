//! What does a Starlark text say?
//!
//! The nodes of all expressions stand in one list, each behind those that it is made of. So neither making the tree nor
//! walking it takes a stack, however deep a text is nested.

use super::{error::SyntaxError, parse, quote::unquote, token::CommentAt};
use std::ops::Range;

/// Most bytes of a text.
pub(crate) const MAX_TEXT_BYTES: usize = 64 << 20;

/// What an expression is, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    Name,
    /// The name of an argument or of a parameter with a default: it mentions nothing.
    ArgName,
    Number,
    Str,
    List,
    Dict,
    /// Key and value.
    Pair,
    Tuple,
    /// One expression in brackets.
    Paren,
    /// Function and [`Is::Args`].
    Call,
    Args,
    /// Name and value.
    Named,
    /// `*` or `**` and a value.
    Star,
    /// A value; the name behind the dot is no node.
    Dot,
    Unary,
    /// Both sides of a `+`.
    Plus,
    /// Anything else.
    Other,
}

/// A node, with those before it that belong to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) is: Is,
    pub(super) start: u32,
    pub(super) end: u32,
    /// How many entries the node is, itself included.
    pub(super) size: u32,
}

/// What a statement at the top of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// One expression, or several with commas between.
    Evaluate,
    /// An assignment to this node.
    Assign(u32),
    /// The definition of a function that has its name here.
    Define(u32, u32),
    Other,
}

/// A statement at the top of a file.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) does: Does,
    pub(super) start: usize,
    /// Behind its last token that is no comment.
    pub(super) end: usize,
    /// Its entries.
    pub(super) entries: Range<usize>,
}

/// A text that was read.
#[derive(Debug)]
pub(crate) struct Syntax<'a> {
    pub(super) text: &'a str,
    pub(super) entries: Vec<Entry>,
    pub(super) statements: Vec<Statement>,
    pub(super) comments: Vec<CommentAt>,
    /// Where lines end.
    newlines: Vec<u32>,
    /// How much was done to read it.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold that it grows with the text"))]
    pub(super) steps: usize,
}

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'t> {
    syntax: &'t Syntax<'t>,
    index: usize,
}

/// A call that is a statement of its own at the top of a file.
pub(crate) struct CallStatement<'a> {
    /// What is called, `bazel_dep` or `ext.tag`.
    pub(crate) name: &'a str,
    pub(crate) arguments: Vec<Argument<'a>>,
}

/// An argument in such a call.
pub(crate) struct Argument<'a> {
    pub(crate) name: Option<&'a str>,
    node: Node<'a>,
}

impl<'a> Syntax<'a> {
    /// Reads a file.
    pub(crate) fn parse(text: &'a str) -> Result<Self, SyntaxError> {
        parse::file(text)
    }

    pub(super) fn new(
        text: &'a str,
        entries: Vec<Entry>,
        statements: Vec<Statement>,
        (comments, steps): (Vec<CommentAt>, usize),
    ) -> Self {
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        let newlines = newlines.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        Self { text, entries, statements, comments, newlines, steps }
    }

    /// The number of a line, from 0.
    pub(super) fn row(&self, byte: usize) -> usize {
        self.newlines.partition_point(|newline| (*newline as usize) < byte)
    }

    pub(super) fn node(&self, index: usize) -> Node<'_> {
        Node { syntax: self, index }
    }

    /// The expression that a statement is, if it is one without commas.
    pub(super) fn expression(&self, statement: &Statement) -> Option<Node<'_>> {
        let index = statement.entries.end.checked_sub(1)?;
        let whole = statement.does == Does::Evaluate && self.entries[index].size as usize == statement.entries.len();
        whole.then(|| self.node(index))
    }

    /// The names that entries mention; not the names of arguments and attributes.
    pub(super) fn names(&self, entries: Range<usize>) -> impl Iterator<Item = &str> {
        let names = self.entries[entries].iter().filter(|entry| entry.is == Is::Name);
        names.map(|entry| &self.text[entry.start as usize..entry.end as usize])
    }

    /// The calls at the top of the file, in order.
    pub(crate) fn calls(&'a self) -> Vec<CallStatement<'a>> {
        let expressions = self.statements.iter().filter_map(|statement| self.expression(statement));
        expressions.filter(|node| node.is() == Is::Call).filter_map(Self::call).collect()
    }

    fn call(call: Node<'a>) -> Option<CallStatement<'a>> {
        let [function, args] = call.parts()[..] else { return None };
        let argument = |node: Node<'a>| match (node.is(), &node.parts()[..]) {
            (Is::Named, [name, value]) => Argument { name: Some(name.text()), node: *value },
            _ => Argument { name: None, node },
        };
        Some(CallStatement { name: function.text(), arguments: args.parts().into_iter().map(argument).collect() })
    }
}

impl<'t> Node<'t> {
    pub(super) fn is(self) -> Is {
        self.entry().is
    }

    pub(super) fn range(self) -> Range<usize> {
        self.entry().start as usize..self.entry().end as usize
    }

    pub(super) fn text(self) -> &'t str {
        &self.syntax.text[self.range()]
    }

    /// The line of its beginning, and that of its end.
    pub(super) fn rows(self) -> (usize, usize) {
        let Range { start, end } = self.range();
        (self.syntax.row(start), self.syntax.row(end))
    }

    /// The nodes that it is made of, in order.
    pub(super) fn parts(self) -> Vec<Self> {
        let first = self.index + 1 - self.entry().size as usize;
        let mut parts = Vec::new();
        let mut end = self.index;
        while end > first {
            let part = Self { index: end - 1, ..self };
            end -= part.entry().size as usize;
            parts.push(part);
        }
        parts.reverse();
        parts
    }

    /// See [`Syntax::names`].
    pub(super) fn names(self) -> impl Iterator<Item = &'t str> {
        self.syntax.names(self.index + 1 - self.entry().size as usize..self.index + 1)
    }

    fn entry(self) -> Entry {
        self.syntax.entries[self.index]
    }
}

impl CallStatement<'_> {
    /// The string that a named argument is.
    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.arguments.iter().find(|argument| argument.name == Some(name))?.string()
    }
}

impl Argument<'_> {
    /// The value, where it is a string literal.
    pub(crate) fn string(&self) -> Option<String> {
        string(self.node)
    }

    /// The string literals in the value, where it is a list.
    pub(crate) fn strings(&self) -> Option<Vec<String>> {
        (self.node.is() == Is::List).then(|| self.node.parts().into_iter().filter_map(string).collect())
    }
}

fn string(node: Node<'_>) -> Option<String> {
    if node.is() == Is::Str { unquote(node.text()) } else { None }
}
