//! Which calls need not be made again?
//!
//! A call is a pure function of what its [`Key`] is made of, so that its reply can be kept from run to run. What is kept
//! is checked like what a guest says, and a call that failed is made again.
//!
//! | question | file |
//! |---|---|
//! | What does an answer depend on? | `key.rs` |
//! | What does the file look like? | `pack.rs` |
//! | Where are the files of all repositories, and how much room may they take? | `dir.rs` |

mod dir;
mod key;
mod pack;

pub use dir::{MemoDir, MemoFile};
pub(crate) use key::{Key, KeyBuilder, of_files, of_message};

use dorcas_abi::{Method, wire};
use dorcas_host::Digest;
use pack::{Kept, Pack};
use std::{
    collections::{BTreeMap, HashSet},
    fs, io,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Days after which an entry that no run has used is dropped.
const KEPT_DAYS: u32 = 14;

/// What earlier runs on a repository have found out, and what this one does; see [`MemoDir::open`].
///
/// A call whose request was made before, of the same guest under the same limits, is not made again. Of files whose size,
/// times and place on the disk are what they were, it is known without reading them what a guest would be told.
///
/// Nothing is written before [`Memo::save`].
#[derive(Debug)]
pub struct Memo {
    dir: MemoDir,
    /// Name of its file in the directory.
    file: String,
    /// The repository, as people know it.
    name: String,
    today: u32,
    before: Pack,
    /// Which entries of that were of use.
    used: Vec<AtomicBool>,
    /// Whether something of that is damaged.
    damaged: AtomicBool,
    made: Mutex<BTreeMap<[u8; Key::LEN], Vec<u8>>>,
}

impl Memo {
    fn read(dir: &MemoDir, file: String, name: String) -> Self {
        let (before, damaged) = match load(&dir.path().join(&file), dir.limit_of_one()) {
            Ok(Ok(pack)) => (pack, false),
            Ok(Err(pack::Damaged)) => (Pack::default(), true),
            // What isn't there, or can't be read, isn't of use.
            Err(_) => (Pack::default(), false),
        };
        Self {
            dir: dir.clone(),
            file,
            name,
            today: today(),
            used: (0..before.len()).map(|_| AtomicBool::new(false)).collect(),
            before,
            damaged: AtomicBool::new(damaged),
            made: Mutex::default(),
        }
    }

    /// Whether the file was damaged when it was read. What is damaged is as if it weren't there, and the next
    /// [`Memo::save`] leaves it out.
    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Relaxed)
    }

    /// Where it is kept.
    pub fn path(&self) -> std::path::PathBuf {
        self.dir.path().join(&self.file)
    }

    /// What an earlier run has kept, as far as `read` makes sense of it.
    ///
    /// What this run has found out is not looked at: then it would depend on the order of threads what is found.
    fn get<T>(&self, key: &Key, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let position = self.before.find(key)?;
        let Some(found) = self.before.body(position).ok().and_then(read) else {
            self.damaged.store(true, Relaxed);
            return None;
        };
        self.used[position].store(true, Relaxed);
        Some(found)
    }

    fn put(&self, key: Key, body: Vec<u8>) {
        lock(&self.made).insert(key.0, body);
    }

    /// The key of the files that this key stands for, as [`Memo::put_files`] has kept it.
    pub(crate) fn files(&self, seen: &Key) -> Option<Key> {
        self.get(seen, Key::from_slice)
    }

    /// Keeps what files come to whose stamps come to `seen`.
    pub(crate) fn put_files(&self, seen: Key, files: Key) {
        if self.before.find(&seen).is_none() || self.files(&seen) != Some(files) {
            self.put(seen, files.as_bytes().to_vec());
        }
    }

    /// Writes what was found out, with what is already kept, as far as there is room: what was used last stays. Where
    /// there is nothing new, nothing is written, unless to note once a day what was of use.
    ///
    /// The file is replaced as a whole under its name, so that whoever reads sees one version or another. Of two runs that
    /// end at once, one may lose what it has found out, which is then found out again. A crash may lose all of it.
    pub fn save(&self) -> io::Result<()> {
        let made = lock(&self.made);
        let used = || self.used.iter().enumerate().filter(|(_, used)| used.load(Relaxed)).map(|(position, _)| position);
        let is_new_today = used().any(|position| self.before.day(position) < self.today);
        if made.is_empty() && !is_new_today && !self.is_damaged() {
            return Ok(());
        }
        // Others may have written since.
        let now = load(&self.path(), self.dir.limit_of_one()).ok().and_then(Result::ok).unwrap_or_default();
        let made = made.iter().map(|(key, body)| Kept::new(Key(*key), self.today, body));
        let used =
            used().filter_map(|position| self.before.kept(position)).map(|kept| Kept { day: self.today, ..kept });
        let others = (0..now.len()).filter_map(|position| now.kept(position));
        let others = others.filter(|kept| kept.day.saturating_add(KEPT_DAYS) >= self.today);
        let mut known = HashSet::new();
        let mut entries: Vec<Kept<'_>> = made.chain(used).chain(others).filter(|kept| known.insert(kept.key)).collect();
        // The last day first; of one day, those of this run.
        entries.sort_by_key(|kept| std::cmp::Reverse(kept.day));
        let mut room = self.dir.limit_of_one().saturating_sub(pack::head_bytes(&self.name));
        entries.retain(|kept| {
            let left = room.checked_sub(kept.size());
            room = left.unwrap_or(room);
            left.is_some()
        });
        self.dir.write(&self.file, |out| pack::write(&self.name, &entries, out))
    }
}

