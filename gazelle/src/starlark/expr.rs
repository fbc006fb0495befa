//! What can be written into a BUILD file?

/// A statement at the top of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement {
    Load(Load),
    Call { comments: Vec<String>, call: Call },
}

/// `load("file", "symbol")`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Load {
    pub(crate) file: String,
    pub(crate) symbols: Vec<String>,
}

/// `name(arguments)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    /// Whether each argument has a line of its own however few there are.
    pub(crate) multi_line: bool,
}

/// An argument of a call, by position or by name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: Option<String>,
    pub(crate) value: Expr,
    pub(crate) comments: Vec<String>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Bool(bool),
    Int(i64),
    String(String),
    List {
        items: Vec<Expr>,
        multi_line: bool,
    },
    /// Entries on a line each, also when there are none: that is how Gazelle writes the dicts it makes.
    Dict(Vec<(String, Expr)>),
    Call(Call),
    Sum(Vec<Expr>),
    /// Text that was parsed before.
    Raw(String),
}

impl Expr {
    pub(crate) fn strings(items: &[String]) -> Self {
        Self::List { items: items.iter().cloned().map(Self::String).collect(), multi_line: false }
    }
}
