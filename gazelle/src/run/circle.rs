//! Which generated rules depend on themselves, over others?
//!
//! A language sees the rules of one directory at a time, and sources may include each other where rules may not. Bazel
//! refuses such rules, so whoever has them is told when they are written.

use super::{
    Context,
    visit::{Generated, Visited},
};
use crate::{diagnostic::Diagnostic, label::Label, path::display, stop, walk::Directory};
use dorcas_abi::message::{Attr, Severity, Term, Value};
use std::collections::HashMap;

/// Most circles of which each has a warning of its own.
const MOST_WARNINGS: usize = 100;
/// Most rules of a circle that a warning names.
const MOST_NAMED: usize = 6;

/// A rule on its way through the graph.
struct Node {
    dir: usize,
    label: String,
    depends_on: Vec<usize>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the way that is followed.
    Open,
    Done,
    /// In a circle of which the user was told.
    Told,
}

impl Context<'_> {
    /// Warns of each circle once, where the first of its rules is.
    pub(super) fn warn_of_circles(&self, dirs: &[Directory], visited: &mut [Visited], order: &[usize]) {
        let mut nodes = self.graph(dirs, visited, order);
        let mut circles = circles(&mut nodes);
        let more = circles.len().saturating_sub(MOST_WARNINGS);
        circles.truncate(MOST_WARNINGS);
        for (number, circle) in circles.into_iter().enumerate() {
            let dir = nodes[circle[0]].dir;
            let mut way: Vec<&str> = circle.iter().take(MOST_NAMED).map(|node| nodes[*node].label.as_str()).collect();
            if circle.len() > MOST_NAMED {
                way.push("...");
            }
            way.push(&nodes[circle[0]].label);
            let others =
                if number + 1 == MOST_WARNINGS && more > 0 { format!("; so do {more} more") } else { String::new() };
            let label = &nodes[circle[0]].label;
            let message = if circle.len() == 1 {
                format!(
                    "{label} depends on itself, which Bazel refuses: one of its imports leads to it, or would be of its directory \
                     if it were there{others}"
                )
            } else {
                format!(
                    "{label} depends on itself, which Bazel refuses: {}; put their sources into one rule, or take one of the \
                     imports out{others}",
                    way.join(" -> ")
                )
            };
            let output = visited[dir].output.as_ref().map(|output| output.rel.clone());
            let path = output.unwrap_or_else(|| display(&dirs[dir].rel));
            visited[dir].diagnostics.push(Diagnostic {
                severity: Severity::Warning,
                path,
                message,
                ..Diagnostic::default()
            });
        }
    }

    /// The rules that are written, and on which of these each depends.
    fn graph(&self, dirs: &[Directory], visited: &[Visited], order: &[usize]) -> Vec<Node> {
        let written = |dir: usize| {
            let is_new = dirs[dir].build.file().is_none();
            let is_written = move |rule: &&Generated| {
                is_new || rule.incoming.inserted.or(rule.incoming.name.as_ref().map(|_| 0)).is_some()
            };
            visited[dir].rules.iter().filter(move |_| visited[dir].failure.is_none()).filter(is_written)
        };
        let mut nodes = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for &dir in order {
            for rule in written(dir) {
                let name = rule.incoming.name.as_ref().unwrap_or(&rule.incoming.rule.name);
                let label = format!("//{}:{name}", dirs[dir].rel);
                places.entry(label.clone()).or_insert(nodes.len());
                nodes.push(Node { dir, label, depends_on: Vec::new(), state: State::New });
            }
        }
        let mut at = 0;
        for &dir in order {
            for rule in written(dir) {
                let kind = self.roster.kinds.get(&rule.rule.rule.kind);
                let is_dependency =
                    |attr: &&Attr| kind.is_some_and(|kind| kind.resolve_attrs.binary_search(&attr.name).is_ok());
                let texts = rule.incoming.rule.attrs.iter().filter(is_dependency).flat_map(|attr| texts(&attr.value));
                let found = texts.filter_map(|text| places.get(&self.label_in(text, &dirs[dir].rel)?).copied());
                nodes[at].depends_on = found.collect();
                at += 1;
            }
        }
        nodes
    }

    /// A label of this repository, with package and name.
    fn label_in(&self, text: &str, rel: &str) -> Option<String> {
        let label = Label::parse(text).ok()?.abs(&self.facts.name, rel);
        let is_own = label.repo.is_empty() || label.repo == "@" || label.repo == self.facts.name;
        is_own.then(|| format!("//{}:{}", label.package, label.name))
    }
}

