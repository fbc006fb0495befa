//! In which order are directories configured and generated, and what does configuring come to?

use super::{
    Context, OutputFile,
    blame::Part,
    fail, kept,
    left::Unknown,
    roster::{CONFIGURE, FIX, Member},
    tell::places,
};
use crate::{
    build_file::BuildFile,
    check,
    config::languages,
    diagnostic::Diagnostic,
    error::{Cause, Failure, shortened},
    index::{Record, Scope},
    input::{self, For, Reader, SOURCE_BYTES},
    merge::{Incoming, Kinds},
    options::Stage,
    path::{display, join},
    repo::{RepoPath, Repository},
    stop,
    walk::{Build, Directory, Site, Tree},
};
use dorcas_abi::{
    message::{
        self, Child, ConfigureRequest, Diagnostic as GuestDiagnostic, Directive, EmptyRule, GeneratedRule, Position,
        Provided, Severity,
    },
    method::Configure,
    wire::Bytes,
};
use rayon::{Scope as Scoped, prelude::*};
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap, HashSet},
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::AcqRel},
    },
};

/// What each language keeps for a directory.
pub(super) type States = Arc<Vec<Held>>;

/// What a language keeps for a directory. Directories for which it is the same share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) state: Arc<Bytes>,
    /// What can be imported there without a rule.
    pub(super) scope: Option<Arc<Scope>>,
}

/// A directory on its way through the run.
#[derive(Debug, Default)]
pub(super) struct Visited {
    /// What each language keeps for the directory; none where it could not be configured.
    pub(super) states: Option<States>,
    /// Bytes of what languages have said about it: see `kept.rs`.
    pub(super) kept: u64,
    pub(super) rules: Vec<Generated>,
    pub(super) empty: Vec<EmptyRule>,
    /// How many of these each language has named, in their order.
    pub(super) emptied: Vec<(usize, usize)>,
    /// What languages have put into the BUILD file by their `fix`.
    pub(super) edited: Vec<Part>,
    /// The BUILD file after the first merge.
    pub(super) file: Option<BuildFile>,
    /// Kinds that have got another name here, and the files that define these.
    pub(super) mapped: Vec<(String, String)>,
    /// Rules that can be imported.
    pub(super) records: Vec<Record>,
    /// What can be imported without a rule, by language.
    pub(super) provided: Vec<(usize, Provided)>,
    /// What languages tell the directory above, if it isn't nothing.
    pub(super) summaries: Vec<(usize, Bytes)>,
    /// Directories that have to be in the index for this one.
    pub(super) rels_to_index: Vec<RepoPath>,
    pub(super) output: Option<OutputFile>,
    pub(super) failure: Option<Failure>,
    /// What the failure leaves out of the index.
    pub(super) unknown: Unknown,
    /// Whether a rule would depend on what is not in the index, if it had one of its imports.
    pub(super) asks_gaps: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Visited {
    /// Whether there is anything to write.
    pub(super) fn is_changed(&self) -> bool {
        self.output.as_ref().is_some_and(OutputFile::changed)
    }
}

/// A rule and the language that generated it.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) language: usize,
    pub(super) rule: GeneratedRule,
    /// The rule as it goes into the file.
    pub(super) incoming: Incoming,
}

thread_local! {
    pub(super) static READER: RefCell<Reader> = RefCell::default();
}

