//! How long does the whole job take, native Gazelle's and ours?
//!
//! Whole processes, from start to exit, on the corpus of `benches/corpus/fetch`, both in mode `print`. What they print
//! is compared BUILD file by BUILD file.

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use wait4::Wait4;

/// The two programs and the tree.
#[derive(Clone, Debug)]
pub struct Job {
    /// The real Gazelle.
    pub gazelle: PathBuf,
    /// The `dorcas` that is shipped.
    pub dorcas: PathBuf,
    /// A tree of `.proto` files.
    pub corpus: PathBuf,
    /// How often each is run for each row, in turns.
    pub rounds: usize,
}

/// What has happened before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Nothing. The system has the files in its memory.
    Cold,
    /// The same run. Dorcas has a cache; Gazelle has none.
    Warm,
    /// The same run, and then a change of one file.
    OneFileChanged,
    /// The same run of all; now one directory is asked for, with all others indexed.
    OneDirectory,
}

impl Scenario {
    const ALL: [Self; 4] = [Self::Cold, Self::Warm, Self::OneFileChanged, Self::OneDirectory];

    /// For the report.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
            Self::OneFileChanged => "one file changed",
            Self::OneDirectory => "one directory",
        }
    }
}

/// A scenario on a part of the corpus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    /// What has happened before.
    pub scenario: Scenario,
    /// Of so many parts of the corpus there is one: 1 is all of it.
    pub one_of: usize,
    /// Number of `.proto` files.
    pub files: usize,
    /// Native Gazelle's runs.
    pub gazelle: Vec<Run>,
    /// Ours, round by round.
    pub dorcas: Vec<Run>,
}

/// What a process took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Seconds from start to exit.
    pub wall: f64,
    /// Seconds of all processors.
    pub cpu: f64,
    /// Most memory at any time, in MiB.
    pub peak: f64,
}

/// A job that could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// A file or a program is at fault.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A program said no.
    #[error("{} ended with {status}", program.file_name().unwrap_or_default().display())]
    Ended {
        /// Which.
        program: PathBuf,
        /// How.
        status: String,
    },
    /// The two don't come to the same.
    #[error("gazelle and dorcas differ for {scenario} on {files} files, first at {build_file}")]
    Differs {
        /// When.
        scenario: &'static str,
        /// On how many files.
        files: usize,
        /// Where first.
        build_file: String,
    },
}

/// Runs both, in turns, for all scenarios on all of the corpus and on parts of it.
pub fn hold(job: &Job, progress: &mut dyn FnMut(&str)) -> Result<Vec<JobRow>, JobError> {
    let scratch = tempfile::tempdir().map_err(|cause| JobError::File { path: std::env::temp_dir(), cause })?;
    let mut rows = Vec::new();
    for one_of in [8, 4, 2, 1] {
        let tree = scratch.path().join(format!("one_of_{one_of}"));
        let protos = copy_part(&job.corpus, &tree, one_of)?;
        // The cache trusts the stamps of files that are some seconds old, as those of a repository are.
        thread::sleep(Duration::from_secs(4));
        for scenario in Scenario::ALL {
            progress(&format!("{} {} files", scenario.title(), protos.len()));
            let cache = scratch.path().join(format!("cache_{one_of}_{}", scenario.title()));
            rows.push(row(job, scenario, one_of, &tree, &protos, &cache)?);
        }
    }
    Ok(rows)
}

fn row(
    job: &Job,
    scenario: Scenario,
    one_of: usize,
    tree: &Path,
    protos: &[PathBuf],
    cache: &Path,
) -> Result<JobRow, JobError> {
    let middle = &protos[protos.len() / 2];
    // What stands behind a directory is no flag to Gazelle.
    let target: Vec<String> = match scenario {
        Scenario::OneDirectory => {
            vec!["-r=false".into(), middle.parent().unwrap_or(tree).to_string_lossy().into_owned()]
        }
        _ => vec![tree.to_string_lossy().into_owned()],
    };
    let line = |flags: &[&str]| -> Vec<String> {
        let repo = tree.to_string_lossy().into_owned();
        ["update"].iter().chain(flags).map(|word| (*word).to_owned()).chain([repo]).collect()
    };
    let mut gazelle = line(&["-lang", "proto", "-mode", "print", "-repo_root"]);
    let mut dorcas = line(&["--lang", "proto", "--mode", "print", "--repo-root"]);
    gazelle.extend(target.iter().cloned());
    if scenario == Scenario::Cold {
        dorcas.push("--no-cache".into());
        dorcas.extend(target);
    } else {
        dorcas.extend(["--cache-dir".into(), cache.to_string_lossy().into_owned()]);
        // All of the repository is in the cache; what is asked for is a part of it, perhaps.
        run(&job.dorcas, &[dorcas.clone(), vec![tree.to_string_lossy().into_owned()]].concat())?;
        dorcas.extend(target);
    }
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for round in 0..job.rounds {
        if scenario == Scenario::OneFileChanged {
            append(middle, &format!("// Round {round}.\nimport \"google/protobuf/any.proto\";\n"))?;
        }
        let (their_run, their_files) = run(&job.gazelle, &gazelle)?;
        let (our_run, our_files) = run(&job.dorcas, &dorcas)?;
        if let Some(build_file) = first_difference(&their_files, &our_files) {
            let (scenario, files) = (scenario.title(), protos.len());
            return Err(JobError::Differs { scenario, files, build_file });
        }
        theirs.push(their_run);
        ours.push(our_run);
    }
    Ok(JobRow { scenario, one_of, files: protos.len(), gazelle: theirs, dorcas: ours })
}

