//! What can stand in a BUILD file?
//!
//! The tree has a node for each kind of expression that is ever made or merged here. All others are text: they can be
//! kept, moved and dropped, and there is nothing else that anyone does with them.

use std::ops::Range;

/// An expression and the comments that belong to it.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    /// Comment lines above, each with its `#`.
    pub(crate) before: Vec<String>,
    /// Comments behind, on its last line.
    pub(crate) suffix: Vec<String>,
    /// Where it stands in the file it was read from, comments left aside. It is printed as it stands there; whoever
    /// changes an expression makes this `None`, and the same for those it stands in.
    pub(crate) source: Option<Range<usize>>,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A name, `True` and `None` among them.
    Ident(String),
    Number(String),
    Str(String),
    List(Seq),
    /// Its items are [`Kind::Pair`].
    Dict(Seq),
    Pair(Box<Expr>, Box<Expr>),
    Call(Call),
    /// An argument `name = value`.
    Named(String, Box<Expr>),
    /// Expressions joined by `+`.
    Sum(Vec<Expr>),
    /// Anything else, and the names that it mentions.
    Text(String, Vec<String>),
}

/// `function(arguments)`, where the function is a name, with dots or without.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) function: String,
    pub(crate) args: Seq,
}

/// Items between brackets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seq {
    pub(crate) items: Vec<Expr>,
    /// Comment lines above the closing bracket.
    pub(crate) end: Vec<String>,
    pub(crate) layout: Layout,
}

/// How items are laid out, where neither their number nor their comments decide it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Layout {
    /// On one line when there is at most one.
    #[default]
    ByNumber,
    /// On one line.
    OneLine,
    /// On a line each.
    Lines,
}

impl Expr {
    /// An expression that is in no file yet.
    pub(crate) fn new(kind: Kind) -> Self {
        Self { before: Vec::new(), suffix: Vec::new(), source: None, kind }
    }

    pub(crate) fn ident(name: &str) -> Self {
        Self::new(Kind::Ident(name.into()))
    }

    pub(crate) fn string(value: impl Into<String>) -> Self {
        Self::new(Kind::Str(value.into()))
    }

    pub(crate) fn list(items: Vec<Self>, layout: Layout) -> Self {
        Self::new(Kind::List(Seq { items, end: Vec::new(), layout }))
    }

    pub(crate) fn strings(items: impl IntoIterator<Item = String>) -> Self {
        Self::list(items.into_iter().map(Self::string).collect(), Layout::ByNumber)
    }

    /// A dict, an entry a line also when there are none: that is how Gazelle writes the dicts it makes.
    pub(crate) fn dict(entries: Vec<(String, Self)>) -> Self {
        let pair = |(key, value)| Self::new(Kind::Pair(Box::new(Self::string(key)), Box::new(value)));
        let items = entries.into_iter().map(pair).collect();
        Self::new(Kind::Dict(Seq { items, end: Vec::new(), layout: Layout::Lines }))
    }

    pub(crate) fn call(function: &str, args: Vec<Self>) -> Self {
        Self::new(Kind::Call(Call { function: function.into(), args: Seq { items: args, ..Seq::default() } }))
    }

    pub(crate) fn named(name: &str, value: Self) -> Self {
        Self::new(Kind::Named(name.into(), Box::new(value)))
    }

