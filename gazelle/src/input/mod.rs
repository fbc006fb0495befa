//! What is a language told of the files in a directory?

mod automaton;
mod pattern;
mod places;
mod read;
mod search;
mod select;
mod source;
mod stamp;

pub(crate) use read::{Reader, SOURCE_BYTES};
pub(crate) use select::For;
pub(crate) use source::{Wish, leave_out};

use crate::{
    error::{Cause, InputError},
    memo::{self, Key},
    path::join,
    repo::Repository,
    walk::{Directory, Site},
    work::Work,
};
use dorcas_abi::message::{File, FileData, Input, Manifest, Want};
use pattern::Matcher;
pub(crate) use pattern::Room;
use select::{Concern, Hit, Selection};
use source::Sources;
use stamp::Stamps;
use std::time::SystemTime;

/// The inputs of a manifest, ready to be used.
#[derive(Debug)]
pub(crate) struct Inputs {
    wants: Vec<Wanted>,
    /// Those for each method.
    methods: [Selection; For::ALL.len()],
    concern: Concern,
    /// Stands for all of them; none where they have no encoding.
    key: Option<Key>,
}

#[derive(Debug)]
enum Wanted {
    Name,
    Content,
    Matches(Box<Matcher>),
    Scan,
}

/// What a call is told of files.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Those of the directory, and of the directories below it.
    pub(crate) files: Vec<File>,
    /// Those of the directories that it is in.
    pub(crate) above: Vec<File>,
    /// Whether reading the same files again is of no use: nothing has to be said about them.
    pub(crate) is_settled: bool,
}

/// A file that a language is to look at.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path from the root.
    pub(crate) path: String,
    /// Its base name.
    pub(crate) name: String,
    /// Its bytes, or their number where there are more of them than a request has.
    pub(crate) content: Result<Vec<u8>, u64>,
}

/// What a language makes of files, one after the other, and whether it has nothing to say of them.
pub(crate) type Scan<'s> = &'s dyn Fn(Vec<Source>) -> Result<(Vec<FileData>, bool), Cause>;

/// Most bytes of files that are read before a language looks at them, but for the last one.
const BATCH_BYTES: usize = 4 << 20;
/// Most such files.
const BATCH: usize = 1_024;