/// A language's part in a memo.
#[derive(Debug)]
pub(crate) struct Share<'a> {
    pub(crate) memo: &'a Memo,
    /// All that its answers depend on beside the request.
    pub(crate) identity: Digest,
}

impl Share<'_> {
    /// The key of a call; see [`key::of_call`].
    pub(crate) fn key<M: Method>(&self, request: &M::Request, files: Option<Key>) -> Option<Key> {
        key::of_call::<M>(&self.identity, request, files)
    }

    /// The response to a call that was made before.
    pub(crate) fn get<M: Method>(&self, key: &Key, request: &M::Request) -> Option<M::Response> {
        self.memo.get(key, |reply| {
            // The file may come from anywhere.
            let response = wire::decode::<M::Response>(reply).ok()?;
            M::check_answer(request, &response).ok().map(|()| response)
        })
    }

    /// Keeps the response to a call.
    pub(crate) fn put<M: Method>(&self, key: Key, response: &M::Response) {
        if let Ok(reply) = wire::encode(response) {
            self.memo.put(key, reply);
        }
    }
}

fn load(path: &Path, limit: u64) -> io::Result<Result<Pack, pack::Damaged>> {
    let found = fs::metadata(path)?;
    if !found.is_file() || found.len() > limit {
        return Ok(Err(pack::Damaged));
    }
    fs::read(path).map(Pack::read)
}

