//! What can be asked and changed in a rule?

use crate::starlark::{Call, Expr, Kind, Layout, Seq, is_keep, is_leave_alone, rewrite_argument, sort_arguments};
use std::{collections::HashSet, ops::Range};

/// A call at the top of a BUILD file.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Comment lines above.
    pub(crate) before: Vec<String>,
    /// Comments behind.
    pub(crate) suffix: Vec<String>,
    call: Call,
    /// The kind before `map_kind` put another in its place.
    unmapped: Option<String>,
    source: Option<Range<usize>>,
    changed: bool,
    /// Whether there were changes since the last [`arrange`](Self::arrange).
    touched: bool,
}

impl Rule {
    /// A rule that is in no file yet, from its arguments.
    pub(crate) fn new(kind: &str, args: Vec<Expr>, comments: Vec<String>) -> Self {
        let call = Call { function: kind.into(), args: Seq { items: args, ..Seq::default() } };
        Self { before: comments, suffix: Vec::new(), call, unmapped: None, source: None, changed: true, touched: true }
    }

    pub(super) fn read(before: Vec<String>, suffix: Vec<String>, call: Call, source: Range<usize>) -> Self {
        Self { before, suffix, call, unmapped: None, source: Some(source), changed: false, touched: false }
    }

    pub(super) fn call(&self) -> &Call {
        &self.call
    }

    /// Where it stands in the text that was read; `None` for a new one.
    pub(crate) fn source(&self) -> Option<&Range<usize>> {
        self.source.as_ref()
    }

    pub(super) fn start(&self) -> usize {
        self.source.as_ref().map_or(0, |source| source.start)
    }

    pub(super) fn is_changed(&self) -> bool {
        self.changed
    }

    pub(crate) fn kind(&self) -> &str {
        &self.call.function
    }

    /// The kind that a person or an earlier run has given it.
    pub(crate) fn written_kind(&self) -> &str {
        self.unmapped.as_deref().unwrap_or(self.kind())
    }

    /// The string that the attribute `name` is; empty where it is none.
    pub(crate) fn name(&self) -> &str {
        self.attr("name").and_then(Expr::as_str).unwrap_or_default()
    }

    /// Whether a comment keeps the whole rule from being changed.
    pub(crate) fn is_kept(&self) -> bool {
        self.before.iter().chain(&self.suffix).any(|comment| is_keep(comment))
    }

    /// The value of an attribute.
    pub(crate) fn attr(&self, name: &str) -> Option<&Expr> {
        match &self.argument(name)?.kind {
            Kind::Named(_, value) => Some(value),
            _ => None,
        }
    }

    /// An attribute with its name and its comments.
    pub(crate) fn argument(&self, name: &str) -> Option<&Expr> {
        // Of two arguments with one name the last is meant.
        self.named().rfind(|(known, _)| *known == name).map(|(_, argument)| argument)
    }

    /// How many arguments it has, attributes among them.
    pub(crate) fn arguments(&self) -> usize {
        self.call.args.items.len()
    }

    /// The strings in an attribute that is a list.
    pub(crate) fn strings(&self, name: &str) -> Option<Vec<&str>> {
        Some(self.attr(name)?.as_list()?.items.iter().filter_map(Expr::as_str).collect())
    }

    /// All attributes, `name` among them.
    pub(crate) fn named(&self) -> impl DoubleEndedIterator<Item = (&str, &Expr)> {
        self.call.args.items.iter().filter_map(|arg| match &arg.kind {
            Kind::Named(name, _) => Some((name.as_str(), arg)),
            _ => None,
        })
    }

    /// The arguments without a name.
    pub(crate) fn args(&self) -> impl Iterator<Item = &Expr> {
        self.call.args.items.iter().filter(|arg| !matches!(arg.kind, Kind::Named(..)))
    }

    /// See [`Expr::each_string`].
    pub(crate) fn each_string(&self, found: &mut dyn FnMut(&str)) {
        self.call.args.items.iter().for_each(|item| item.each_string(found));
    }

