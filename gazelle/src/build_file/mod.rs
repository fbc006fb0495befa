//! What stands in a BUILD file, and how is it changed?
//!
//! A file is read into statements. Those that nobody changes are written as they stand in the file, with all that is
//! around them; those that change are laid out as buildifier does it. So a file to which nothing happens comes out
//! byte for byte.
//!
//! | question | file |
//! |---|---|
//! | What can be asked and changed in a rule, and in a load statement? | `rule.rs`, `load.rs` |
//! | What is a directive? | `directive.rs` |
//! | How is a rule told to a language? | `describe.rs` |

mod describe;
mod directive;
mod load;
mod rule;
#[cfg(feature = "inside")]
pub(crate) mod shown;

pub(crate) use directive::{directive, directive_in_file};
pub(crate) use load::Load;
pub(crate) use rule::Rule;

use crate::starlark::{Expr, Line, LineBody, Printer, encode, load_order, read};
use dorcas_abi::message::Directive;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

/// A BUILD file.
#[derive(Clone, Debug)]
pub(crate) struct BuildFile {
    /// Its base name.
    pub(crate) name: String,
    /// What was read, with line feeds alone at the ends of lines.
    text: String,
    /// Whether each line of the file ends with a carriage return and a line feed.
    has_returns: bool,
    statements: Vec<Statement>,
    /// How many statements were read.
    read: usize,
    /// The number of the first rule among them that isn't `package()`.
    first_rule: Option<usize>,
}

/// Where and why a file is no BUILD file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) what: String,
}

#[derive(Clone, Debug)]
struct Statement {
    /// Where it stands in the text, comments included, and how many stand before it; none for a new one.
    place: Option<(Range<usize>, usize)>,
    /// Comment lines right below.
    after: Vec<String>,
    deleted: bool,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Rule(Rule),
    Load(Load),
    Comments,
    /// Comments of a statement that is gone, which are about more than that.
    Left(Vec<String>),
    Other {
        before: Vec<String>,
        names: Vec<String>,
        defines: Vec<String>,
        is_string: bool,
    },
}

impl BuildFile {
    /// A file that doesn't exist yet.
    pub(crate) fn new(name: &str) -> Self {
        let (text, statements) = (String::new(), Vec::new());
        Self { name: name.into(), text, has_returns: false, statements, read: 0, first_rule: None }
    }

    /// Reads a file.
    pub(crate) fn parse(name: &str, text: String) -> Result<Self, Fault> {
        let has_returns = has_returns(&text);
        let text = if has_returns { text.replace("\r\n", "\n") } else { text };
        let lines = read(&text).map_err(|error| Fault { line: error.line, column: error.column, what: error.fault })?;
        let count = lines.len();
        let statements =
            lines.into_iter().enumerate().map(|(index, line)| Statement::new(&text, index, line)).collect::<Vec<_>>();
        let is_rule = |statement: &Statement| statement.is_rule() && !statement.is_package();
        let first_rule = statements.iter().position(is_rule);
        let file = Self { name: name.into(), text, has_returns, statements, read: count, first_rule };
        let mut names = HashSet::new();
        for (_, rule) in file.rules() {
            if !rule.name().is_empty() && !names.insert(rule.name()) {
                let (line, column) = position(&file.text, rule.start());
                return Err(Fault { line, column, what: format!("a second rule has the name {:?}", rule.name()) });
            }
        }
        Ok(file)
    }

    /// The statements as they were read.
    #[cfg(feature = "inside")]
    pub(crate) fn as_read(&self) -> impl Iterator<Item = shown::Statement> {
        self.statements.iter().filter_map(|statement| {
            let (span, _) = statement.place.as_ref()?;
            let rule = if let Body::Rule(rule) = &statement.body { Some(rule.name().to_owned()) } else { None };
            let text = self.with_returns(self.text[span.clone()].into());
            Some(shown::Statement { text, rule, is_load: statement.is_load() })
        })
    }

    /// The text that was read, with line feeds alone at the ends of lines.
    pub(crate) fn as_text(&self) -> &str {
        &self.text
    }

    /// What was read.
    pub(crate) fn original(&self) -> Vec<u8> {
        encode(self.with_returns(self.text.clone()))
    }

