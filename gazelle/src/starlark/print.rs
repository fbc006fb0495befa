//! How are statements laid out?

use super::{Argument, Call, Expr, Statement, quote::quote};

const INDENT: usize = 4;

/// Lays out a BUILD file as buildifier does: load statements together, a blank line between all else, sequences of
/// more than one item on a line each.
pub(crate) fn print(statements: &[Statement]) -> String {
    let mut printer = Printer::default();
    for (index, statement) in statements.iter().enumerate() {
        let after_load = index.checked_sub(1).map(|before| matches!(statements[before], Statement::Load(_)));
        match statement {
            Statement::Load(load) => {
                if after_load == Some(false) {
                    printer.out.push('\n');
                }
                printer.load(&load.file, &load.symbols);
            }
            Statement::Call { comments, call } => {
                if after_load.is_some() {
                    printer.out.push('\n');
                }
                printer.comments(comments);
                printer.call(call);
            }
        }
        printer.out.push('\n');
    }
    printer.out
}

#[derive(Default)]
struct Printer {
    out: String,
    margin: usize,
}

impl Printer {
    fn newline(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', self.margin));
    }

    fn comments(&mut self, comments: &[String]) {
        for comment in comments {
            self.out.push_str(comment.trim());
            self.newline();
        }
    }

    fn load(&mut self, file: &str, symbols: &[String]) {
        self.out.push_str("load(");
        quote(file, &mut self.out);
        for symbol in symbols {
            self.out.push_str(", ");
            quote(symbol, &mut self.out);
        }
        self.out.push(')');
    }

    fn call(&mut self, call: &Call) {
        let commented = call.arguments.iter().any(|argument| !argument.comments.is_empty());
        let compact = call.arguments.is_empty() || !call.multi_line && !commented && call.arguments.len() == 1;
        self.out.push_str(&call.name);
        self.sequence(['(', ')'], compact, &call.arguments, Self::argument);
    }

    fn argument(&mut self, argument: &Argument) {
        self.comments(&argument.comments);
        if let Some(name) = &argument.name {
            self.out.push_str(name);
            self.out.push_str(" = ");
        }
        self.expr(&argument.value);
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Bool(value) => self.out.push_str(if *value { "True" } else { "False" }),
            Expr::Int(value) => self.out.push_str(&value.to_string()),
            Expr::String(text) => quote(text, &mut self.out),
            Expr::List { items, multi_line } => {
                self.sequence(['[', ']'], !multi_line && items.len() <= 1, items, Self::expr);
            }
            Expr::Dict(entries) => self.sequence(['{', '}'], false, entries, |printer, (key, value)| {
                quote(key, &mut printer.out);
                printer.out.push_str(": ");
                printer.expr(value);
            }),
            Expr::Call(call) => self.call(call),
            Expr::Sum(terms) => {
                for (index, term) in terms.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(" + ");
                    }
                    self.expr(term);
                }
            }
            Expr::Raw(text) => self.out.push_str(text),
        }
    }

    fn sequence<T>(&mut self, brackets: [char; 2], compact: bool, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.out.push(brackets[0]);
        if compact {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    self.out.push_str(", ");
                }
                print(self, item);
            }
        } else {
            self.margin += INDENT;
            for item in items {
                self.newline();
                print(self, item);
                self.out.push(',');
            }
            self.margin -= INDENT;
            self.newline();
        }
        self.out.push(brackets[1]);
    }
}
