//! What is a language told of the files in a directory?

mod pattern;
mod read;

pub(crate) use read::Reader;

use crate::{error::Cause, glob::Globs, walk::Directory};
use dorcas_abi::message::{File, Input, Want};
use pattern::Matcher;

/// Why a manifest's inputs can't be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// A glob isn't one.
    #[error("glob {glob:?} is malformed: {fault} (manifest.globs)")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        fault: String,
    },
    /// A regular expression isn't one, or uses what the dialect doesn't have.
    #[error("regular expression {pattern:?} of glob {glob:?} does not compile: {fault} (manifest.patterns)")]
    Pattern {
        /// The glob it stands with.
        glob: String,
        /// The expression, shortened where it is long.
        pattern: String,
        /// What is wrong with it.
        fault: String,
    },
    /// Regular expressions are too long, or stand for something too long.
    #[error(
        "regular expression {pattern:?} of glob {glob:?} is too large: with those before it it has {size} {unit}, the \
         limit is {limit} (manifest.pattern-size)"
    )]
    PatternTooLarge {
        /// The glob it stands with.
        glob: String,
        /// The expression, shortened where it is long.
        pattern: String,
        /// Its size and that of those before it.
        size: u64,
        /// What is counted: `bytes` or `positions`.
        unit: &'static str,
        /// The limit.
        limit: u32,
    },
}

/// The inputs of a manifest, ready to be used.
#[derive(Debug)]
pub(crate) struct Inputs {
    globs: Globs,
    wants: Vec<Wanted>,
}

#[derive(Debug)]
enum Wanted {
    Name,
    Content,
    Matches(Matcher),
}

impl Inputs {
    pub(crate) fn new(inputs: &[Input]) -> Result<Self, InputError> {
        for Input { glob, .. } in inputs {
            Globs::new([glob.as_str()])
                .map_err(|error| InputError::Glob { glob: glob.clone(), fault: error.kind().to_string() })?;
        }
        let globs = Globs::new(inputs.iter().map(|input| input.glob.as_str()))
            .map_err(|error| InputError::Glob { glob: "all".into(), fault: error.kind().to_string() })?;
        let wants = inputs.iter().map(|Input { glob, want }| {
            Ok(match want {
                Want::Name => Wanted::Name,
                Want::Content => Wanted::Content,
                Want::Matches(patterns) => Wanted::Matches(Matcher::new(glob, patterns)?),
            })
        });
        Ok(Self { globs, wants: wants.collect::<Result<_, _>>()? })
    }

    /// The files of a directory as the language wants them, in the order of their names. For each the first glob
    /// that matches decides.
    pub(crate) fn gather(&self, dir: &Directory, limit: u32, reader: &mut Reader) -> Result<Vec<File>, Cause> {
        let mut files = Vec::new();
        if self.wants.is_empty() {
            return Ok(files);
        }
        reader.begin(limit);
        let mut scratch = Vec::new();
        for entry in &dir.files {
            let Some(index) = self.globs.first(&entry.name, &mut scratch) else { continue };
            let data = match &self.wants[index] {
                Wanted::Name => reader.name(dir, entry)?,
                Wanted::Content => reader.content(dir, entry)?,
                Wanted::Matches(matcher) => reader.matches(dir, entry, matcher)?,
            };
            files.push(File { name: entry.name.clone(), data });
        }
        Ok(files)
    }
}
