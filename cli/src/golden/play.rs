//! How is a case run?

use super::case::{Case, CaseError};
use crate::{cache, exit::Failure, guests::BUILTIN_PROTO};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// What all cases have in common.
pub(super) struct Setting {
    program: PathBuf,
    guests: Vec<PathBuf>,
    lang: Option<String>,
}

impl Setting {
    pub(super) fn new(guests: &[PathBuf], lang: Option<String>) -> Result<Self, Failure> {
        let program = env::current_exe().map_err(|cause| Failure::Program { cause })?;
        // A case runs in a directory of its own, where a path from here leads nowhere.
        let absolute = |path: &PathBuf| match path.to_str() {
            Some(BUILTIN_PROTO) => Ok(path.clone()),
            _ => path.canonicalize().map_err(|cause| Failure::ReadGuest { path: path.clone(), cause }),
        };
        Ok(Self { program, guests: guests.iter().map(absolute).collect::<Result<_, _>>()?, lang })
    }
}

/// What a run has come to.
pub(super) struct Played {
    /// The repository after the run.
    pub(super) root: PathBuf,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// -1 where it was killed.
    pub(super) exit_code: i32,
    _temporary: TempDir,
}

/// Runs a case on a copy. A process of its own sees and says what a user's would, exit status included.
pub(super) fn play(case: &Case, setting: &Setting) -> Result<Played, CaseError> {
    let (temporary, root) = copy(case).map_err(|cause| CaseError::Play { cause })?;
    let (command, arguments) = match case.arguments.split_first() {
        Some((first, rest)) if matches!(first.as_str(), "update" | "fix") => (first.as_str(), rest),
        _ => ("update", case.arguments.as_slice()),
    };
    let mut process = Command::new(&setting.program);
    // Cases run side by side already; and what a case says of its own comes last and counts.
    process.args([command, "--quiet", "--threads", "1"]);
    for guest in &setting.guests {
        process.arg("--guest").arg(guest);
    }
    if let Some(lang) = setting.lang.as_ref().filter(|_| !says_lang(arguments)) {
        process.args(["--lang", lang]);
    }
    process.args(arguments).current_dir(&root).stdin(Stdio::null());
    // A temporary directory never comes again.
    process.env(cache::VARIABLE, "");
    process.env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE").env("BUILD_WORKSPACE_DIRECTORY", &root);
    let output = process.output().map_err(|cause| CaseError::Play { cause })?;
    let path = root.to_string_lossy().into_owned();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&path, "%WORKSPACEPATH%");
    Ok(Played {
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        exit_code: output.status.code().unwrap_or(-1),
        root,
        _temporary: temporary,
    })
}

fn says_lang(arguments: &[String]) -> bool {
    let flags = arguments.iter().filter_map(|argument| argument.strip_prefix("--").or(argument.strip_prefix('-')));
    flags.into_iter().any(|flag| flag == "lang" || flag.starts_with("lang="))
}

/// The repository as it is before the run.
fn copy(case: &Case) -> io::Result<(TempDir, PathBuf)> {
    let temporary = tempfile::Builder::new().prefix("dorcas-golden-").tempdir()?;
    let root = temporary.path().canonicalize()?;
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
