//! How is a case run?

use super::{
    GoldenArgs, GoldenFailure,
    case::{Case, CaseError},
    confine,
};
use crate::{
    bazel,
    exit::Failure,
    flags::{GuestFlag, VARIABLE},
    guests::{self, GuestError, Pinned},
    pins::PinsError,
};
use std::{
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// What all cases have in common.
pub(super) struct Setting {
    program: PathBuf,
    guests: Vec<PathBuf>,
    /// Where a `dorcas.json` is, as arguments.
    config: Vec<OsString>,
    /// The flags that they have.
    flags: Vec<GuestFlag>,
    lang: Option<String>,
    /// What `--limit` and the bounds of a run say, as arguments.
    limits: Vec<String>,
    /// Whether guests may write to a log.
    log: bool,
}

impl Setting {
    pub(super) fn new(args: &GoldenArgs, pinned: Option<&Pinned>, flags: Vec<GuestFlag>) -> Result<Self, Failure> {
        let program = env::current_exe().map_err(|cause| GoldenFailure::Program { cause })?;
        // A case runs in a directory of its own, where a path from here leads nowhere.
        let absolute = |path: &PathBuf| match guests::builtin(path) {
            Some(_) => Ok(path.clone()),
            None => path.canonicalize().map_err(|cause| GuestError::Read { path: path.clone(), cause }),
        };
        let guests = args.guest.iter().map(absolute).collect::<Result<_, _>>()?;
        let mut limits = args.bounds.as_arguments();
        limits.extend(args.limit.iter().map(|limit| format!("--limit={limit}")));
        let config = match pinned {
            Some(Pinned { path, .. }) => {
                let path = path.canonicalize().map_err(|cause| PinsError::Read { path: path.clone(), cause })?;
                vec![OsString::from("--config"), path.into()]
            }
            None => vec!["--no-config".into()],
        };
        Ok(Self { program, guests, config, flags, lang: args.lang.clone(), limits, log: args.log })
    }
}

/// What a run has come to.
pub(super) struct Played {
    /// The repository after the run.
    pub(super) root: PathBuf,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// What guests wrote to their log, if it was this command that was asked for it, and not the case.
    pub(super) log: Vec<String>,
    /// -1 where it was killed.
    pub(super) exit_code: i32,
    _temporary: TempDir,
}

/// Runs a case on a copy. A process of its own sees and says what a user's would, exit status included.
pub(super) fn play(case: &Case, setting: &Setting) -> Result<Played, CaseError> {
    let (command, arguments) = match case.arguments.split_first() {
        Some((first, rest)) if matches!(first.as_str(), "update" | "fix") => (first.as_str(), rest),
        _ => ("update", case.arguments.as_slice()),
    };
    confine::check(command, arguments, &setting.flags)?;
    let (temporary, root) = copy(case).map_err(|cause| CaseError::Play { cause })?;
    let mut process = Command::new(&setting.program);
    // Cases run side by side already; and what a case says of its own comes last and counts.
    process.args([command, "--quiet", "--allow-empty", "--threads", "1", "--repo-root"]).arg(&root);
    for guest in &setting.guests {
        process.arg("--guest").arg(guest);
    }
    process.args(&setting.limits).args(&setting.config);
    if let Some(lang) = setting.lang.as_ref().filter(|_| !says(arguments, "lang")) {
        process.args(["--lang", lang]);
    }
    let log = setting.log && !says(arguments, "log");
    if log {
        process.arg("--log");
    }
    process.args(arguments).current_dir(&root).stdin(Stdio::null());
    // A temporary directory never comes again.
    process.env(VARIABLE, "");
    process.env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE").env(bazel::WORKSPACE, &root).env_remove(bazel::WORKING);
    let output = process.output().map_err(|cause| CaseError::Play { cause })?;
    let path = root.to_string_lossy().into_owned();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&path, "%WORKSPACEPATH%");
    let (mut stderr, mut logged) = (text(&output.stderr), Vec::new());
    if log {
        (logged, stderr) = apart(&stderr);
    }
    Ok(Played {
        stdout: text(&output.stdout),
        stderr,
        log: logged,
        exit_code: output.status.code().unwrap_or(-1),
        root,
        _temporary: temporary,
    })
}

fn says(arguments: &[String], name: &str) -> bool {
    let flags = arguments.iter().filter_map(|argument| argument.strip_prefix("--").or(argument.strip_prefix('-')));
    flags.into_iter().any(|flag| flag.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
}

/// The lines of guests' logs, and the text without them.
fn apart(stderr: &str) -> (Vec<String>, String) {
    let (log, rest): (Vec<_>, Vec<_>) = stderr.split_inclusive('\n').partition(|line| line.starts_with(guests::LOG_OF));
    (log.into_iter().map(|line| line.trim_end_matches('\n').to_owned()).collect(), rest.concat())
}

/// The repository as it is before the run.
fn copy(case: &Case) -> io::Result<(TempDir, PathBuf)> {
    let temporary = tempfile::Builder::new().prefix("dorcas-golden-").tempdir()?;
    // The root is called as the case is, as in Gazelle's own tests: languages name rules after it.
    let dir = case.dir.canonicalize()?;
    let root = temporary.path().canonicalize()?.join(dir.file_name().unwrap_or("root".as_ref()));
    fs::create_dir(&root)?;
    for file in &case.before {
        let path = root.join(&file.rel);
        make_parent(&path)?;
        fs::write(path, &file.bytes)?;
    }
    for (rel, target) in &case.links {
        let path = root.join(rel);
        make_parent(&path)?;
        link(target, &path)?;
    }
    Ok((temporary, root))
}

fn make_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(windows)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(target, path)
}
