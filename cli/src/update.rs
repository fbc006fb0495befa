//! `dorcas update` and `dorcas fix`: the BUILD files of a repository, written, printed or compared.

use crate::{
    args,
    bounds::{self, Timer},
    cache,
    document::{self, Ending},
    exit::Failure,
    guests::Loaded,
    messages,
    progress::Bar,
    replay, stats,
};
use clap::ArgMatches;
use dorcas_abi::message::{Command, Severity};
use dorcas_gazelle::{
    GuestLanguage, Indexing, Language, Memo, Options, Outcome, OutputFile, RunError, WriteError, diff, find_root,
    print, write,
};
use dorcas_host::{LoadError, Run, printable_lines};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufWriter, IsTerminal as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

/// What becomes of the BUILD files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Fix,
    Print,
    Diff,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Fix, Self::Print, Self::Diff];

    /// As the command line has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::Print => "print",
            Self::Diff => "diff",
        }
    }
}

pub(crate) fn run(command: &str, matches: &ArgMatches, guests: &[Loaded]) -> Result<ExitCode, Failure> {
    let named = matches.get_one::<String>("mode").expect("the flag has a default");
    let mode = Mode::ALL.into_iter().find(|mode| mode.name() == named).expect("clap has compared the value");
    let json = args::is_json(matches);
    let patch = matches.get_one::<PathBuf>("patch");
    if patch.is_some() && mode != Mode::Diff {
        return Err(Failure::Patch { mode: mode.name() });
    }

    let record = replay::recorder(matches)?;
    let run = bounds::run(matches, record.clone());
    let languages = languages(guests, &run)?;
    let languages: Vec<_> = languages.iter().map(|language| language as &dyn Language).collect();
    let options = bounds::options(matches, &run, options(command, matches, &languages)?);
    // A bar would be written over.
    let bar = Bar::new(!json && !matches.get_flag("log"));
    let timer = Timer::start(matches, &run);
    let outcome = timer.stop(dorcas_gazelle::run(&options, &languages, &bar));
    bar.clear();
    replay::finish(record.as_ref(), matches)?;
    let outcome = outcome?;

    let clock = Instant::now();
    let unwritten = if mode == Mode::Fix { write(&outcome) } else { Vec::new() };
    let remark = options.memo.as_deref().and_then(keep);
    let writing = clock.elapsed();
    let stats = matches.get_flag("stats").then_some(writing);

    let mut out = BufWriter::new(io::stdout().lock());
    let shown = if json {
        document::write(&outcome, &Ending { command, mode, unwritten: &unwritten, stats }, &mut out)
    } else if let Some(path) = patch {
        let mut text = Vec::new();
        diff(&outcome, &mut text)?;
        fs::write(path, text).map_err(|cause| Failure::WritePatch { path: path.clone(), cause })?;
        Ok(())
    } else if mode == Mode::Fix && matches.get_flag("print0") {
        names(&outcome, &unwritten, &mut out)
    } else {
        show(&outcome, mode, io::stdout().is_terminal(), &mut out)
    };
    let shown = shown.and_then(|()| out.flush());
    // Said last, where it is seen, and said even if nobody reads what went before.
    if !json {
        report(&outcome, &unwritten);
        if let Some(remark) = remark {
            messages::say(&Severity::Note, remark);
        }
        if let Some(writing) = stats {
            messages::plain(stats::table(&outcome.languages));
            messages::plain(stats::timings(&outcome.timings, writing));
        }
        if mode == Mode::Fix && !matches.get_flag("quiet") {
            messages::plain(summary(&outcome, &unwritten));
        }
    }
    shown?;
    let differs = mode == Mode::Diff && outcome.files.iter().any(OutputFile::changed);
    let failed = outcome.failed() || !unwritten.is_empty();
    Ok(ExitCode::from(u8::from(failed || differs)))
}

