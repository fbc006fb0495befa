//! How are source files read?

use super::{
    automaton::Halt,
    pattern::Matcher,
    search::{Pace, filling},
    source::Sources,
    stamp::Stamps,
};
use crate::{error::Cause, path::join, repo::Opened, stop, trace::Entry, walk::Directory, work::Work};
use dorcas_abi::{
    message::{FileData, Match},
    wire::{Bytes, MAX_ITEMS},
};
use std::io::{self, Read as _};

/// Most bytes of a file that regular expressions are run over.
pub(crate) const SOURCE_BYTES: u64 = 256 << 20;

/// Most bytes that are read without looking whether the run has to end.
const PIECE: usize = 4 << 20;

/// Reads files into the same memory again and again, and counts what a request comes to.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Grows to the largest file and stays initialised, so that reading doesn't have to clear it.
    buffer: Vec<u8>,
    limit: u64,
    bytes: u64,
    items: u64,
    /// What may still be done for the call.
    pub(crate) work: Work,
}

impl Reader {
    pub(super) fn begin(&mut self, limit: u32) {
        (self.limit, self.bytes, self.items) = (limit.into(), 0, 0);
    }

    pub(super) fn name(&mut self, dir: &Directory, entry: &Entry) -> Result<FileData, Cause> {
        self.count(dir, entry, 0, 1)?;
        Ok(FileData::Name)
    }

    pub(super) fn content(
        &mut self,
        sources: &mut Sources<'_>,
        entry: &Entry,
        stamps: Option<&mut Stamps>,
    ) -> Result<FileData, Cause> {
        let (file, dir) = (open(sources, entry, stamps)?, sources.dir);
        self.count(dir, entry, file.about.len(), 1)?;
        let len = self.fill(file, dir, entry)?;
        Ok(FileData::Content(Bytes::from(&self.buffer[..len])))
    }

    /// The matches in a file, and where each begins.
    pub(super) fn matches(
        &mut self,
        sources: &mut Sources<'_>,
        entry: &Entry,
        matcher: &Matcher,
        stamps: Option<&mut Stamps>,
    ) -> Result<(Vec<Match>, Vec<usize>), Cause> {
        let (file, dir) = (open(sources, entry, stamps)?, sources.dir);
        let len = self.fill(file, dir, entry)?;
        self.work.handle(len);
        let search = |pace: Pace| {
            let (mut told, mut work) = ((Vec::new(), Vec::new()), self.work.clone());
            if pace == Pace::Slow {
                work.spend(filling(matcher, len))?;
            }
            let mut count = Count { bytes: self.bytes, items: self.items, limit: self.limit };
            count.add(dir, entry, 0, 1)?;
            matcher.each(&self.buffer[..len], pace, &mut work, |found: Match, place| {
                let bytes = found.groups.iter().flatten().map(|group| group.len() as u64).sum();
                count.add(dir, entry, bytes, 1 + found.groups.len() as u64)?;
                told.0.push(found);
                told.1.push(place);
                Ok(())
            })?;
            Ok((told, work, count))
        };
        let found = match search(Pace::Warm) {
            Err(Halt::Full) => match search(Pace::Cold) {
                Err(Halt::Full) => search(Pace::Slow),
                other => other,
            },
            other => other,
        };
        let (told, work, count) = found.map_err(Halt::into_cause)?;
        (self.work, self.bytes, self.items) = (work, count.bytes, count.items);
        Ok(told)
    }

    /// The content of a file that isn't told itself, or the size of one that is too large for a request.
    pub(super) fn whole(
        &mut self,
        sources: &mut Sources<'_>,
        entry: &Entry,
        stamps: Option<&mut Stamps>,
    ) -> Result<Result<Vec<u8>, u64>, Cause> {
        let (file, dir) = (open(sources, entry, stamps)?, sources.dir);
        if file.about.len() > self.limit {
            return Ok(Err(file.about.len()));
        }
        let len = self.fill(file, dir, entry)?;
        self.work.handle(len);
        Ok(Ok(self.buffer[..len].to_vec()))
    }

    pub(super) fn count(&mut self, dir: &Directory, entry: &Entry, bytes: u64, items: u64) -> Result<(), Cause> {
        let mut count = Count { bytes: self.bytes, items: self.items, limit: self.limit };
        count.add(dir, entry, bytes, items)?;
        (self.bytes, self.items) = (count.bytes, count.items);
        Ok(())
    }

    /// Reads a file into the buffer and returns its length.
    fn fill(&mut self, mut file: Opened, dir: &Directory, entry: &Entry) -> Result<usize, Cause> {
        let path = || join(&dir.rel, &entry.name);
        let too_large = |size| Cause::FileTooLarge { path: path(), size, limit: SOURCE_BYTES };
        let size = file.about.len();
        if size > SOURCE_BYTES {
            return Err(too_large(size));
        }
        // One byte more than the file has: the read that fills it not quite is the end.
        let room = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
        self.buffer.reserve_exact(room.saturating_sub(self.buffer.len()));
        let mut len = 0;
        loop {
            if len == self.buffer.len() {
                // The file may have grown since its size was asked for.
                if len as u64 > SOURCE_BYTES {
                    return Err(too_large(len as u64));
                }
                let more = if len < room { room.min(len + PIECE) } else { len * 2 };
                self.buffer.resize(more, 0);
            }
            stop::check()?;
            let piece = self.buffer.len().min(len + PIECE);
            match file.file.read(&mut self.buffer[len..piece]) {
                Ok(0) => return Ok(len),
                Ok(read) => len += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(Cause::Read { path: path(), cause }),
            }
        }
    }
}

fn open(sources: &mut Sources<'_>, entry: &Entry, stamps: Option<&mut Stamps>) -> Result<Opened, Cause> {
    let opened = sources.open(entry).map_err(|error| error.into_cause(join(&sources.dir.rel, &entry.name)))?;
    // Before a byte is read: what changes from now on has another stamp.
    if let Some(stamps) = stamps {
        stamps.file(&opened.about);
    }
    Ok(opened)
}

struct Count {
    bytes: u64,
    items: u64,
    limit: u64,
}

impl Count {
    fn add(&mut self, dir: &Directory, entry: &Entry, bytes: u64, items: u64) -> Result<(), Cause> {
        self.bytes += bytes;
        self.items += items;
        let path = || join(&dir.rel, &entry.name);
        if self.bytes > self.limit {
            return Err(Cause::DirectoryTooLarge { path: path(), size: self.bytes, limit: self.limit });
        }
        if self.items > MAX_ITEMS.into() {
            return Err(Cause::DirectoryTooFull { path: path(), items: self.items, limit: MAX_ITEMS.into() });
        }
        Ok(())
    }
}