/// Copies every so-many-th directory with `.proto` files, and returns these in order.
fn copy_part(corpus: &Path, to: &Path, one_of: usize) -> Result<Vec<PathBuf>, JobError> {
    let mut directories: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    find(corpus, &mut directories)?;
    let mut copied = Vec::new();
    for (directory, files) in directories.into_iter().step_by(one_of) {
        let rel = directory.strip_prefix(corpus).unwrap_or(&directory);
        let target = to.join(rel);
        fs::create_dir_all(&target).map_err(|cause| JobError::File { path: target.clone(), cause })?;
        for file in files {
            let copy = target.join(file.file_name().unwrap_or_default());
            fs::copy(&file, &copy).map_err(|cause| JobError::File { path: file, cause })?;
            copied.push(copy);
        }
    }
    let marker = to.join("WORKSPACE");
    fs::write(&marker, "").map_err(|cause| JobError::File { path: marker, cause })?;
    copied.sort();
    Ok(copied)
}

fn find(directory: &Path, found: &mut BTreeMap<PathBuf, Vec<PathBuf>>) -> Result<(), JobError> {
    let failed = |cause| JobError::File { path: directory.into(), cause };
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            find(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            found.entry(directory.into()).or_default().push(path);
        }
    }
    Ok(())
}

fn append(file: &Path, text: &str) -> Result<(), JobError> {
    let failed = |cause| JobError::File { path: file.into(), cause };
    let before = fs::read_to_string(file).map_err(failed)?;
    fs::write(file, before + text).map_err(failed)
}

/// A process from start to exit, and the BUILD files that it printed.
fn run(program: &Path, arguments: &[String]) -> Result<(Run, BTreeMap<String, String>), JobError> {
    let failed = |cause| JobError::File { path: program.into(), cause };
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let mut printed = Vec::new();
    child
        .stdout
        .take()
        .ok_or_else(|| failed(io::Error::other("no output")))?
        .read_to_end(&mut printed)
        .map_err(failed)?;
    let ended = child.wait4().map_err(failed)?;
    let wall = started.elapsed().as_secs_f64();
    if !ended.status.success() {
        return Err(JobError::Ended { program: program.into(), status: ended.status.to_string() });
    }
    let usage = ended.rusage;
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    let peak = usage.maxrss as f64 / 1024.0 / 1024.0;
    let cpu = (usage.utime + usage.stime).as_secs_f64();
    Ok((Run { wall, cpu, peak }, build_files(&String::from_utf8_lossy(&printed))))
}

/// What mode `print` says, BUILD file by BUILD file.
fn build_files(printed: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut current = String::new();
    for line in printed.lines() {
        if let Some(path) = line.strip_prefix(">>> ") {
            path.clone_into(&mut current);
            files.entry(current.clone()).or_default();
        } else {
            let text = files.entry(current.clone()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    files
}

fn first_difference(theirs: &BTreeMap<String, String>, ours: &BTreeMap<String, String>) -> Option<String> {
    theirs.keys().chain(ours.keys()).find(|path| theirs.get(*path) != ours.get(*path)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_in_what_is_printed() {
        let printed = ">>> /r/a/BUILD.bazel\nload(1)\n\n>>> /r/b/BUILD.bazel\nx\n";
        let files = build_files(printed);
        assert_eq!(files["/r/a/BUILD.bazel"], "load(1)\n\n");
        assert_eq!(files["/r/b/BUILD.bazel"], "x\n");
    }

    #[test]
    fn a_difference_is_found_on_both_sides() {
        let one = build_files(">>> a\n1\n");
        let other = build_files(">>> a\n1\n>>> b\n2\n");
        assert_eq!(first_difference(&one, &other).as_deref(), Some("b"));
        assert_eq!(first_difference(&other, &one).as_deref(), Some("b"));
        assert_eq!(first_difference(&one, &one), None);
    }

    #[test]
    fn a_part_has_every_so_many_th_directory() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a/x.proto", "a/y.proto", "b/x.proto", "c/d/x.proto", "c/e/x.txt"] {
            let path = folder.path().join("from").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let to = folder.path().join("to");
        let copied = copy_part(&folder.path().join("from"), &to, 2).unwrap();
        assert_eq!(copied, [to.join("a/x.proto"), to.join("a/y.proto"), to.join("c/d/x.proto")]);
        assert!(to.join("WORKSPACE").is_file());
    }
}