    /// What is to be written.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        encode(self.text())
    }

    /// A text with the ends of lines that the file has.
    fn with_returns(&self, text: String) -> String {
        if self.has_returns { text.replace('\n', "\r\n") } else { text }
    }

    /// Where a new load statement goes: to the top, below what says what the file is for.
    pub(crate) fn place_of_loads(&self) -> usize {
        let is_comment = |statement: &Statement| matches!(statement.body, Body::Comments | Body::Left(_));
        let first = self.statements.iter().position(|statement| !statement.deleted && !is_comment(statement));
        let is_string = |place: &usize| matches!(self.statements[*place].body, Body::Other { is_string: true, .. });
        first.filter(is_string).map_or(0, |place| place + 1)
    }

    /// The rules with their indices, which stay the same whatever is inserted and deleted.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.statements.iter().enumerate().filter(|(_, statement)| !statement.deleted).filter_map(
            |(index, statement)| {
                if let Body::Rule(rule) = &statement.body { Some((index, rule)) } else { None }
            },
        )
    }

    pub(crate) fn rule(&self, index: usize) -> Option<&Rule> {
        match self.statements.get(index) {
            Some(Statement { body: Body::Rule(rule), deleted: false, .. }) => Some(rule),
            _ => None,
        }
    }

    pub(crate) fn rule_mut(&mut self, index: usize) -> Option<&mut Rule> {
        match self.statements.get_mut(index) {
            Some(Statement { body: Body::Rule(rule), deleted: false, .. }) => Some(rule),
            _ => None,
        }
    }

    /// The load statements with their indices.
    pub(crate) fn loads(&self) -> impl Iterator<Item = (usize, &Load)> {
        self.statements.iter().enumerate().filter(|(_, statement)| !statement.deleted).filter_map(
            |(index, statement)| {
                if let Body::Load(load) = &statement.body { Some((index, load)) } else { None }
            },
        )
    }

    pub(crate) fn load_mut(&mut self, index: usize) -> Option<&mut Load> {
        match self.statements.get_mut(index) {
            Some(Statement { body: Body::Load(load), deleted: false, .. }) => Some(load),
            _ => None,
        }
    }

    /// Puts a rule at the end, and returns its index.
    pub(crate) fn push(&mut self, rule: Rule) -> usize {
        self.statements.push(Statement { place: None, after: Vec::new(), deleted: false, body: Body::Rule(rule) });
        self.statements.len() - 1
    }

    /// Deletes a statement. Of its comments those stay that hold for the file: directives, and a licence.
    pub(crate) fn delete(&mut self, index: usize) {
        if let Some(statement) = self.statements.get_mut(index) {
            statement.delete();
        }
    }

    /// Puts load statements in front of the statements with these indices. The indices of statements change.
    pub(crate) fn insert_loads(&mut self, new: Vec<(usize, Load)>) {
        let mut new = new;
        new.sort_by_key(|(index, _)| *index);
        let mut new = new.into_iter().peekable();
        let statement = |load| Statement { place: None, after: Vec::new(), deleted: false, body: Body::Load(load) };
        let mut all = Vec::with_capacity(self.statements.len() + new.len());
        for (index, old) in std::mem::take(&mut self.statements).into_iter().enumerate() {
            while let Some((_, load)) = new.next_if(|(place, _)| *place <= index) {
                all.push(statement(load));
            }
            all.push(old);
        }
        all.extend(new.map(|(_, load)| statement(load)));
        self.statements = all;
    }

    /// Puts load statements into buildifier's order, if any has changed. The indices of statements change.
    pub(crate) fn arrange_loads(&mut self) {
        if self.loads().all(|(_, load)| !load.is_changed()) {
            return;
        }
        self.statements.retain(|statement| !statement.deleted);
        // Loads go before the first statement that isn't a comment or the file's description.
        let is_head = |statement: &Statement| {
            matches!(
                statement.body,
                Body::Load(_) | Body::Comments | Body::Left(_) | Body::Other { is_string: true, .. }
            )
        };
        let first = self.statements.iter().position(|statement| !is_head(statement)).unwrap_or(self.statements.len());
        if !self.text.contains("disable=load-on-top") {
            self.statements[first..].sort_by_key(|statement| !statement.is_load());
        }
        if !self.text.contains("disable=same-origin-load") {
            self.join_loads();
        }
        if self.text.contains("disable=out-of-order-load") {
            return;
        }
        for chunk in self.statements.chunk_by_mut(|a, b| a.is_load() == b.is_load()) {
            if chunk[0].is_load() {
                chunk.sort_by_cached_key(|statement| match &statement.body {
                    Body::Load(load) => Some(load_order(load.file())),
                    _ => None,
                });
            }
        }
    }

    /// Two load statements of one file become one.
    fn join_loads(&mut self) {
        let mut first_of: HashMap<String, usize> = HashMap::new();
        let mut joined: BTreeMap<usize, Vec<Expr>> = BTreeMap::new();
        for (index, statement) in self.statements.iter_mut().enumerate() {
            let Body::Load(load) = &statement.body else { continue };
            if let Some(first) = first_of.get(load.file()) {
                joined.entry(*first).or_default().extend(load.symbols().iter().cloned());
                statement.delete();
            } else {
                first_of.insert(load.file().to_owned(), index);
            }
        }
        for (index, symbols) in joined {
            if let Body::Load(first) = &mut self.statements[index].body {
                first.add_symbols(symbols);
            }
        }
        self.statements.retain(|statement| !statement.deleted);
    }

    /// The directives, in the order of the file.
    pub(crate) fn directives(&self) -> Vec<Directive> {
        let comments = self.statements.iter().flat_map(|statement| statement.before().iter().chain(&statement.after));
        comments.filter_map(|comment| directive(comment)).collect()
    }

    /// The names that statements mention, and those that statements define.
    pub(crate) fn names(&self) -> (HashSet<String>, HashSet<String>) {
        let (mut mentioned, mut defined) = (HashSet::new(), HashSet::new());
        for statement in self.statements.iter().filter(|statement| !statement.deleted) {
            match &statement.body {
                Body::Rule(rule) => rule.names(&mut |name| {
                    if !mentioned.contains(name) {
                        mentioned.insert(name.to_owned());
                    }
                }),
                Body::Other { names, defines, .. } => {
                    mentioned.extend(names.iter().cloned());
                    defined.extend(defines.iter().cloned());
                }
                Body::Load(_) | Body::Comments | Body::Left(_) => {}
            }
        }
        (mentioned, defined)
    }

    /// The file as it is now.
    pub(crate) fn text(&self) -> String {
        self.with_returns(self.text_of_lines())
    }

    fn text_of_lines(&self) -> String {
        if self.read == 0 && self.statements.is_empty() {
            return self.text.clone();
        }
        let mut out = String::with_capacity(self.text.len() + 256);
        let mut last: Option<&Statement> = None;
        for statement in self.in_order() {
            out.push_str(self.gap(last, statement));
            match &statement.place {
                Some((span, _)) if !statement.is_changed() => out.push_str(&self.text[span.clone()]),
                _ => out.push_str(&statement.print(&self.text)),
            }
            last = Some(statement);
        }
        match last.map(|last| &last.place) {
            Some(Some((span, index))) if index + 1 == self.read => out.push_str(&self.text[span.end..]),
            Some(_) => out.push('\n'),
            None => {}
        }
        out
    }

    /// The statements as they are to stand: a new `package()` where the first rule stood, as Gazelle puts it, since Bazel
    /// wants it there.
    fn in_order(&self) -> Vec<&Statement> {
        let all: Vec<&Statement> = self.statements.iter().filter(|statement| !statement.deleted).collect();
        let Some(first_rule) = self.first_rule else { return all };
        let is_behind = |statement: &&Statement| match &statement.place {
            Some((_, number)) => *number >= first_rule && !statement.is_load(),
            None => statement.is_rule(),
        };
        let (head, tail) = all.split_at(all.iter().position(is_behind).unwrap_or(all.len()));
        let (new, rest): (Vec<_>, Vec<_>) =
            tail.iter().partition(|statement| statement.place.is_none() && statement.is_package());
        [head, &new, &rest].concat()
    }

    /// What stands between two statements: what has stood there where they were neighbours, or what buildifier puts.
    fn gap(&self, above: Option<&Statement>, below: &Statement) -> &str {
        match (above.map(|above| &above.place), &below.place) {
            (None, Some((span, 0))) => &self.text[..span.start],
            (None, _) => "",
            // What is left of a statement has a line below that is empty, so that it is above no other.
            (Some(Some((last, index))), Some((first, next)))
                if index + 1 == *next && !above.is_some_and(Statement::is_left) =>
            {
                &self.text[last.end..first.start]
            }
            _ => {
                let loads = above.is_some_and(|above| above.is_load() && above.after.is_empty())
                    && below.is_load()
                    && below.before().is_empty();
                if loads { "\n" } else { "\n\n" }
            }
        }
    }

    /// The line of a rule, from 1; 0 for one that is in no file.
    pub(crate) fn line_of(&self, rule: &Rule) -> usize {
        self.line(rule.source())
    }

    /// The lines of expressions, from 1; 0 for one that is in no file. However many there are, the file is read once.
    pub(crate) fn lines<'s>(&self, sources: impl Iterator<Item = Option<&'s Range<usize>>>) -> Vec<usize> {
        let sources: Vec<_> = sources.collect();
        let mut order: Vec<(usize, usize)> = Vec::with_capacity(sources.len());
        order.extend(sources.iter().enumerate().filter_map(|(index, source)| Some((source.as_ref()?.start, index))));
        order.sort_unstable();
        let (mut lines, mut line, mut at) = (vec![0; sources.len()], 1, 0);
        for (start, index) in order {
            line += memchr::memchr_iter(b'\n', &self.text.as_bytes()[at..start]).count();
            at = start;
            lines[index] = line;
        }
        lines
    }

    /// The line of a rule's expression, from 1; 0 for one that is in no file.
    fn line(&self, source: Option<&Range<usize>>) -> usize {
        source.map_or(0, |source| position(&self.text, source.start).0)
    }
}