    /// See [`Expr::names`].
    pub(crate) fn names(&self, found: &mut dyn FnMut(&str)) {
        self.call.names(found);
    }

    pub(crate) fn set_kind(&mut self, kind: &str) {
        if self.call.function != kind {
            kind.clone_into(&mut self.call.function);
            self.change();
        }
    }

    /// Puts a kind in the place of the one that was written.
    pub(crate) fn map_kind(&mut self, kind: &str) {
        if self.call.function != kind {
            self.unmapped.get_or_insert_with(|| self.call.function.clone());
            self.set_kind(kind);
        }
    }

    /// Puts a name in the place of the first argument, where that is a name too: `maybe(kind, ...)`.
    pub(crate) fn set_first_arg(&mut self, name: &str) {
        if let Some(arg) = self.call.args.items.iter_mut().find(|arg| !matches!(arg.kind, Kind::Named(..))) {
            (arg.kind, arg.source) = (Kind::Ident(name.into()), None);
            self.change();
        }
    }

    /// Sets the value of an attribute; its comments stay, and nothing changes where the value is the same.
    pub(crate) fn set(&mut self, name: &str, value: Expr) {
        self.touched = true;
        if self.attr(name).is_some_and(|known| known.is_same(&value)) {
            return;
        }
        self.change();
        let named =
            self.call.args.items.iter_mut().rfind(|arg| matches!(&arg.kind, Kind::Named(known, _) if known == name));
        if let Some(arg) = named {
            (arg.kind, arg.source) = (Kind::Named(name.into(), Box::new(value)), None);
        } else {
            self.call.args.items.push(Expr::named(name, value));
        }
    }

    /// Puts an argument with its comments in the place of the one with the same name, or behind all.
    pub(crate) fn set_argument(&mut self, argument: Expr) {
        let Kind::Named(name, _) = &argument.kind else { return };
        let old =
            self.call.args.items.iter().rposition(|arg| matches!(&arg.kind, Kind::Named(known, _) if known == name));
        match old {
            Some(index) => self.call.args.items[index] = argument,
            None => self.call.args.items.push(argument),
        }
        self.change();
    }

    pub(crate) fn delete(&mut self, name: &str) {
        let before = self.call.args.items.len();
        self.call.args.items.retain(|arg| !matches!(&arg.kind, Kind::Named(known, _) if known == name));
        if self.call.args.items.len() < before {
            self.change();
        }
    }

    /// Takes `# keep` off an attribute.
    pub(crate) fn drop_keep(&mut self, name: &str) {
        let named =
            self.call.args.items.iter_mut().rfind(|arg| matches!(&arg.kind, Kind::Named(known, _) if known == name));
        if let Some(arg) = named.filter(|arg| arg.is_kept()) {
            arg.drop_keep();
            self.change();
        }
    }

    fn change(&mut self) {
        self.changed = true;
        self.touched = true;
    }

    /// Puts what was changed in order, as Gazelle does it after each round of changes and buildifier at the end.
    pub(crate) fn arrange(&mut self) {
        if !std::mem::take(&mut self.touched) {
            return;
        }
        let Seq { items, layout, .. } = &mut self.call.args;
        if items.iter().filter(|arg| matches!(arg.kind, Kind::Named(..))).count() > 1 {
            *layout = Layout::Lines;
        }
        // Of two arguments with one name the last is meant.
        let mut seen = HashSet::new();
        let count = items.len();
        let mut is_new = |arg: &Expr| !matches!(&arg.kind, Kind::Named(name, _) if !seen.insert(name.clone()));
        let mut last: Vec<_> = items.drain(..).rev().filter(|arg| is_new(arg)).collect();
        last.reverse();
        *items = last;
        self.changed |= items.len() < count;
        if self.changed {
            items.sort_by_key(|arg| matches!(arg.kind, Kind::Named(..)));
            sort_arguments(items);
            let leave_alone = self.before.iter().chain(&self.suffix).any(|comment| is_leave_alone(comment));
            for arg in items.iter_mut().filter(|_| !leave_alone) {
                rewrite_argument(&self.call.function, arg);
            }
        }
    }
}
