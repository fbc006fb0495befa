//! What can be asked and changed in a load statement?

use crate::starlark::{Call, Expr, Kind, Layout, Seq};
use std::collections::HashSet;

/// `load("file", "symbol", name = "symbol")`.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) before: Vec<String>,
    pub(crate) suffix: Vec<String>,
    file: Expr,
    /// Strings, and named arguments that are strings.
    symbols: Vec<Expr>,
    end: Vec<String>,
    layout: Layout,
    changed: bool,
}

impl Load {
    pub(crate) fn new(file: &str) -> Self {
        Self {
            before: Vec::new(),
            suffix: Vec::new(),
            file: Expr::string(file),
            symbols: Vec::new(),
            end: Vec::new(),
            layout: Layout::OneLine,
            changed: true,
        }
    }

    /// Reads a call; gives it back where it isn't a proper load statement.
    pub(super) fn of_call(call: Call, one_line: bool) -> Result<Self, Call> {
        let is_symbol = |arg: &Expr| match &arg.kind {
            Kind::Named(_, value) => value.as_str().is_some(),
            kind => matches!(kind, Kind::Str(_)),
        };
        let [file, symbols @ ..] = call.args.items.as_slice() else { return Err(call) };
        if call.function != "load" || file.as_str().is_none() || !symbols.iter().all(is_symbol) {
            return Err(call);
        }
        let mut args = call.args.items.into_iter();
        let Some(file) = args.next() else { return Err(Call { args: Seq::default(), ..call }) };
        let layout = if one_line { Layout::OneLine } else { Layout::ByNumber };
        Ok(Self { file, symbols: args.collect(), end: call.args.end, layout, changed: false, ..Self::new("") })
    }

    /// The file that is loaded from.
    pub(crate) fn file(&self) -> &str {
        self.file.as_str().unwrap_or_default()
    }

    /// What is loaded: what it is called where it is defined, and here.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let pair = |symbol: &Expr| match &symbol.kind {
            Kind::Named(to, from) => (from.as_str().unwrap_or_default().to_owned(), to.clone()),
            _ => (name(symbol).to_owned(), name(symbol).to_owned()),
        };
        self.symbols.iter().map(pair).collect()
    }

    /// The names that the file has here.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.symbols.iter().map(name)
    }

    pub(super) fn symbols(&self) -> &[Expr] {
        &self.symbols
    }

    pub(crate) fn add<'s>(&mut self, symbols: impl IntoIterator<Item = &'s str>) {
        self.add_symbols(symbols.into_iter().map(Expr::string).collect());
    }

    pub(super) fn add_symbols(&mut self, mut symbols: Vec<Expr>) {
        let mut known: HashSet<String> = self.names().map(str::to_owned).collect();
        symbols.retain(|symbol| known.insert(name(symbol).to_owned()));
        if !symbols.is_empty() {
            self.symbols.append(&mut symbols);
            self.change();
        }
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        let before = self.symbols.len();
        self.symbols.retain(|symbol| keep(name(symbol)));
        if self.symbols.len() < before {
            self.change();
        }
    }

    /// Loads something else.
    pub(crate) fn set(&mut self, file: &str, pairs: impl IntoIterator<Item = (String, String)>) {
        self.file = Expr::string(file);
        let symbol = |(from, to): (String, String)| {
            if from == to { Expr::string(to) } else { Expr::named(&to, Expr::string(from)) }
        };
        self.symbols = pairs.into_iter().map(symbol).collect();
        self.change();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    pub(super) fn is_changed(&self) -> bool {
        self.changed
    }

    fn change(&mut self) {
        self.changed = true;
        // Those with another name go last.
        self.symbols.sort_by_key(|symbol| (matches!(symbol.kind, Kind::Named(..)), name(symbol).to_owned()));
        if self.symbols.iter().any(|symbol| matches!(symbol.kind, Kind::Named(..))) {
            self.layout = Layout::ByNumber;
        }
    }

    pub(super) fn call(&self) -> Call {
        let mut call = Call { function: "load".into(), args: Seq::default() };
        call.args.items = [&self.file].into_iter().chain(&self.symbols).cloned().collect();
        call.args.end.clone_from(&self.end);
        call.args.layout = self.layout;
        call
    }
}

/// The name that a symbol has here.
fn name(symbol: &Expr) -> &str {
    match &symbol.kind {
        Kind::Named(to, _) => to,
        _ => symbol.as_str().unwrap_or_default(),
    }
}