/// Whether each line of a text ends with a carriage return and a line feed, and there is one.
fn has_returns(text: &str) -> bool {
    let mut newlines = memchr::memchr_iter(b'\n', text.as_bytes()).peekable();
    newlines.peek().is_some() && newlines.all(|at| text[..at].ends_with('\r'))
}

impl Statement {
    /// Deletes it, but for the comments that hold for the file. Those on top of a file are about the file rather than about
    /// a load statement that happens to come first.
    fn delete(&mut self) {
        let before = self.before();
        let is_first = matches!(self.place, Some((_, 0)));
        let is_of_file = is_first && self.is_load() || before.iter().any(|comment| is_licence(comment));
        let stays = |comment: &&String| directive(comment).is_some();
        let mut left: Vec<String> = before.iter().filter(|comment| is_of_file || stays(comment)).cloned().collect();
        left.extend(self.after.iter().filter(stays).cloned());
        if left.is_empty() {
            self.deleted = true;
        } else {
            (self.body, self.after) = (Body::Left(left), Vec::new());
        }
    }

    fn new(text: &str, index: usize, line: Line) -> Self {
        let Line { span, before, suffix, after, body } = line;
        let place = Some((span, index));
        let body = match body {
            LineBody::Comments => Body::Comments,
            LineBody::Other { names, defines, is_string } => Body::Other { before, names, defines, is_string },
            LineBody::Call(call, source) => match Load::of_call(call, !text[source.clone()].contains('\n')) {
                Ok(mut load) => {
                    (load.before, load.suffix) = (before, suffix);
                    Body::Load(load)
                }
                Err(call) if call.function == "load" => {
                    let mut names = Vec::new();
                    call.names(&mut |name| names.push(name.to_owned()));
                    Body::Other { before, names, defines: Vec::new(), is_string: false }
                }
                Err(call) => Body::Rule(Rule::read(before, suffix, call, source)),
            },
        };
        Self { place, after, deleted: false, body }
    }

