//! A run: from a repository to the BUILD files that it should have.

mod blame;
mod circle;
pub(crate) mod fix;
mod flags;
mod generate;
mod kept;
mod left;
mod outcome;
mod resolve;
mod roster;
mod scan;
mod setup;
mod tell;
mod visit;

pub use outcome::{CallTotals, LanguageStats, Outcome, OutputFile, Timings};

use crate::{
    RunError,
    build::{KnownLoads, Package},
    config::Config,
    diagnostic::Diagnostic,
    error::Failure,
    index::Index,
    language::Language,
    options::{Indexing, Options, Progress, Stage},
    path::{display, join},
    repo::{self, Facts, RepoPath, Repository, absolute},
    stop::Stop,
    trace::Trace,
    walk::{Build, Directory, Ignore, Reach, Tree},
};
use dorcas_abi::message::{self, Severity};
use rayon::prelude::*;
use roster::Roster;
use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{Arc, PoisonError},
    time::Instant,
};
pub(crate) use tell::MOST_FOR_ASKING;
use visit::Visited;

/// What all stages know.
struct Context<'a> {
    options: &'a Options,
    repo: Repository,
    facts: Facts,
    roster: Roster<'a>,
    loads: KnownLoads,
    progress: &'a dyn Progress,
    trace: Option<&'a Trace>,
    stop: Arc<Stop>,
    /// What languages have to say about single files.
    remarks: scan::Remarks,
}

impl Context<'_> {
    fn package<'r>(&'r self, rel: &'r str) -> Package<'r> {
        Package { repo: &self.facts.name, rel }
    }
}

/// Does all of Gazelle's work but the last step: nothing is written. The outcome is the same whatever the number of
/// threads.
///
/// An error means that nothing was done. What goes wrong in a directory is in the outcome, and the run goes on.
pub fn run(options: &Options, languages: &[&dyn Language], progress: &dyn Progress) -> Result<Outcome, RunError> {
    run_traced(options, languages, progress, None)
}

