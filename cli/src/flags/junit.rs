//! A report for a test runner, beside the one that people see.

use crate::exit::{Ends, Status};
use clap::Args;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Set by `bazel test`: where a test's report is expected.
const VARIABLE: &str = "XML_OUTPUT_FILE";

/// `--junit`.
#[derive(Args)]
#[group(skip)]
pub(crate) struct JunitFlag {
    #[arg(
        long,
        value_name = "FILE",
        help = "Writes a JUnit report to a file, too; `bazel test` names it in XML_OUTPUT_FILE"
    )]
    junit: Option<PathBuf>,
}

/// A report that can't be written.
#[derive(Debug, thiserror::Error)]
#[error("can't write the JUnit report {}: {cause}", path.display())]
pub(crate) struct JunitFailure {
    path: PathBuf,
    cause: io::Error,
}

impl Ends for JunitFailure {
    fn status(&self) -> Status {
        Status::System
    }
}

impl JunitFlag {
    /// Writes the report where the line or Bazel says, if they do.
    pub(crate) fn write(&self, report: impl FnOnce() -> io::Result<Vec<u8>>) -> Result<(), JunitFailure> {
        let named = || env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        let Some(path) = self.junit.clone().or_else(named) else { return Ok(()) };
        let failed = |cause| JunitFailure { path: path.clone(), cause };
        // Bazel's directory is there; a person's may not be.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        report().and_then(|report| fs::write(&path, report)).map_err(failed)
    }
}