/// Keeps what was found out for the next run. What is wrong with a cache is no reason to fail: all is as without one.
fn keep(memo: &Memo) -> Option<String> {
    let path = memo.path();
    if let Err(cause) = memo.save() {
        return Some(format!("can't write the cache {}: {cause}; --no-cache does without", path.display()));
    }
    memo.is_damaged().then(|| format!("the cache {} was damaged; it is made anew", path.display()))
}

/// The guests as languages, in their order. All of them are in the run: `--lang` says which take part where no
/// directive says otherwise.
pub(crate) fn languages(guests: &[Loaded], run: &Run) -> Result<Vec<GuestLanguage>, Failure> {
    let language = |Loaded { path, guest }: &Loaded| {
        GuestLanguage::new(guest.in_run(run))
            .map_err(|cause| Failure::LoadGuest { path: path.clone(), cause: LoadError::Call(cause).into() })
    };
    guests.iter().map(language).collect()
}

/// The names that `--lang` gives.
fn chosen(matches: &ArgMatches, languages: &[&dyn Language]) -> Result<Vec<String>, Failure> {
    let names: Vec<_> =
        matches.get_many::<String>("lang").into_iter().flatten().filter(|name| !name.is_empty()).collect();
    if let Some(name) = names.iter().find(|name| languages.iter().all(|language| language.name() != name.as_str())) {
        let known: Vec<_> = languages.iter().map(|language| language.name()).collect();
        return Err(Failure::UnknownLang { name: (*name).clone(), known: known.join(", ") });
    }
    Ok(names.into_iter().cloned().collect())
}

fn options(command: &str, matches: &ArgMatches, languages: &[&dyn Language]) -> Result<Options, Failure> {
    let options = of_any_run(matches, languages)?;
    let mut dirs: Vec<_> = matches.get_many::<PathBuf>("dirs").into_iter().flatten().cloned().collect();
    if dirs.is_empty() && is_below(&options.repo_root) {
        dirs.push(".".into());
    }
    Ok(Options {
        dirs,
        recursive: *matches.get_one::<bool>("recursive").expect("the flag has a default"),
        command: if command == "fix" { Command::Fix } else { Command::Update },
        strict: *matches.get_one::<bool>("strict").expect("the flag has a default"),
        ..options
    })
}

/// What any run over a repository is told: see [`args::of_any_run`].
pub(crate) fn of_any_run(matches: &ArgMatches, languages: &[&dyn Language]) -> Result<Options, Failure> {
    let root = match matches.get_one::<PathBuf>("repo-root") {
        Some(root) => root.clone(),
        None => find_root(Path::new(".")).map_err(|error| match error {
            RunError::RepositoryNotFound { path } => Failure::NoRepository { dir: path },
            error => error.into(),
        })?,
    };
    let flags = languages.iter().flat_map(|language| &language.manifest().flags);
    let flags = flags
        .flat_map(|flag| args::guest_flag_values(matches, flag).into_iter().map(|value| (flag.name.clone(), value)));
    let log = matches.get_flag("log");
    Ok(Options {
        indexing: match matches.get_one::<String>("index").map(String::as_str) {
            Some("lazy") => Indexing::Lazy,
            Some("none" | "false") => Indexing::None,
            _ => Indexing::All,
        },
        build_file_names: matches.get_many::<String>("build-file-name").into_iter().flatten().cloned().collect(),
        languages: chosen(matches, languages)?,
        exclude: matches.get_many::<String>("exclude").into_iter().flatten().cloned().collect(),
        remove_noop_keep_comments: *matches.get_one::<bool>("drop-keep").expect("the flag has a default"),
        flags: flags.collect(),
        threads: match matches.get_one::<u16>("threads") {
            _ if log => 1,
            threads => threads.copied().map_or(0, usize::from),
        },
        memo: if log { None } else { cache::memo(matches, &root) },
        ..Options::new(root)
    })
}

/// Whether the working directory is in the repository: then it is what is meant where no DIR is named, as with Gazelle.
fn is_below(root: &Path) -> bool {
    let working = Path::new(".").canonicalize();
    working.is_ok_and(|working| root.canonicalize().is_ok_and(|root| working.starts_with(root)))
}