/// The labels in a value.
fn texts(value: &Value) -> Vec<&str> {
    fn strings(list: &[String]) -> Vec<&str> {
        list.iter().map(String::as_str).collect()
    }
    match value {
        Value::String(text) | Value::Label(text) => vec![text],
        Value::Strings(list) | Value::SortedStrings(list) | Value::Labels(list) => strings(list),
        Value::Select(branches) => branches.iter().flat_map(|branch| strings(&branch.values)).collect(),
        Value::Concat(terms) => terms
            .iter()
            .flat_map(|term| match term {
                Term::Strings(list) => strings(list),
                Term::Select(branches) => branches.iter().flat_map(|branch| strings(&branch.values)).collect(),
                Term::Glob { .. } => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Ways that lead back to where they begin. Of those that share a rule one is found.
fn circles(nodes: &mut [Node]) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    for start in 0..nodes.len() {
        let mut way: Vec<(usize, usize)> = if nodes[start].state == State::New { vec![(start, 0)] } else { vec![] };
        nodes[start].state = if way.is_empty() { nodes[start].state } else { State::Open };
        while let Some((node, next)) = way.pop() {
            if stop::is_set() {
                return found;
            }
            let Some(&to) = nodes[node].depends_on.get(next) else {
                if nodes[node].state == State::Open {
                    nodes[node].state = State::Done;
                }
                continue;
            };
            way.push((node, next + 1));
            match nodes[to].state {
                State::New => {
                    nodes[to].state = State::Open;
                    way.push((to, 0));
                }
                State::Open => {
                    let first = way.iter().rposition(|(node, _)| *node == to).unwrap_or(0);
                    let circle: Vec<usize> = way[first..].iter().map(|(node, _)| *node).collect();
                    if circle.iter().all(|node| nodes[*node].state == State::Open) {
                        found.push(circle.clone());
                    }
                    for node in circle {
                        nodes[node].state = State::Told;
                    }
                }
                State::Done | State::Told => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[&[usize]]) -> Vec<Vec<usize>> {
        let node = |depends_on: &&[usize]| Node {
            dir: 0,
            label: String::new(),
            depends_on: depends_on.to_vec(),
            state: State::New,
        };
        circles(&mut edges.iter().map(node).collect::<Vec<_>>())
    }

    #[test]
    fn each_circle_is_found_once() {
        assert_eq!(found(&[&[1, 2], &[2], &[]]), [[0; 0]; 0]);
        assert_eq!(found(&[&[0]]), [[0]]);
        assert_eq!(found(&[&[1], &[0]]), [[0, 1]]);
        assert_eq!(found(&[&[1], &[2], &[1, 0]]), [[1, 2]]);
        assert_eq!(found(&[&[1], &[], &[3], &[4, 1], &[2]]), [[2, 3, 4]]);
        assert_eq!(found(&[&[1, 2], &[0], &[0]]), [[0, 1]]);
        assert_eq!(found(&[&[1], &[0, 2], &[3], &[2]]), [[0, 1], [2, 3]]);
    }

    #[test]
    fn a_long_way_is_gone_once() {
        let edges: Vec<Vec<usize>> = (0..100_000).map(|node| vec![(node + 1) % 100_000]).collect();
        assert_eq!(found(&edges.iter().map(Vec::as_slice).collect::<Vec<_>>())[0].len(), 100_000);
    }
}