impl Context<'_> {
    /// Configures each directory after the one it is in, and generates its rules.
    pub(super) fn visit(&self, tree: &[Directory]) -> Vec<Visited> {
        self.progress.begin(Stage::Generate, tree.len());
        let visits = Visits {
            tree,
            slots: tree.iter().map(|_| Mutex::default()).collect(),
            open: tree.iter().map(|dir| AtomicUsize::new(dir.children.len() + 1)).collect(),
        };
        let no_states = self.no_states();
        if self.roster.stateful() {
            self.visit_in_order(&visits, &no_states);
        } else {
            rayon::scope(|threads| self.visit_subtree(threads, &visits, 0, &no_states));
        }
        visits.slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
    }

    /// Looks at the directories that languages want in the index, and at what is in their BUILD files.
    pub(super) fn visit_more(&self, tree: &mut Tree, visited: &mut Vec<Visited>) {
        let (mut rels, mut seen) = (Vec::new(), HashSet::new());
        for dir in tree.post_order() {
            for rel in
                visited.get_mut(dir).map(|visited| std::mem::take(&mut visited.rels_to_index)).unwrap_or_default()
            {
                if seen.insert(rel.clone()) {
                    rels.push(rel);
                }
            }
        }
        tree.extend(&self.repo, &rels);
        self.leave_out(&mut tree.dirs[visited.len()..]);
        for index in visited.len()..tree.dirs.len() {
            let above = tree.dirs[index].parent.and_then(|parent| visited[parent].states.clone());
            let mut more = match above {
                Some(states) => self.configure(&tree.dirs, index, &states),
                None => Visited::default(),
            };
            self.generate(Site::new(&tree.dirs, index), &mut more, &Below::default());
            visited.push(more);
        }
    }

    /// Leaves out of each directory what a language wants to be told of as of a file, but is none.
    pub(super) fn leave_out(&self, dirs: &mut [Directory]) {
        dirs.par_iter_mut().for_each(|dir| input::leave_out(&self.repo, dir, |rel, name| self.roster.wish(rel, name)));
    }

    fn no_states(&self) -> States {
        Arc::new(vec![Held::default(); self.roster.members.len()])
    }

    /// A directory, and those in it each as a task of its own. The last of them to be done generates its rules.
    fn visit_subtree<'s>(&'s self, threads: &Scoped<'s>, visits: &'s Visits<'s>, dir: usize, parent: &States) {
        if stop::is_set() {
            return;
        }
        let tree = visits.tree;
        let visited = self.configure(tree, dir, parent);
        let states = visited.states.clone();
        visits.put(dir, visited);
        let mut done = 1;
        match states {
            Some(states) => {
                for &child in &tree[dir].children {
                    let states = Arc::clone(&states);
                    threads.spawn(move |threads| self.visit_subtree(threads, visits, child, &states));
                }
            }
            // Those in it are not looked at.
            None => done += tree[dir].children.len(),
        }
        let mut next = Some(dir);
        while let Some(dir) = next.filter(|&dir| visits.open[dir].fetch_sub(done, AcqRel) == done) {
            if stop::is_set() {
                return;
            }
            let mut visited = visits.take(dir);
            self.generate(Site::new(tree, dir), &mut visited, &visits.below(dir));
            visits.put(dir, visited);
            (next, done) = (tree[dir].parent, 1);
        }
    }

    /// The same one directory after the other, those in a directory before its rules are generated.
    fn visit_in_order(&self, visits: &Visits<'_>, no_states: &States) {
        let tree = visits.tree;
        let mut open = vec![(0, 0, self.configure(tree, 0, no_states))];
        while let Some((dir, next, mut visited)) = open.pop() {
            if stop::is_set() {
                return;
            }
            let child = tree[dir].children.get(next).zip(visited.states.clone());
            if let Some((&child, states)) = child {
                let below = self.configure(tree, child, &states);
                open.push((dir, next + 1, visited));
                open.push((child, 0, below));
            } else {
                self.generate(Site::new(tree, dir), &mut visited, &visits.below(dir));
                visits.put(dir, visited);
            }
        }
    }

    fn configure(&self, tree: &[Directory], index: usize, parent: &[Held]) -> Visited {
        let site = Site::new(tree, index);
        let dir = site.dir();
        let mut visited = Visited::default();
        self.remark(dir, &mut visited);
        let below = || tree[index + 1..].iter().take_while(|other| is_below(&other.rel, &dir.rel)).count();
        // Nobody knows what such a directory says to those in it.
        let unread = match &dir.build {
            _ if dir.unreadable.is_some() => dir.unreadable.as_ref().map(|error| {
                let cause = io::Error::new(error.kind(), error.to_string());
                Cause::Read { path: display(&dir.rel), cause }
            }),
            Build::Broken(cause) => Some(cause.again()),
            Build::Missing | Build::File(_) => None,
        };
        if let Some(cause) = unread {
            visited.unknown = Unknown::Subtree;
            fail(&mut visited, Failure { below: below(), ..Failure::of_pipeline(&dir.rel, cause) });
            return visited;
        }
        if let Some(remark) = dir.remarks.iter().find(|remark| remark.fatal) {
            let place =
                remark.directive.filter(|_| remark.is_limit).and_then(|number| places(dir).into_iter().nth(number));
            let path = place.map_or_else(|| speaker(dir), |(file, line)| format!("{file}:{line}"));
            let cause = Cause::Directive { path, fault: remark.message.clone() };
            visited.unknown = Unknown::Subtree;
            fail(&mut visited, Failure { below: below(), ..Failure::of_pipeline(&dir.rel, cause) });
            return visited;
        }
        let mut states = Vec::with_capacity(parent.len());
        let mut described = Described::default();
        for (language, member) in self.roster.members.iter().enumerate() {
            if !member.has.configure {
                states.push(Held::default());
                continue;
            }
            if dir.parent.is_some() && self.leaves_alone(site, language, dir.build.file()) {
                states.push(parent[language].clone());
                continue;
            }
            let mut request = ConfigureRequest {
                rel: dir.rel.clone(),
                parent: (*parent[language].state).clone(),
                run: dir.parent.is_none().then(|| self.run_info(language)),
                directives: own_directives(member, &dir.directives),
                build_file: described.file(self, dir, dir.build.file()),
                ..ConfigureRequest::default()
            };
            let answered = self.call_with_files::<Configure>(site, language, &mut request, |language, request| {
                language.configure(request)
            });
            let kept = answered.and_then(|response| {
                check::configure(&response)?;
                let state = self.keep_state(&mut visited, language, &parent[language].state, response.state)?;
                self.keep(&mut visited, language, kept::of_provided(&response.provided))?;
                let above = parent[language].scope.clone();
                let scope = if response.provided.is_empty() {
                    above
                } else {
                    Some(Scope::new(&self.facts.name, response.provided, above))
                };
                states.push(Held { state, scope });
                let about = About { method: CONFIGURE, file: dir.build.file() };
                self.note(dir, &mut visited, language, about, response.diagnostics)
            });
            match kept {
                Ok(()) => {}
                Err(cause) => {
                    visited.unknown = Unknown::Subtree;
                    fail(&mut visited, Failure { below: below(), ..*self.failure(dir, language, CONFIGURE, cause) });
                    return visited;
                }
            }
        }
        visited.states = Some(Arc::new(states));
        visited
    }

    /// Says what is wrong with the directory's directives.
    fn remark(&self, dir: &Directory, visited: &mut Visited) {
        let file = speaker(dir);
        let mut say = |severity, message| {
            visited.diagnostics.push(Diagnostic { severity, path: file.clone(), message, ..Diagnostic::default() });
        };
        let mut remarks = dir.remarks.iter().filter(|remark| !remark.fatal);
        for remark in remarks.by_ref().take(MOST_REMARKS) {
            say(remark.severity.clone(), remark.message.clone());
        }
        let more = remarks.count();
        if more > 0 {
            say(Severity::Warning, format!("{more} more directives are not as they should be"));
        }
        let mut unknown = dir.directives.iter().filter(|found| !self.roster.knows_directive(&found.key));
        for Directive { key, .. } in unknown.by_ref().take(MOST_REMARKS) {
            say(Severity::Warning, unknown_directive(key));
        }
        let more = unknown.count();
        if more > 0 {
            say(Severity::Warning, format!("no language of this run knows {more} more of the directives"));
        }
        let lang = dir.directives.iter().filter(|found| found.key == "lang");
        for Directive { value, .. } in lang.take(MOST_REMARKS) {
            let unknown: BTreeSet<&str> =
                languages(value).filter(|name| self.roster.position(name).is_none()).collect();
            let Some(first) = unknown.first() else { continue };
            let others = if unknown.len() > 1 { format!(" and {} more", unknown.len() - 1) } else { String::new() };
            say(
                Severity::Warning,
                format!(
                    "directive `lang {}`: no language of this run is called {}{others}; there are: {}",
                    shortened(value),
                    shortened(first),
                    self.roster.names().join(", ")
                ),
            );
        }
    }

    /// The kinds as they are called in a directory.
    pub(super) fn kinds<'k>(&'k self, dir: &'k Directory) -> Kinds<'k> {
        Kinds::new(&self.roster.kinds, &dir.config.mappings, &dir.config.aliases)
    }

    #[allow(clippy::unnecessary_box_returns, reason = "results are small where the error is in a box")]
    pub(super) fn failure(&self, dir: &Directory, language: usize, method: &'static str, cause: Cause) -> Box<Failure> {
        let language = Some(self.roster.members[language].language.name().to_owned());
        Box::new(Failure { dir: dir.rel.clone(), language, method: Some(method), cause, below: 0, left: Vec::new() })
    }

    /// Keeps what a language has to say.
    pub(super) fn note(
        &self,
        dir: &Directory,
        visited: &mut Visited,
        language: usize,
        about: About<'_>,
        diagnostics: Vec<GuestDiagnostic>,
    ) -> Result<(), Cause> {
        self.keep(visited, language, kept::of_diagnostics(&diagnostics))?;
        let member = &self.roster.members[language];
        let mut lines = Lines::new(&self.repo, dir, member, about);
        visited.diagnostics.extend(diagnostics.into_iter().map(|diagnostic| {
            let (path, line) = lines.place(diagnostic.file.as_deref(), &diagnostic.position);
            Diagnostic {
                language: Some(member.language.name().into()),
                severity: diagnostic.severity,
                path,
                line,
                message: diagnostic.message,
            }
        }));
        Ok(())
    }

    /// Whether a language isn't asked about a directory, since nothing there concerns it (`host.quiet`). `file` is its BUILD
    /// file as the call would tell it.
    pub(super) fn leaves_alone(&self, site: Site<'_>, language: usize, file: Option<&BuildFile>) -> bool {
        let (member, dir) = (&self.roster.members[language], site.dir());
        if !member.manifest.quiet {
            return false;
        }
        let kinds = self.kinds(dir);
        let has_rule = |file: &BuildFile| {
            file.rules().any(|(_, rule)| self.roster.owner(&kinds.original(rule.kind())) == Some(language))
        };
        own_directives(member, &dir.directives).is_empty()
            && !file.is_some_and(has_rule)
            && !member.inputs.concern(site)
    }
}