/// What goes to standard output, for people and patch(1). A file or a program gets the bytes of the BUILD files; a terminal
/// gets nothing that it would obey or that nobody would see.
fn show(outcome: &Outcome, mode: Mode, terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    if terminal {
        let mut exact = Vec::new();
        show(outcome, mode, false, &mut exact)?;
        return out.write_all(printable_lines(&String::from_utf8_lossy(&exact)).as_bytes());
    }
    match mode {
        Mode::Fix => Ok(()),
        Mode::Print => print(outcome, out),
        Mode::Diff => diff(outcome, out).map(drop),
    }
}

/// The paths of the files that were written, for `xargs -0`.
fn names(outcome: &Outcome, unwritten: &[WriteError], out: &mut dyn Write) -> io::Result<()> {
    for file in written(outcome, unwritten) {
        out.write_all(outcome.root.join(&file.rel).as_os_str().as_encoded_bytes())?;
        out.write_all(b"\0")?;
    }
    Ok(())
}

/// The files that were written.
fn written<'o>(outcome: &'o Outcome, unwritten: &[WriteError]) -> impl Iterator<Item = &'o OutputFile> {
    let unwritten: BTreeSet<PathBuf> = unwritten.iter().map(|error| error.path.clone()).collect();
    outcome.files.iter().filter(move |file| file.changed() && !unwritten.contains(&outcome.root.join(&file.rel)))
}

/// What languages had to say, and which directories failed.
fn report(outcome: &Outcome, unwritten: &[WriteError]) {
    bounds::show(outcome.diagnostics.iter());
    for failure in &outcome.failures {
        messages::error(failure);
    }
    for error in unwritten {
        messages::error(error);
    }
}

/// What was done, in one line.
fn summary(outcome: &Outcome, unwritten: &[WriteError]) -> String {
    let (created, changed): (Vec<_>, Vec<_>) = written(outcome, unwritten).partition(|file| file.old.is_none());
    let unchanged = outcome.files.iter().filter(|file| !file.changed()).count();
    let failed = outcome.failures.len() + unwritten.len();
    let created = messages::count(created.len(), "BUILD file", "BUILD files");
    let failed = match failed {
        0 => String::new(),
        _ => format!("; {} failed", messages::count(failed, "directory", "directories")),
    };
    let left = match outcome.failures.iter().map(|failure| failure.left.len()).sum() {
        0 => String::new(),
        left => format!("; {} left because of that", messages::count(left, "BUILD file", "BUILD files")),
    };
    format!("{created} created, {} changed, {unchanged} unchanged{failed}{left}", changed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in a BUILD file is exact for a program, and harmless at a terminal.
    #[test]
    fn a_terminal_is_not_steered_and_a_patch_stays_one() {
        let hostile = "# \u{1b}[1A\u{1b}[2K\u{9b}8m\u{7f}\u{202e}\u{61c}\u{ad}\u{e0041}\tx\r\n";
        let file = OutputFile {
            rel: "a\n+++ b\u{1b}/BUILD.bazel".into(),
            old: Some(format!("{hostile}a()\n").into()),
            new: format!("{hostile}b()\n").into(),
        };
        let outcome = Outcome { root: "/r\u{1b}".into(), files: vec![file], ..Outcome::default() };
        for mode in [Mode::Print, Mode::Diff] {
            let shown = |terminal| {
                let mut out = Vec::new();
                show(&outcome, mode, terminal, &mut out).unwrap();
                String::from_utf8(out).unwrap()
            };
            let (exact, at_terminal) = (shown(false), shown(true));
            assert!(exact.contains(hostile), "{exact:?}");
            assert_eq!(exact.lines().count(), at_terminal.lines().count());
            let is_harmless = |char| dorcas_host::is_shown(char) || matches!(char, '\n' | '\t');
            assert!(at_terminal.chars().all(is_harmless), "{at_terminal:?}");
            assert!(exact.replace(hostile, "").chars().all(is_harmless), "{exact:?}");
        }
    }
}
