//! What is a language told of the files in a directory?

mod automaton;
mod pattern;
mod places;
mod read;
mod search;
mod source;
mod stamp;

pub(crate) use read::{Reader, SOURCE_BYTES};
pub(crate) use source::{Wish, leave_out};

use crate::{
    error::{Cause, InputError, shortened},
    glob::Globs,
    memo::{self, Key},
    repo::Repository,
    walk::Directory,
    work::Work,
};
use dorcas_abi::message::{File, FileData, Input, Manifest, Want};
use pattern::Matcher;
pub(crate) use pattern::Room;
use source::Sources;
use stamp::Stamps;
use std::time::SystemTime;

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
    Matches(Box<Matcher>),
}

impl Inputs {
    /// Makes the inputs of a manifest ready; `room` is what the automata of the run may still take.
    pub(crate) fn new(inputs: &[Input], room: &mut Room) -> Result<Self, InputError> {
        at_most("globs", inputs.len() as u64, MAX_INPUTS)?;
        at_most("bytes of globs", inputs.iter().map(|input| input.glob.len() as u64).sum(), MAX_GLOB_BYTES)?;
        let mut globs = Globs::default();
        for Input { glob, .. } in inputs {
            globs
                .add(glob)
                .map_err(|fault| InputError::Glob { glob: shortened(glob).into_owned(), fault: fault.to_string() })?;
        }
        globs.arrange();
        at_most("wildcards of globs, and texts between them,", globs.parts(), MAX_GLOB_PARTS)?;
        let mut positions = 0;
        let wants = inputs.iter().map(|Input { glob, want }| {
            Ok(match want {
                Want::Name => Wanted::Name,
                Want::Content => Wanted::Content,
                Want::Matches(patterns) => {
                    // An input has a limit of its own, so that the one that goes over this one is not much.
                    let matcher = Matcher::new(glob, patterns, room)?;
                    positions += matcher.positions;
                    at_most("positions of regular expressions", positions, MAX_POSITIONS)?;
                    Wanted::Matches(Box::new(matcher))
                }
            })
        });
        let mut wants: Vec<Wanted> = wants.collect::<Result<_, _>>()?;
        let matchers = wants.iter_mut().filter_map(|wanted| match wanted {
            Wanted::Matches(matcher) => Some(&mut **matcher),
            _ => None,
        });
        Matcher::finish(&mut matchers.collect::<Vec<_>>()).map_err(|fault| InputError::Pattern {
            glob: "all".into(),
            pattern: "all".into(),
            fault,
        })?;
        let key = memo::of_message("inputs", &Manifest { inputs: inputs.to_vec(), ..Manifest::default() });
        Ok(Self { globs, wants, key })
    }

    /// The files of a directory as the language wants them, in the order of their names. For each the first glob
    /// that matches decides.
    pub(crate) fn gather(
        &self,
        repo: &Repository,
        dir: &Directory,
        limit: u32,
        reader: &mut Reader,
    ) -> Result<Vec<File>, Cause> {
        self.read(repo, dir, limit, reader, &mut None)
    }

    /// What a language that has them wants of a file.
    pub(crate) fn wish(&self, name: &str) -> Wish {
        match self.globs.first(name).map(|index| &self.wants[index]) {
            None => Wish::Nothing,
            Some(Wanted::Name) => Wish::Name,
            Some(Wanted::Content | Wanted::Matches(_)) => Wish::Content,
        }
    }

    /// Whether any file of a directory is of interest.
    pub(crate) fn concern(&self, dir: &Directory) -> bool {
        !self.wants.is_empty() && dir.files.iter().any(|entry| self.globs.first(&entry.name).is_some())
    }

    /// Where the matches in a file begin, as offsets; `None` if nobody looks for any there.
    pub(crate) fn places(
        &self,
        repo: &Repository,
        dir: &Directory,
        name: &str,
        reader: &mut Reader,
    ) -> Option<Vec<usize>> {
        let entry = &dir.files[dir.files.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?];
        let Wanted::Matches(matcher) = &self.wants[self.globs.first(name)?] else { return None };
        reader.begin(u32::MAX);
        reader.matches(&mut Sources::new(repo, dir), entry, matcher, None).ok().map(|(_, places)| places)
    }

