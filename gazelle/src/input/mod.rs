//! What is a language told of the files in a directory?

mod pattern;
mod read;
mod stamp;

pub(crate) use read::Reader;

use crate::{
    error::Cause,
    glob::Globs,
    memo::{self, Key},
    walk::Directory,
};
use dorcas_abi::message::{File, Input, Manifest, Want};
use pattern::Matcher;
use stamp::Stamps;
use std::{fs, time::SystemTime};

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
    /// Stands for all of them; none where they have no encoding.
    key: Option<Key>,
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
        let key = memo::of_message("inputs", &Manifest { inputs: inputs.to_vec(), ..Manifest::default() });
        Ok(Self { globs, wants: wants.collect::<Result<_, _>>()?, key })
    }

    /// The files of a directory as the language wants them, in the order of their names. For each the first glob
    /// that matches decides.
    pub(crate) fn gather(&self, dir: &Directory, limit: u32, reader: &mut Reader) -> Result<Vec<File>, Cause> {
        self.read(dir, limit, reader, &mut None)
    }

    /// The same, and what [`Inputs::stamps`] says of the files, if they will be others when it says something else.
    pub(crate) fn gather_stamped(
        &self,
        dir: &Directory,
        limit: u32,
        reader: &mut Reader,
    ) -> Result<(Vec<File>, Option<Key>), Cause> {
        let before = SystemTime::now();
        let mut stamps = self.key.map(|key| Stamps::new(&key, &dir.rel));
        let files = self.read(dir, limit, reader, &mut stamps)?;
        Ok((files, stamps.and_then(|stamps| stamps.settled_key(before))))
    }

    /// What stands for the files of a directory as long as none of them changes, found out without reading them. None
    /// where there is nothing to read, or where a file isn't one.
    pub(crate) fn stamps(&self, dir: &Directory) -> Option<Key> {
        let mut stamps = Stamps::new(&self.key?, &dir.rel);
        let mut scratch = Vec::new();
        for entry in &dir.files {
            let Some(index) = self.globs.first(&entry.name, &mut scratch) else { continue };
            match &self.wants[index] {
                Wanted::Name => stamps.name(&entry.name),
                Wanted::Content | Wanted::Matches(_) => {
                    let about = fs::metadata(dir.path.join(&entry.name)).ok().filter(fs::Metadata::is_file)?;
                    stamps.file(&entry.name, &about);
                }
            }
        }
        stamps.key()
    }

    fn read(
        &self,
        dir: &Directory,
        limit: u32,
        reader: &mut Reader,
        stamps: &mut Option<Stamps>,
    ) -> Result<Vec<File>, Cause> {
        let mut files = Vec::new();
        if self.wants.is_empty() {
            return Ok(files);
        }
        reader.begin(limit);
        let mut scratch = Vec::new();
        for entry in &dir.files {
            let Some(index) = self.globs.first(&entry.name, &mut scratch) else { continue };
            let data = match &self.wants[index] {
                Wanted::Name => {
                    if let Some(stamps) = stamps {
                        stamps.name(&entry.name);
                    }
                    reader.name(dir, entry)?
                }
                Wanted::Content => reader.content(dir, entry, stamps.as_mut())?,
                Wanted::Matches(matcher) => reader.matches(dir, entry, matcher, stamps.as_mut())?,
            };
            files.push(File { name: entry.name.clone(), data });
        }
        Ok(files)
    }
}