    fn is_rule(&self) -> bool {
        matches!(self.body, Body::Rule(_))
    }

    fn is_package(&self) -> bool {
        matches!(&self.body, Body::Rule(rule) if rule.kind() == "package")
    }

    fn is_load(&self) -> bool {
        matches!(self.body, Body::Load(_))
    }

    fn is_left(&self) -> bool {
        matches!(self.body, Body::Left(_))
    }

    fn is_changed(&self) -> bool {
        match &self.body {
            Body::Rule(rule) => rule.is_changed(),
            Body::Load(load) => load.is_changed(),
            Body::Left(_) => true,
            Body::Comments | Body::Other { .. } => false,
        }
    }

    fn before(&self) -> &[String] {
        match &self.body {
            Body::Rule(rule) => &rule.before,
            Body::Load(load) => &load.before,
            Body::Other { before, .. } => before,
            Body::Left(comments) => comments,
            Body::Comments => &[],
        }
    }

    fn print(&self, text: &str) -> String {
        let mut printer = Printer::new(text);
        printer.comments(self.before());
        match &self.body {
            Body::Rule(rule) => {
                printer.call(rule.call());
                printer.suffix(&rule.suffix);
            }
            Body::Load(load) => {
                printer.call(&load.call());
                printer.suffix(&load.suffix);
            }
            // Its comments are all there is of it.
            Body::Left(comments) => return comments.join("\n"),
            Body::Comments | Body::Other { .. } => {}
        }
        printer.comments_below(&self.after);
        printer.finish()
    }
}

/// Whether a comment says whose a file is, or on which terms.
fn is_licence(comment: &str) -> bool {
    let comment = comment.to_lowercase();
    ["copyright", "licence", "license", "spdx-"].iter().any(|word| comment.contains(word))
}

/// Line and column of a place in a text, from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.bytes().filter(|byte| *byte == b'\n').count() + 1, at - line_start + 1)
}

#[cfg(test)]
mod tests;