/// What a call was about whose answer has diagnostics.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) method: &'static str,
    /// The BUILD file that was told, if one was.
    pub(super) file: Option<&'a BuildFile>,
}

/// All directories on their way.
struct Visits<'s> {
    tree: &'s [Directory],
    slots: Vec<Mutex<Visited>>,
    /// For each directory how much has to be done before its rules can be generated: those in it, and its `configure`.
    open: Vec<AtomicUsize>,
}

impl Visits<'_> {
    fn put(&self, dir: usize, visited: Visited) {
        *self.slots[dir].lock().unwrap_or_else(PoisonError::into_inner) = visited;
    }

    fn take(&self, dir: usize) -> Visited {
        std::mem::take(&mut *self.slots[dir].lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the directories in a directory have to say to it.
    fn below(&self, dir: usize) -> Below {
        let mut below = Below::default();
        let rel = &self.tree[dir].rel;
        for &child in &self.tree[dir].children {
            let visited = self.slots[child].lock().unwrap_or_else(PoisonError::into_inner);
            let name = || self.tree[child].rel[rel.len()..].trim_start_matches('/').to_owned();
            if visited.failure.is_some() {
                below.failed.push(name());
            }
            let told = visited.summaries.iter().map(|(language, summary)| (*language, name(), summary.clone()));
            below.summaries.extend(told);
        }
        below
    }
}

/// What is known in a directory of those in it.
#[derive(Default)]
pub(super) struct Below {
    failed: Vec<String>,
    summaries: Vec<(usize, String, Bytes)>,
}

impl Below {
    /// The same as a language is told.
    pub(super) fn children(&self, language: usize) -> Vec<Child> {
        let own = self.summaries.iter().filter(|(of, ..)| *of == language);
        let told = own.map(|(_, name, summary)| Child { name: name.clone(), failed: false, summary: summary.clone() });
        let failed =
            self.failed.iter().map(|name| Child { name: name.clone(), failed: true, summary: Bytes::default() });
        let mut children: Vec<_> = told.chain(failed).collect();
        children.sort_by(|a, b| a.name.cmp(&b.name));
        children
    }
}

/// Where a directory's directives stand.
fn speaker(dir: &Directory) -> String {
    dir.build.file().map_or_else(|| display(&dir.rel), |file| join(&dir.rel, &file.name))
}

/// A BUILD file as languages see it, made when the first asks.
#[derive(Default)]
pub(super) struct Described(Option<message::BuildFile>);

impl Described {
    pub(super) fn file(
        &mut self,
        context: &Context<'_>,
        dir: &Directory,
        file: Option<&BuildFile>,
    ) -> Option<message::BuildFile> {
        if self.0.is_none() {
            let kinds = context.kinds(dir);
            self.0 = file.map(|file| file.describe(&dir.directives, &|kind| kinds.original(kind).into_owned()));
        }
        self.0.clone()
    }
}

/// Most directives of a BUILD file of which each has a warning of its own.
pub(super) const MOST_REMARKS: usize = 100;

pub(super) fn unknown_directive(key: &str) -> String {
    format!("no language of this run knows the directive `{key}`")
}

fn own_directives(member: &Member<'_>, directives: &[Directive]) -> Vec<Directive> {
    directives.iter().filter(|directive| is_own_directive(member, directive)).cloned().collect()
}

fn is_own_directive(member: &Member<'_>, directive: &Directive) -> bool {
    let known = &member.manifest.directives;
    known.binary_search_by(|info| info.name.as_str().cmp(&directive.key)).is_ok()
}

fn is_below(rel: &str, dir: &str) -> bool {
    dir.is_empty() || rel.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

/// The line in which an offset of a text is; `None` if it is behind its end.
pub(super) fn line_of(content: &[u8], offset: usize) -> Option<usize> {
    let before = content.get(..offset)?;
    Some(before.split(|byte| *byte == b'\n').count())
}

/// The places that diagnostics are about.
struct Lines<'d> {
    repo: &'d Repository,
    dir: &'d Directory,
    member: &'d Member<'d>,
    about: About<'d>,
    /// Where the lines end of those that were read: each is read once, however many diagnostics are about it.
    ends: HashMap<String, Option<Vec<usize>>>,
    /// Where the matches of files begin.
    matches: HashMap<String, Option<Vec<usize>>>,
    /// Where the directives stand that the language knows, and the lines of the rules.
    directives: Option<Vec<(String, usize)>>,
    rules: Option<Vec<usize>>,
    /// Bytes of files that may still be read. Beyond it a diagnostic has no line.
    left: u64,
}

impl<'d> Lines<'d> {
    fn new(repo: &'d Repository, dir: &'d Directory, member: &'d Member<'d>, about: About<'d>) -> Self {
        let (ends, matches) = Default::default();
        Self { repo, dir, member, about, ends, matches, directives: None, rules: None, left: SOURCE_BYTES }
    }

    /// The path of what a diagnostic is about, from the root, and the line.
    fn place(&mut self, file: Option<&str>, position: &Position) -> (String, Option<usize>) {
        match (file, position) {
            (Some(file), position) => (join(&self.dir.rel, file), self.line(file, position)),
            (None, Position::DirectiveIndex(index)) => {
                let place = self.directive(*index as usize);
                place.map_or_else(|| (speaker(self.dir), None), |(file, line)| (file, (line > 0).then_some(line)))
            }
            (None, Position::RuleIndex(index)) => (speaker(self.dir), self.rule(*index as usize)),
            (None, _) => (display(&self.dir.rel), None),
        }
    }

    fn directive(&mut self, index: usize) -> Option<(String, usize)> {
        let (dir, member) = (self.dir, self.member);
        let directives = self.directives.get_or_insert_with(|| {
            let own = |directive: &Directive| is_own_directive(member, directive);
            dir.directives.iter().zip(places(dir)).filter(|(known, _)| own(known)).map(|(_, place)| place).collect()
        });
        directives.get(index).cloned()
    }

    fn rule(&mut self, index: usize) -> Option<usize> {
        let file = self.about.file?;
        let rules = self.rules.get_or_insert_with(|| file.lines(file.rules().map(|(_, rule)| rule.source())));
        rules.get(index).copied().filter(|line| *line > 0)
    }

    fn line(&mut self, file: &str, position: &Position) -> Option<usize> {
        match position {
            Position::Line(line) => Some(*line as usize),
            Position::Offset(offset) => self.line_at(file, *offset as usize),
            Position::MatchIndex(index) => {
                if !self.matches.contains_key(file) {
                    let places = self.search(file);
                    self.matches.insert(file.to_owned(), places);
                }
                let place = *self.matches.get(file)?.as_ref()?.get(*index as usize)?;
                self.line_at(file, place)
            }
            Position::Unknown | Position::DirectiveIndex(_) | Position::RuleIndex(_) => None,
        }
    }

    /// Looks for the matches once more that the language was told of.
    fn search(&mut self, file: &str) -> Option<Vec<usize>> {
        let of = match self.about.method {
            CONFIGURE => For::Configure,
            FIX => For::Fix,
            _ => For::Generate,
        };
        READER.with_borrow_mut(|reader| {
            reader.work = self.member.work("looking for the lines of diagnostics");
            self.member.inputs.places((self.repo, self.dir, of), file, reader)
        })
    }

    fn line_at(&mut self, file: &str, offset: usize) -> Option<usize> {
        if !self.ends.contains_key(file) {
            let ends = self.read(file);
            self.ends.insert(file.to_owned(), ends);
        }
        let (len, ends) = self.ends.get(file)?.as_ref()?.split_last()?;
        (offset <= *len).then(|| ends.partition_point(|end| *end < offset) + 1)
    }

    /// Where a file has its line breaks, and its length.
    fn read(&mut self, file: &str) -> Option<Vec<usize>> {
        // Only a file of the directory: a guest that names another is not a way to look at it.
        let place = self.dir.files.binary_search_by(|entry| entry.name.as_str().cmp(file)).ok()?;
        if !self.dir.files[place].regular || stop::is_set() {
            return None;
        }
        let content = self.repo.read(&self.dir.real.join(file).ok()?, self.left).ok()?;
        self.left -= content.len() as u64;
        let breaks = content.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
        Some(breaks.chain([content.len()]).collect())
    }
}