    /// The string that a literal stands for.
    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Kind::Str(text) = &self.kind { Some(text) } else { None }
    }

    pub(crate) fn as_list(&self) -> Option<&Seq> {
        if let Kind::List(list) = &self.kind { Some(list) } else { None }
    }

    /// Whether a comment on the expression has this text in it, in whatever case.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.before.iter().chain(&self.suffix).any(|comment| comment.to_lowercase().contains(text))
    }

    /// Whether a comment keeps the expression from being changed or removed.
    pub(crate) fn is_kept(&self) -> bool {
        self.before.iter().chain(&self.suffix).any(|comment| is_keep(comment))
    }

    /// Takes the comments away that [`is_kept`](Self::is_kept) looks for.
    pub(crate) fn drop_keep(&mut self) {
        self.before.retain(|comment| !is_keep(comment));
        self.suffix.retain(|comment| !is_keep(comment));
    }

    /// Calls `found` with each name that is mentioned, names of arguments and attributes left aside.
    pub(crate) fn names(&self, found: &mut dyn FnMut(&str)) {
        match &self.kind {
            Kind::Ident(name) => found(name),
            Kind::Number(_) | Kind::Str(_) => {}
            Kind::List(seq) | Kind::Dict(seq) => seq.items.iter().for_each(|item| item.names(found)),
            Kind::Pair(key, value) => {
                key.names(found);
                value.names(found);
            }
            Kind::Call(call) => call.names(found),
            Kind::Named(_, value) => value.names(found),
            Kind::Sum(terms) => terms.iter().for_each(|term| term.names(found)),
            Kind::Text(_, names) => names.iter().for_each(|name| found(name)),
        }
    }

    /// Calls `found` with each string literal, those in expressions that are kept as text left aside.
    pub(crate) fn each_string(&self, found: &mut dyn FnMut(&str)) {
        match &self.kind {
            Kind::Str(text) => found(text),
            Kind::Ident(_) | Kind::Number(_) | Kind::Text(..) => {}
            Kind::List(Seq { items, .. }) | Kind::Dict(Seq { items, .. }) | Kind::Sum(items) => {
                for item in items {
                    item.each_string(found);
                }
            }
            Kind::Pair(key, value) => {
                key.each_string(found);
                value.each_string(found);
            }
            Kind::Call(call) => call.args.items.iter().for_each(|item| item.each_string(found)),
            Kind::Named(_, value) => value.each_string(found),
        }
    }

    /// Whether another expression says the same in the same form, comments included.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let both = |a: &Seq, b: &Seq| a.end == b.end && a.in_lines() == b.in_lines() && each_same(&a.items, &b.items);
        self.before == other.before
            && self.suffix == other.suffix
            && match (&self.kind, &other.kind) {
                (Kind::Ident(a), Kind::Ident(b))
                | (Kind::Number(a), Kind::Number(b))
                | (Kind::Str(a), Kind::Str(b))
                | (Kind::Text(a, _), Kind::Text(b, _)) => a == b,
                (Kind::List(a), Kind::List(b)) | (Kind::Dict(a), Kind::Dict(b)) => both(a, b),
                (Kind::Pair(key, value), Kind::Pair(other_key, other_value)) => {
                    key.is_same(other_key) && value.is_same(other_value)
                }
                (Kind::Call(a), Kind::Call(b)) => a.function == b.function && both(&a.args, &b.args),
                (Kind::Named(name, value), Kind::Named(other_name, other_value)) => {
                    name == other_name && value.is_same(other_value)
                }
                (Kind::Sum(a), Kind::Sum(b)) => each_same(a, b),
                _ => false,
            }
    }
}

impl Call {
    /// See [`Expr::names`].
    pub(crate) fn names(&self, found: &mut dyn FnMut(&str)) {
        if let Some(first) = self.function.split('.').next() {
            found(first);
        }
        self.args.items.iter().for_each(|item| item.names(found));
    }
}

impl Seq {
    /// Whether each item has a line of its own, apart from what comments do.
    fn in_lines(&self) -> bool {
        match self.layout {
            Layout::ByNumber => self.items.len() > 1,
            Layout::OneLine => false,
            Layout::Lines => true,
        }
    }
}

fn each_same(a: &[Expr], b: &[Expr]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
}

/// `# keep` or `# keep: reason`.
pub(crate) fn is_keep(comment: &str) -> bool {
    let text = comment.strip_prefix('#').unwrap_or(comment).trim();
    text == "keep" || text.starts_with("keep: ")
}
