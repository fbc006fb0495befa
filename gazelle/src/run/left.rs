//! Which BUILD files are left as they are, because they may depend on a directory that failed?
//!
//! A directory that fails keeps its BUILD file, so that the index must not have other rules of it than those that stand
//! there. What can't be known of it is a [`Gap`]. Whoever may depend on what is in a gap isn't written:
//!
//! | | what shows that a BUILD file may depend on a directory that failed |
//! |---|---|
//! | lost | a label of an unknown package that it had, and has no more |
//! | guessed | a new label of an unknown package, or of a rule that doesn't exist because its BUILD file isn't written |
//! | unresolved | an import that nothing provides, and that would be a dependency if the gap provided it |

use super::{Context, Indexing, visit::Visited};
use crate::{build_file::BuildFile, label::Label, path::parent, starlark::decode, walk::Directory};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet, VecDeque};

/// How much isn't known of a directory when the index is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unknown {
    /// All is known.
    #[default]
    Nothing,
    /// Which rules it should have. Those that stand in its BUILD file are in the index.
    NewRules,
    /// Which rules it has.
    Rules,
    /// Which rules it has, and which those below it have.
    Subtree,
}

/// What isn't known of the repository when the index is made.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// The first directory that failed.
    first: Option<usize>,
    /// A label that no rule has, of the first of them.
    label: String,
    packages: HashMap<String, (usize, Unknown)>,
}

impl Gaps {
    /// The gaps that directories have left, in Gazelle's order.
    fn of(repo: &str, dirs: &[Directory], visited: &[Visited], order: &[usize]) -> Self {
        let mut gaps = Self::default();
        for &dir in order.iter().filter(|dir| visited[**dir].unknown != Unknown::Nothing) {
            let rel = &dirs[dir].rel;
            if gaps.first.is_none() {
                let repo = if repo.is_empty() { String::new() } else { format!("@{repo}") };
                (gaps.first, gaps.label) = (Some(dir), format!("{repo}//{rel}:not_known"));
            }
            gaps.packages.insert(rel.clone(), (dir, visited[dir].unknown));
        }
        gaps
    }

    /// A label that stands for what the gaps may provide; none where there are no gaps.
    pub(super) fn label(&self) -> Option<&str> {
        self.first.map(|_| self.label.as_str())
    }

    /// The directory because of which nothing is known of a package.
    fn hides(&self, package: &str) -> Option<usize> {
        match self.packages.get(package) {
            Some((dir, Unknown::Rules | Unknown::Subtree)) => return Some(*dir),
            _ if self.packages.is_empty() => return None,
            _ => {}
        }
        let mut above = package;
        while !above.is_empty() {
            above = parent(above);
            if let Some((dir, Unknown::Subtree)) = self.packages.get(above) {
                return Some(*dir);
            }
        }
        None
    }
}

/// Labels of the repository that a BUILD file gets, and those that go.
#[derive(Debug, Default)]
struct Labels {
    gained: Vec<(String, String)>,
    lost: Vec<(String, String)>,
}

impl Context<'_> {
    /// What isn't known before the index is made.
    pub(super) fn gaps(&self, dirs: &[Directory], visited: &[Visited], order: &[usize]) -> Gaps {
        let mut gaps = Gaps::of(&self.facts.name, dirs, visited, order);
        if self.options.indexing == Indexing::None {
            // Nothing would be found there anyhow.
            gaps.first = None;
        }
        gaps
    }

    /// Takes the output from each directory that may depend on one that failed, and notes there that it did so.
    pub(super) fn leave(&self, dirs: &[Directory], visited: &mut [Visited], order: &[usize], gaps: &Gaps) {
        if visited.iter().all(|visited| visited.failure.is_none()) {
            return;
        }
        let changed: Vec<usize> = order.iter().copied().filter(|&dir| visited[dir].is_changed()).collect();
        let labels: Vec<Labels> = changed.par_iter().map(|&dir| self.labels(&dirs[dir], &visited[dir])).collect();
        // The directories whose BUILD files stay as they are, with the one that failed.
        let mut because: HashMap<usize, usize> = HashMap::new();
        let mut open = VecDeque::new();
        for &dir in order.iter().filter(|&&dir| visited[dir].failure.is_some()) {
            because.insert(dir, dir);
            open.push_back(dir);
        }
        let mut users: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
        for (&dir, labels) in changed.iter().zip(&labels) {
            // Without an index nothing is lost because it isn't there.
            let lost = labels.lost.iter().filter(|_| self.options.indexing != Indexing::None);
            let hidden = labels.gained.iter().chain(lost).find_map(|(package, _)| gaps.hides(package));
            if let Some(failed) = hidden.or(gaps.first.filter(|_| visited[dir].asks_gaps)) {
                because.insert(dir, failed);
                open.push_back(dir);
            }
            for (package, name) in &labels.gained {
                users.entry(package).or_default().push((dir, name));
            }
        }
        while let Some(dir) = open.pop_front() {
            let Some(users) = users.get(dirs[dir].rel.as_str()) else { continue };
            let there = on_disk(&dirs[dir]);
            for (user, _) in users.iter().filter(|(_, name)| !there.contains(name)) {
                if !because.contains_key(user) {
                    because.insert(*user, because[&dir]);
                    open.push_back(*user);
                }
            }
        }
        for dir in changed {
            let Some(&failed) = because.get(&dir) else { continue };
            let Some(output) = visited[dir].output.take() else { continue };
            if let Some(failure) = &mut visited[failed].failure {
                failure.left.push(output.rel);
            }
        }
    }

    fn labels(&self, dir: &Directory, visited: &Visited) -> Labels {
        let mut counts: HashMap<(String, String), isize> = HashMap::new();
        let mut count = |file: &BuildFile, by: isize| {
            for (_, rule) in file.rules() {
                rule.each_string(&mut |text| {
                    if let Some(label) = self.own_label(text) {
                        *counts.entry(label).or_default() += by;
                    }
                });
            }
        };
        if let Some(file) = dir.build.file() {
            count(file, -1);
        }
        let new = visited.output.as_ref().map(|output| decode(output.new.clone()).0);
        if let Some(file) = new.and_then(|text| BuildFile::parse("BUILD", text).ok()) {
            count(&file, 1);
        }
        let mut labels = Labels::default();
        for (label, count) in counts {
            match count {
                0 => {}
                1.. => labels.gained.push(label),
                _ => labels.lost.push(label),
            }
        }
        labels.gained.sort();
        labels.lost.sort();
        labels
    }

    /// Package and name, where a text is an absolute label of this repository.
    fn own_label(&self, text: &str) -> Option<(String, String)> {
        if !text.starts_with(['/', '@']) {
            return None;
        }
        let label = Label::parse(text).ok().filter(|label| !label.relative)?;
        let own = &self.facts.name;
        let is_own = matches!(label.repo.as_str(), "" | "@")
            || label.repo == *own
            || self.facts.modules.get(own).is_some_and(|apparent| *apparent == label.repo);
        is_own.then_some((label.package, label.name))
    }
}

/// What labels of a package can name as it stands on the disk.
fn on_disk(dir: &Directory) -> HashSet<&str> {
    let rules = dir.build.file().into_iter().flat_map(BuildFile::rules).map(|(_, rule)| rule.name());
    rules.chain(dir.files.iter().map(|file| file.name.as_str())).collect()
}