/// The same for someone who listens.
pub(crate) fn run_traced(
    options: &Options,
    languages: &[&dyn Language],
    progress: &dyn Progress,
    trace: Option<&Trace>,
) -> Result<Outcome, RunError> {
    let started = Instant::now();
    let repo = Repository::open(&options.repo_root)?;
    let dirs = repo::relative_dirs(&repo, &options.dirs)?;
    let facts = Facts::read_in(&repo)?;
    let (ignore, warnings) = Ignore::read(&repo, &facts)?;
    let roster = Roster::new(languages, &options.flags, options.memo.as_deref())?;
    let loads = KnownLoads::new([], &facts.modules);
    let config = Arc::new(Config::root(options).map_err(|fault| RunError::Option { fault })?);
    if options.build_file_names.iter().all(String::is_empty) {
        return Err(RunError::Option { fault: "there is no name for BUILD files".into() });
    }
    let runs = options.run.iter().chain(languages.iter().filter_map(|language| language.run()));
    let stop = Stop::new(runs.cloned().collect());
    let remarks = scan::Remarks::default();
    let mut context =
        Context { options, repo, facts, roster, loads, progress, trace, stop: Arc::clone(&stop), remarks };
    let mut timings = Timings { load: started.elapsed(), ..Timings::default() };

    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .start_handler(move |_| stop.enter())
        .build()
        .map_err(|error| RunError::Threads { threads: options.threads, cause: error.to_string() })?;
    threads.install(|| {
        let mut clock = Instant::now();
        let mut lap = |time: &mut std::time::Duration| *time = std::mem::replace(&mut clock, Instant::now()).elapsed();

        let (all, below) = (options.indexing == Indexing::All, context.roster.reaches_below());
        let reach = Reach::new(&dirs, options.recursive, all, below);
        let mut tree = Tree::walk(&context.repo, ignore, &config, &reach, trace);
        check_expressions(&context.repo, &tree.dirs)?;
        let said = context.set_up(&mut tree.dirs)?;
        let context = &context;
        context.leave_out(&mut tree.dirs);
        context.stop.reason()?;
        context.tell_directory(&tree.dirs);
        if options.strict {
            context.check_strictly(&tree.dirs)?;
        }
        lap(&mut timings.walk);

        if let Some(run) = &options.run {
            run.allow(options.fuel_per_directory.saturating_mul(tree.dirs.len() as u64));
        }
        let grown = kept::PER_DIRECTORY.saturating_mul(tree.dirs.len() as u64);
        context.stop.keep_at_most(options.kept_bytes.saturating_add(grown));
        let mut visited = context.visit(&tree.dirs);
        if options.indexing == Indexing::Lazy {
            context.visit_more(&mut tree, &mut visited);
            check_expressions(&context.repo, &tree.dirs)?;
        }
        lap(&mut timings.generate);

        context.stop.reason()?;
        let order = tree.post_order();
        refused(&visited, &order)?;
        let modules = std::mem::take(&mut tree.modules);
        let tree = &tree.dirs;
        let gaps = context.gaps(tree, &visited, &order);
        let (index, twice) = context.index(&mut visited, &order);
        lap(&mut timings.index);

        context.stop.reason()?;
        progress.begin(Stage::Resolve, tree.len());
        let resolve = |(dir, visited): (usize, &mut Visited)| context.finish(&tree[dir], visited, &index, &gaps);
        if context.roster.stateful() {
            // The order is a part of what such a language sees.
            for &dir in &order {
                resolve((dir, &mut visited[dir]));
            }
        } else {
            visited.par_iter_mut().enumerate().for_each(resolve);
        }
        refused(&visited, &order)?;
        context.leave(tree, &mut visited, &order, &gaps);
        context.warn_of_circles(tree, &mut visited, &order);
        context.stop.reason()?;
        context.end(tree, &mut visited)?;
        lap(&mut timings.resolve);

        let mut outcome = Outcome { root: context.repo.path().to_owned(), ..Outcome::default() };
        let warn = |message| Diagnostic { severity: Severity::Warning, message, ..Diagnostic::default() };
        outcome.diagnostics.extend(warnings.into_iter().map(warn));
        outcome.diagnostics.extend(modules.into_iter().map(|path| Diagnostic { path, ..warn(MODULE.into()) }));
        outcome.diagnostics.extend(twice.iter().map(|label| warn(format!("more than one rule is called {label}"))));
        outcome.diagnostics.extend(said);
        if index.is_cut() {
            let message = "rules embed each other so much that not all of what they provide by that was found".into();
            let severity = Severity::Error;
            outcome.diagnostics.push(Diagnostic { severity, message, ..Diagnostic::default() });
        }
        write_once(tree, &mut visited, &order);
        let remarks = std::mem::take(&mut *context.remarks.lock().unwrap_or_else(PoisonError::into_inner));
        outcome.diagnostics.extend(remarks.into_values().flatten());
        for dir in order {
            let visited = &mut visited[dir];
            outcome.files.extend(visited.output.take());
            outcome.failures.extend(visited.failure.take());
            outcome.diagnostics.append(&mut visited.diagnostics);
        }
        outcome.languages = context.roster.stats();
        outcome.timings = timings;
        Ok(outcome)
    })
}

/// Said of a directory that is left out.
const MODULE: &str = "it is left alone, with what is below: its MODULE.bazel makes it a module of its own; run dorcas there, \
                      and name it in .bazelignore or a local_path_override";

impl Context<'_> {
    /// What a language is told in the root directory.
    pub(super) fn run_info(&self, language: usize) -> message::RunInfo {
        let member = &self.roster.members[language];
        let names = self.options.build_file_names.iter().filter(|name| !name.is_empty());
        message::RunInfo {
            command: self.options.command.clone(),
            repo_name: self.facts.name.clone(),
            root_name: self.repo.path().file_name().unwrap_or_default().to_string_lossy().into_owned(),
            build_file_names: names.cloned().collect(),
            indexing: match self.options.indexing {
                Indexing::All => message::Indexing::All,
                Indexing::Lazy => message::Indexing::Lazy,
                Indexing::None => message::Indexing::None,
            },
            modules: self.facts.module_list(),
            flags: member.flags.clone(),
            languages: self.roster.names(),
        }
    }

    /// Finds what a strict run doesn't put up with.
    fn check_strictly(&self, dirs: &[Directory]) -> Result<(), RunError> {
        let mut faults = Vec::new();
        for dir in dirs {
            if let Build::Broken(cause) = &dir.build {
                faults.push(cause.to_string());
            }
            let Some(file) = dir.build.file() else { continue };
            let unknown = dir.directives.iter().filter(|found| !self.roster.knows_directive(&found.key));
            let unknown = unknown.map(|found| visit::unknown_directive(&found.key)).take(visit::MOST_REMARKS);
            let errors = dir.remarks.iter().filter(|remark| remark.severity == Severity::Error);
            let all = unknown.chain(errors.map(|remark| remark.message.clone()));
            faults.extend(all.map(|fault| format!("{}: {fault}", join(&dir.rel, &file.name))));
        }
        if faults.is_empty() { Ok(()) } else { Err(RunError::Strict { faults }) }
    }

    fn index(&self, visited: &mut [Visited], order: &[usize]) -> (Index, Vec<crate::label::Label>) {
        let (mut records, mut provided) = (Vec::new(), Vec::new());
        if self.options.indexing != Indexing::None {
            for &dir in order {
                records.append(&mut visited[dir].records);
                provided.append(&mut visited[dir].provided);
            }
        }
        Index::new(&self.facts.name, records, provided)
    }
}