    /// The same, and what [`Inputs::stamps`] says of the files, if they will be others when it says something else.
    pub(crate) fn gather_stamped(
        &self,
        repo: &Repository,
        dir: &Directory,
        limit: u32,
        reader: &mut Reader,
    ) -> Result<(Vec<File>, Option<Key>), Cause> {
        let before = SystemTime::now();
        let mut stamps = self.key.map(|key| Stamps::new(&key, &dir.rel));
        let files = self.read(repo, dir, limit, reader, &mut stamps)?;
        Ok((files, stamps.and_then(|stamps| stamps.settled_key(before))))
    }

    /// What stands for the files of a directory as long as none of them changes, found out without reading them. None
    /// where there is nothing to read, or where a file isn't one.
    ///
    /// `work` is what gathering them may take; beyond it there is nothing either.
    pub(crate) fn stamps(&self, repo: &Repository, dir: &Directory, work: &mut Work) -> Option<Key> {
        let mut stamps = Stamps::new(&self.key?, &dir.rel);
        let mut sources = Sources::new(repo, dir);
        for entry in &dir.files {
            let (index, steps) = self.globs.look_up(&entry.name);
            work.spend(steps.saturating_sub(FREE_STEPS)).ok()?;
            let Some(index) = index else { continue };
            match &self.wants[index] {
                Wanted::Name => stamps.name(&entry.name),
                Wanted::Content | Wanted::Matches(_) => {
                    let about = sources.metadata(entry).ok()?;
                    if !about.is_file() {
                        return None;
                    }
                    stamps.file(&entry.name, &about);
                }
            }
        }
        stamps.key()
    }

    fn read(
        &self,
        repo: &Repository,
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
        let mut sources = Sources::new(repo, dir);
        for entry in &dir.files {
            let (index, steps) = self.globs.look_up(&entry.name);
            reader.work.spend(steps.saturating_sub(FREE_STEPS))?;
            let Some(index) = index else { continue };
            let data = match &self.wants[index] {
                Wanted::Name => {
                    if let Some(stamps) = stamps {
                        stamps.name(&entry.name);
                    }
                    reader.name(dir, entry)?
                }
                Wanted::Content => reader.content(&mut sources, entry, stamps.as_mut())?,
                Wanted::Matches(matcher) => {
                    FileData::Matches(reader.matches(&mut sources, entry, matcher, stamps.as_mut())?.0)
                }
            };
            files.push(File { name: entry.name.clone(), data });
        }
        Ok(files)
    }
}

/// Most inputs in a list of a manifest: each has a glob, which is compiled.
const MAX_INPUTS: u64 = 1_000;
/// Most bytes of these globs together.
const MAX_GLOB_BYTES: u64 = 64 << 10;
/// Most wildcards of these globs, and texts between them: each file may be compared with all of them.
const MAX_GLOB_PARTS: u64 = 8 << 10;
/// Steps of looking for a file's glob that nobody pays for: a few globs take no more.
const FREE_STEPS: u64 = 64;
/// Most positions of all regular expressions of a list of inputs. An automaton has some hundred bytes for each.
const MAX_POSITIONS: u64 = 64 << 10;

fn at_most(what: &'static str, got: u64, limit: u64) -> Result<(), InputError> {
    if got <= limit { Ok(()) } else { Err(InputError::TooMany { what, got, limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(inputs: &[Input]) -> Option<String> {
        Inputs::new(inputs, &mut Room::default()).err().map(|error| error.to_string())
    }

    #[test]
    fn one_input_too_many() {
        let inputs = |count: usize| vec![Input { glob: "*.x".into(), want: Want::Name }; count];
        assert_eq!(refusal(&inputs(1_000)), None);
        let expected = "its inputs have 1001 globs together, the limit is 1000";
        assert_eq!(refusal(&inputs(1_001)).as_deref(), Some(expected));
    }

    #[test]
    fn globs_that_are_too_long_together() {
        let inputs = |bytes: usize| vec![Input { glob: "x".repeat(bytes), want: Want::Name }; 2];
        assert_eq!(refusal(&inputs(32 << 10)), None);
        let expected = "its inputs have 65538 bytes of globs together, the limit is 65536";
        assert_eq!(refusal(&inputs((32 << 10) + 1)).as_deref(), Some(expected));
    }

    #[test]
    fn expressions_that_are_too_large_together() {
        let inputs = |count: usize| {
            let want = Want::Matches(vec!["(?:a?){8192}".into()]);
            vec![Input { glob: "*.x".into(), want }; count]
        };
        assert_eq!(refusal(&inputs(8)), None);
        let expected = "its inputs have 73728 positions of regular expressions together, the limit is 65536";
        assert_eq!(refusal(&inputs(9)).as_deref(), Some(expected));
    }
}