impl Inputs {
    /// Makes the inputs of a manifest ready; `room` is what the automata of the run may still take.
    pub(crate) fn new(inputs: &[Input], room: &mut Room) -> Result<Self, InputError> {
        at_most("globs", inputs.len() as u64, MAX_INPUTS)?;
        at_most("bytes of globs", inputs.iter().map(|input| input.glob.len() as u64).sum(), MAX_GLOB_BYTES)?;
        let concern = Concern::new(inputs)?;
        at_most("wildcards of globs, and texts between them,", concern.parts(), MAX_GLOB_PARTS)?;
        let mut positions = 0;
        let wants = inputs.iter().map(|Input { glob, want, .. }| {
            Ok(match want {
                Want::Name => Wanted::Name,
                Want::Content => Wanted::Content,
                Want::Scan => Wanted::Scan,
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
        let [setup, configure, fix, generate, imports] = For::ALL.map(|of| Selection::new(inputs, of));
        Ok(Self { wants, methods: [setup?, configure?, fix?, generate?, imports?], concern, key })
    }

    fn of(&self, of: For) -> &Selection {
        &self.methods[of as usize]
    }

    /// The files of a call as the language wants them: in the order of their names, those from above in that of their
    /// directories, the nearest first. For each the first glob that matches decides.
    pub(crate) fn gather(
        &self,
        (repo, site, of): (&Repository, Site<'_>, For),
        limit: u32,
        reader: &mut Reader,
        scan: Scan<'_>,
    ) -> Result<Gathered, Cause> {
        self.read((repo, site, of), limit, reader, scan, &mut None)
    }

    /// What a language that has them wants of a file in a directory.
    pub(crate) fn wish(&self, rel: &str, name: &str) -> Wish {
        let of = |input: usize| match &self.wants[input] {
            Wanted::Name => Wish::Name,
            Wanted::Content | Wanted::Matches(_) | Wanted::Scan => Wish::Content,
        };
        let all = self.methods.iter().flat_map(|method| method.all_of(rel, name));
        all.map(of).max().unwrap_or(Wish::Nothing)
    }

    /// Whether a file of a directory is of interest, or one that is reached from there below it.
    pub(crate) fn concern(&self, site: Site<'_>) -> bool {
        self.concern.is_in(site)
    }

    /// Whether any input is for files of directories below.
    pub(crate) fn reach_below(&self) -> bool {
        self.concern.reaches_below()
    }

    /// Whether the language itself is to look at files.
    pub(crate) fn want_scan(&self) -> bool {
        self.wants.iter().any(|wanted| matches!(wanted, Wanted::Scan))
    }

    /// Where the matches in a file begin, as offsets; `None` if nobody looks for any there.
    pub(crate) fn places(
        &self,
        (repo, dir, of): (&Repository, &Directory, For),
        name: &str,
        reader: &mut Reader,
    ) -> Option<Vec<usize>> {
        let entry = &dir.files[dir.files.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?];
        let Wanted::Matches(matcher) = &self.wants[self.of(of).own(name)?] else { return None };
        reader.begin(u32::MAX);
        reader.matches(&mut Sources::new(repo, dir), entry, matcher, None).ok().map(|(_, places)| places)
    }

    /// The same as [`gather`](Self::gather), and what [`Inputs::stamps`] says of the files, if they will be others when it
    /// says something else.
    pub(crate) fn gather_stamped(
        &self,
        (repo, site, of): (&Repository, Site<'_>, For),
        limit: u32,
        reader: &mut Reader,
        scan: Scan<'_>,
    ) -> Result<(Gathered, Option<Key>), Cause> {
        let before = SystemTime::now();
        let mut stamps = self.key.map(|key| Stamps::new(&key, of as u8, &site.dir().rel));
        let files = self.read((repo, site, of), limit, reader, scan, &mut stamps)?;
        let key = stamps.and_then(|stamps| stamps.settled_key(before)).filter(|_| files.is_settled);
        Ok((files, key))
    }

    /// What stands for the files of a call as long as none of them changes, found out without reading them. None
    /// where there is nothing to read, or where a file isn't one.
    ///
    /// `work` is what gathering them may take; beyond it there is nothing either.
    pub(crate) fn stamps(&self, (repo, site, of): (&Repository, Site<'_>, For), work: &mut Work) -> Option<Key> {
        let mut stamps = Stamps::new(&self.key?, of as u8, &site.dir().rel);
        let hits = self.of(of).hits(site, work).ok()?;
        let mut folders = Folders::new(repo);
        for Hit { dir, entry, name, input, above } in hits {
            stamps.begin(&name, above);
            match &self.wants[input] {
                Wanted::Name => {}
                Wanted::Content | Wanted::Matches(_) | Wanted::Scan => {
                    let about = folders.of(dir).metadata(entry).ok()?;
                    if !about.is_file() {
                        return None;
                    }
                    stamps.file(&about);
                }
            }
        }
        stamps.key()
    }

    fn read(
        &self,
        (repo, site, of): (&Repository, Site<'_>, For),
        limit: u32,
        reader: &mut Reader,
        scan: Scan<'_>,
        stamps: &mut Option<Stamps>,
    ) -> Result<Gathered, Cause> {
        let mut read = Gathered { is_settled: true, ..Gathered::default() };
        let selection = self.of(of);
        if selection.is_empty() {
            return Ok(read);
        }
        reader.begin(limit);
        let hits = selection.hits(site, &mut reader.work)?;
        let mut folders = Folders::new(repo);
        let mut data: Vec<FileData> = Vec::with_capacity(hits.len());
        let mut waiting = Waiting::default();
        for Hit { dir, entry, name, input, above } in &hits {
            let sources = folders.of(dir);
            if let Some(stamps) = stamps {
                stamps.begin(name, *above);
            }
            data.push(match &self.wants[*input] {
                Wanted::Name => reader.name(dir, entry)?,
                Wanted::Content => reader.content(sources, entry, stamps.as_mut())?,
                Wanted::Matches(matcher) => {
                    FileData::Matches(reader.matches(sources, entry, matcher, stamps.as_mut())?.0)
                }
                Wanted::Scan => {
                    let content = reader.whole(sources, entry, stamps.as_mut())?;
                    let base = entry.name.rsplit('/').next().unwrap_or(&entry.name);
                    let source = Source { path: join(&dir.rel, &entry.name), name: base.to_owned(), content };
                    waiting.add(data.len(), source);
                    FileData::Failed
                }
            });
            if waiting.is_full() {
                read.is_settled &= waiting.look((scan, reader), &hits, &mut data)?;
            }
        }
        read.is_settled &= waiting.look((scan, reader), &hits, &mut data)?;
        for (hit, data) in hits.into_iter().zip(data) {
            let list = if hit.above { &mut read.above } else { &mut read.files };
            list.push(File { name: hit.name.into_owned(), data });
        }
        // Those from above are in the order of their directories.
        read.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(read)
    }
}

/// Files that were read and that a language has not looked at.
#[derive(Default)]
struct Waiting {
    positions: Vec<usize>,
    sources: Vec<Source>,
    bytes: usize,
}

impl Waiting {
    fn add(&mut self, position: usize, source: Source) {
        self.bytes += source.content.as_ref().map_or(0, Vec::len);
        self.positions.push(position);
        self.sources.push(source);
    }

    fn is_full(&self) -> bool {
        self.bytes >= BATCH_BYTES || self.sources.len() >= BATCH
    }

    /// Has the language look at them; false if something has to be said about them.
    fn look(
        &mut self,
        (scan, reader): (Scan<'_>, &mut Reader),
        hits: &[Hit<'_>],
        data: &mut [FileData],
    ) -> Result<bool, Cause> {
        if self.sources.is_empty() {
            return Ok(true);
        }
        let (found, is_settled) = scan(std::mem::take(&mut self.sources))?;
        for (position, one) in std::mem::take(&mut self.positions).into_iter().zip(found) {
            let bytes = if let FileData::Facts(facts) = &one { facts.len() as u64 } else { 0 };
            reader.count(hits[position].dir, hits[position].entry, bytes, 1)?;
            data[position] = one;
        }
        self.bytes = 0;
        Ok(is_settled)
    }
}

/// The directory that files are read in, opened once for all of them that stand together.
struct Folders<'a> {
    repo: &'a Repository,
    sources: Option<Sources<'a>>,
}

impl<'a> Folders<'a> {
    fn new(repo: &'a Repository) -> Self {
        Self { repo, sources: None }
    }

    fn of(&mut self, dir: &'a Directory) -> &mut Sources<'a> {
        if self.sources.as_ref().is_none_or(|sources| !std::ptr::eq(sources.dir, dir)) {
            self.sources = None;
        }
        self.sources.get_or_insert_with(|| Sources::new(self.repo, dir))
    }
}

/// Most inputs in a list of a manifest: each has a glob, which is compiled.
const MAX_INPUTS: u64 = 1_000;
/// Most bytes of these globs together.
const MAX_GLOB_BYTES: u64 = 64 << 10;
/// Most wildcards of these globs, and texts between them: each file may be compared with all of them.
const MAX_GLOB_PARTS: u64 = 8 << 10;
/// Most positions of all regular expressions of a list of inputs. An automaton has some hundred bytes for each.
const MAX_POSITIONS: u64 = 64 << 10;

fn at_most(what: &'static str, got: u64, limit: u64) -> Result<(), InputError> {
    if got <= limit { Ok(()) } else { Err(InputError::TooMany { what, got, limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(glob: &str, want: Want) -> Input {
        Input { glob: glob.into(), want, ..Input::default() }
    }

    fn refusal(inputs: &[Input]) -> Option<String> {
        Inputs::new(inputs, &mut Room::default()).err().map(|error| error.to_string())
    }

    #[test]
    fn one_input_too_many() {
        let inputs = |count: usize| vec![input("*.x", Want::Name); count];
        assert_eq!(refusal(&inputs(1_000)), None);
        let expected = "its inputs have 1001 globs together, the limit is 1000";
        assert_eq!(refusal(&inputs(1_001)).as_deref(), Some(expected));
    }

    #[test]
    fn globs_that_are_too_long_together() {
        let inputs = |bytes: usize| vec![input(&"x".repeat(bytes), Want::Name); 2];
        assert_eq!(refusal(&inputs(32 << 10)), None);
        let expected = "its inputs have 65538 bytes of globs together, the limit is 65536";
        assert_eq!(refusal(&inputs((32 << 10) + 1)).as_deref(), Some(expected));
    }

    #[test]
    fn expressions_that_are_too_large_together() {
        let inputs = |count: usize| {
            let want = Want::Matches(vec!["(?:a?){8192}".into()]);
            vec![input("*.x", want); count]
        };
        assert_eq!(refusal(&inputs(8)), None);
        let expected = "its inputs have 73728 positions of regular expressions together, the limit is 65536";
        assert_eq!(refusal(&inputs(9)).as_deref(), Some(expected));
    }
}
