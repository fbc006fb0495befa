//! Which files of a directory are what?

use crate::{
    config::{CONFTEST, Config, Mode, warning},
    facts::Facts,
    path, scan,
};
use dorcas_guest::{
    Bytes, Result, error,
    message::{Diagnostic, FileData, GenerateRequest},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const INIT: &str = "__init__.py";
pub(crate) const MAIN: &str = "__main__.py";
pub(crate) const TEST: &str = "__test__.py";
/// A rule of this name takes the place of `__test__.py`.
pub(crate) const TEST_RULE: &str = "__test__";

/// What files with types alone end in.
const STUB: &str = ".pyi";

/// A summary that no `generate_rules` of this language has returned.
const STRANGE_SUMMARY: u32 = 1001;

/// The files of a directory, by what becomes of them.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a file that is there or isn't")]
pub(crate) struct Sources {
    /// What each file says, by its path in the directory.
    pub(crate) facts: BTreeMap<String, Facts>,
    /// The files that go to libraries.
    pub(crate) libraries: BTreeSet<String>,
    /// The files that go to tests.
    pub(crate) tests: BTreeSet<String>,
    /// All Python files of the directory itself that aren't ignored.
    pub(crate) own: BTreeSet<String>,
    /// Stubs with types.
    pub(crate) stubs: BTreeSet<String>,
    /// All Python files that are there, ignored ones included.
    pub(crate) existing: BTreeSet<String>,
    pub(crate) has_main: bool,
    pub(crate) has_test: bool,
    pub(crate) has_conftest: bool,
    /// Whether `__init__.py` is there and has anything in it.
    pub(crate) has_init: bool,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What a directory that is part of a project tells the one above: its files, by their path in it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Summary {
    files: Vec<(String, Facts)>,
    stubs: Vec<String>,
}

impl Sources {
    /// Reads the files of a request, and for a project those of the directories below.
    pub(crate) fn read(request: &GenerateRequest, config: &Config) -> Result<Self> {
        let mut sources = Self::default();
        for file in &request.files {
            match &file.data {
                _ if file.name.ends_with(STUB) => _ = sources.stubs.insert(file.name.clone()),
                FileData::Facts(facts) => sources.file(&file.name, scan::facts(facts)?, config),
                // It couldn't be read, and the user knows; it is there all the same.
                _ => sources.file(&file.name, Facts::default(), config),
            }
        }
        if config.mode == Mode::Project {
            for child in &request.children {
                if child.failed {
                    let message = format!(
                        "{} has failed, so that its files are missing here",
                        path::join(&request.rel, &child.name)
                    );
                    sources.diagnostics.push(warning(message, None));
                    continue;
                }
                sources.below(&child.name, &child.summary, config)?;
            }
        }
        Ok(sources)
    }

    fn file(&mut self, name: &str, facts: Facts, config: &Config) {
        self.existing.insert(name.to_owned());
        if config.ignores_file(name) {
            return;
        }
        self.own.insert(name.to_owned());
        self.has_init |= name == INIT && !facts.is_empty;
        self.facts.insert(name.to_owned(), facts);
        match name {
            MAIN => self.has_main = true,
            TEST => self.has_test = true,
            CONFTEST => self.has_conftest = true,
            _ if config.is_test(name) => _ = self.tests.insert(name.to_owned()),
            _ => _ = self.libraries.insert(name.to_owned()),
        }
    }

    /// The files of a directory below. There an entry point is a file like any other.
    fn below(&mut self, child: &str, summary: &[u8], config: &Config) -> Result<()> {
        if summary.is_empty() {
            return Ok(());
        }
        let Ok((summary, [])) = postcard::take_from_bytes::<Summary>(summary) else {
            let message = format!("a summary of {} bytes is not one of the Python language", summary.len());
            return Err(error(STRANGE_SUMMARY, message));
        };
        for (name, facts) in summary.files {
            let file = path::join(child, &name);
            let to = if config.is_test(path::base(&name)) { &mut self.tests } else { &mut self.libraries };
            to.insert(file.clone());
            self.existing.insert(file.clone());
            self.facts.insert(file, facts);
        }
        self.stubs.extend(summary.stubs.iter().map(|name| path::join(child, name)));
        Ok(())
    }

    /// What the directory above has to know, if this one is part of its project.
    pub(crate) fn summary(self) -> Result<Bytes> {
        let summary = Summary { files: self.facts.into_iter().collect(), stubs: self.stubs.into_iter().collect() };
        if summary.files.is_empty() {
            return Ok(Bytes::default());
        }
        let bytes = postcard::to_allocvec(&summary);
        bytes.map(Bytes::from).map_err(|fault| error(STRANGE_SUMMARY, format!("the files can't be told: {fault}")))
    }

    /// The stubs beside some files.
    pub(crate) fn stubs_of(&self, files: &BTreeSet<String>) -> Vec<String> {
        files.iter().map(|file| format!("{file}i")).filter(|stub| self.stubs.contains(stub)).collect()
    }
}