/// Days since 1970.
fn today() -> u32 {
    const SECONDS: u64 = 24 * 60 * 60;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(since.as_secs() / SECONDS).unwrap_or(u32::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_abi::{
        message::{FindAnswer as Answer, FindRequest, FindResponse, ImportSpec, Query},
        method::Find,
    };

    const LIMIT: u64 = 1 << 20;

    fn open(dir: &Path, limit: u64) -> Memo {
        MemoDir::new(dir, limit).open(dir, "test")
    }

    fn request(number: u8) -> FindRequest {
        let import = ImportSpec { lang: "l".into(), imp: number.to_string() };
        let queries = vec![Query { import, lang: "l".into() }];
        FindRequest { queries, ..FindRequest::default() }
    }

    fn response() -> FindResponse {
        FindResponse { found: vec![Answer::default()] }
    }

    fn share(memo: &Memo) -> Share<'_> {
        Share { memo, identity: Digest::of(b"guest") }
    }

    fn keep(memo: &Memo, numbers: impl IntoIterator<Item = u8>) {
        let share = share(memo);
        for number in numbers {
            let key = share.key::<Find>(&request(number), None).unwrap();
            share.put::<Find>(key, &response());
        }
        memo.save().unwrap();
    }

    /// Those of the numbers whose answer is known.
    fn known(memo: &Memo, numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
        let share = share(memo);
        let is_known = |number: &u8| {
            let key = share.key::<Find>(&request(*number), None).unwrap();
            let found = share.get::<Find>(&key, &request(*number));
            assert!(found.is_none() || found == Some(response()));
            found.is_some()
        };
        numbers.into_iter().filter(is_known).collect()
    }

    #[test]
    fn what_was_kept_is_there_in_the_next_run() {
        let dir = tempfile::tempdir().unwrap();
        let memo = open(dir.path(), LIMIT);
        keep(&memo, [7]);
        assert_eq!(known(&memo, [7]), [0; 0], "not in this run");
        assert_eq!(known(&open(dir.path(), LIMIT), [7, 8]), [7]);
    }

    #[test]
    fn a_reply_to_another_request_is_damage() {
        let dir = tempfile::tempdir().unwrap();
        let memo = open(dir.path(), LIMIT);
        let key = share(&memo).key::<Find>(&request(1), None).unwrap();
        share(&memo).put::<Find>(key, &FindResponse::default());
        memo.save().unwrap();
        let memo = open(dir.path(), LIMIT);
        assert_eq!((known(&memo, [1]), memo.is_damaged()), (vec![], true));
        keep(&memo, [1]);
        let memo = open(dir.path(), LIMIT);
        assert_eq!((known(&memo, [1]), memo.is_damaged()), (vec![1], false));
    }

    #[test]
    fn two_runs_one_after_the_other_keep_what_both_have_found() {
        let dir = tempfile::tempdir().unwrap();
        let [one, two] = [(); 2].map(|()| open(dir.path(), LIMIT));
        keep(&one, [1]);
        keep(&two, [2]);
        assert_eq!(known(&open(dir.path(), LIMIT), 0..4), [1, 2]);
    }

    #[test]
    fn many_runs_at_once_never_damage_the_file() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|threads| {
            for number in 0..8 {
                let dir = dir.path();
                threads.spawn(move || {
                    for round in 0..20 {
                        let memo = open(dir, LIMIT);
                        known(&memo, 0..=255);
                        assert!(!memo.is_damaged());
                        keep(&memo, [number * 20 + round]);
                    }
                });
            }
        });
        let memo = open(dir.path(), LIMIT);
        assert!(!known(&memo, 0..=255).is_empty() && !memo.is_damaged());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn what_was_used_last_has_room() {
        let dir = tempfile::tempdir().unwrap();
        keep(&open(dir.path(), LIMIT), 0..10);
        let limit = fs::metadata(open(dir.path(), LIMIT).path()).unwrap().len() * dir::PART_OF_ONE;
        let memo = open(dir.path(), limit);
        assert_eq!(known(&memo, 3..12), [3, 4, 5, 6, 7, 8, 9]);
        keep(&memo, [10, 11, 12]);
        assert_eq!(known(&open(dir.path(), limit), 0..20), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }

    #[test]
    fn what_was_not_used_for_two_weeks_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let on = |day| Memo { today: day, ..open(dir.path(), LIMIT) };
        keep(&on(100), [1, 2]);
        let memo = on(110);
        assert_eq!(known(&memo, [2]), [2]);
        memo.save().unwrap();
        keep(&on(115), [3]);
        assert_eq!(known(&on(115), 0..9), [2, 3]);
        keep(&on(130), [4]);
        assert_eq!(known(&on(130), 0..9), [4]);
    }

    #[test]
    fn where_nothing_is_new_nothing_is_written() {
        let dir = tempfile::tempdir().unwrap();
        keep(&open(dir.path(), LIMIT), [1]);
        let memo = open(dir.path(), LIMIT);
        assert_eq!(known(&memo, [1]), [1]);
        fs::remove_file(memo.path()).unwrap();
        memo.save().unwrap();
        assert!(!memo.path().exists());
    }

    #[test]
    fn a_file_too_large_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        keep(&open(dir.path(), LIMIT), [1]);
        let memo = open(dir.path(), 100);
        assert_eq!((known(&memo, [1]), memo.is_damaged()), (vec![], true));
    }

    #[test]
    fn any_damaged_byte_costs_replies_and_gives_no_other() {
        let dir = tempfile::tempdir().unwrap();
        keep(&open(dir.path(), LIMIT), 0..3);
        let path = open(dir.path(), LIMIT).path();
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x40;
            fs::write(&path, &bad).unwrap();
            let memo = open(dir.path(), LIMIT);
            assert!(known(&memo, 0..3).len() < 3 && memo.is_damaged(), "byte {at}");
            fs::write(&path, &good[..at]).unwrap();
            let memo = open(dir.path(), LIMIT);
            assert!(known(&memo, 0..3).is_empty() && memo.is_damaged(), "{at} bytes");
            keep(&memo, 0..3);
            assert_eq!(known(&open(dir.path(), LIMIT), 0..3), [0, 1, 2], "{at} bytes");
        }
    }
}