/// Most positions of the regular expressions in the directives of all directories.
const MAX_POSITIONS: u64 = 256 << 10;

/// Regular expressions are compiled when they are needed, each once; so what all of them come to is bounded before.
fn check_expressions(repo: &Repository, dirs: &[Directory]) -> Result<(), RunError> {
    let (mut seen, mut positions) = (HashSet::new(), 0);
    for dir in dirs {
        let overrides = &dir.config.overrides;
        if overrides.positions() == 0 || !seen.insert(Arc::as_ptr(overrides)) {
            continue;
        }
        positions += overrides.positions();
        if positions > MAX_POSITIONS {
            let file = dir.build.file().map_or("", |file| &file.name);
            let cause = format!(
                "the regular expressions of `resolve_regexp` up to here have {positions} positions in the whole \
                 repository, the limit is {MAX_POSITIONS}; use fewer, or `resolve`"
            );
            return Err(RunError::RepositoryFile { path: absolute(repo.path(), &join(&dir.rel, file)), cause });
        }
    }
    Ok(())
}

/// Notes a failure; the first one of a directory counts.
fn fail(visited: &mut Visited, failure: Failure) {
    visited.failure.get_or_insert(failure);
}

/// Where a BUILD file has several paths, by links, leaves it to one of its directories: to its own, if that is updated.
fn write_once(dirs: &[Directory], visited: &mut [Visited], order: &[usize]) {
    let mut owners: HashMap<RepoPath, usize> = HashMap::new();
    let mut others = Vec::new();
    for &index in order.iter().filter(|index| dirs[**index].update) {
        let Some(at) = written_at(&dirs[index], visited[index].output.as_ref()) else { continue };
        let is_own =
            dirs[index].rel == dirs[index].real.as_str() && at.split().is_some_and(|(dir, _)| dir == dirs[index].real);
        match owners.entry(at) {
            Entry::Vacant(vacant) => {
                vacant.insert(index);
            }
            Entry::Occupied(mut owner) if is_own => others.push((owner.insert(index), index)),
            Entry::Occupied(owner) => others.push((index, *owner.get())),
        }
    }
    for (other, owner) in others {
        let (dir, visited) = (&dirs[other], &mut visited[other]);
        let Some(output) = visited.output.take() else { continue };
        // Of a directory that has several paths each is meant; of a file it is rather a mistake.
        if dir.real != dirs[owner].real {
            let message = format!("it is also the BUILD file of //{}, and is written for that alone", dirs[owner].rel);
            let severity = Severity::Warning;
            visited.diagnostics.push(Diagnostic { severity, path: output.rel, message, ..Diagnostic::default() });
        }
    }
}

/// Where a directory's BUILD file is or would be, without symbolic links.
fn written_at(dir: &Directory, output: Option<&OutputFile>) -> Option<RepoPath> {
    let new = || {
        let name = output.map_or("BUILD.bazel", |output| output.rel.rsplit('/').next().unwrap_or(&output.rel));
        dir.real.join(name).ok()
    };
    dir.written.clone().or_else(new)
}

/// The error of a run that a language wants to end. Of several the first counts, in Gazelle's order.
fn refused(visited: &[Visited], order: &[usize]) -> Result<(), RunError> {
    let all = order.iter().filter_map(|&dir| visited[dir].failure.as_ref());
    let mut refusals = all.filter_map(|failure| Some((failure, failure.cause.refusal()?)));
    refusals.next().map_or(Ok(()), |(failure, message)| {
        Err(RunError::Refused {
            language: failure.language.clone().unwrap_or_default(),
            dir: display(&failure.dir),
            message: message.into(),
        })
    })
}
