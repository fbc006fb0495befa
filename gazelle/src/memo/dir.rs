//! Where are the files of all repositories, and how much room may they take?

use super::{KEPT_DAYS, KeyBuilder, Memo, load, pack};
use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Says to programs that make backups that they may leave the directory out: <https://bford.info/cachedir/>.
const TAG: &str = "CACHEDIR.TAG";
const TAG_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# This directory is a cache of dorcas.\n";
const EXTENSION: &str = "memo";
/// How names of files begin that are being written.
const UNFINISHED: &str = ".dorcas-memo-";
/// Age at which such a file was left behind by a run that has ended before its time.
const UNFINISHED_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// The part of all the room that one file may take: 1 / so many.
pub(super) const PART_OF_ONE: u64 = 2;
/// Digits of a file's name.
const NAME_DIGITS: usize = 32;

/// A directory with a [`Memo`] for each repository.
#[derive(Clone, Debug)]
pub struct MemoDir {
    path: PathBuf,
    limit_bytes: u64,
}

/// A file of such a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoFile {
    /// The file.
    pub path: PathBuf,
    /// The repository that it is for; none where the file is damaged.
    pub repository: Option<String>,
    /// Number of things that are kept.
    pub entries: usize,
    /// Its size.
    pub bytes: u64,
    /// When it was written last.
    pub modified: SystemTime,
}

impl MemoDir {
    /// A directory, which need not exist, and the room that all of its files together may take.
    pub fn new(path: impl Into<PathBuf>, limit_bytes: u64) -> Self {
        Self { path: path.into(), limit_bytes }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is kept for a repository. What can't be read is as if it weren't there.
    ///
    /// `program` names this build of the program in one way or another. Others, which may find other things in the same
    /// files, have a memo of their own.
    pub fn open(&self, repo_root: &Path, program: &str) -> Memo {
        let root = repo_root.canonicalize().unwrap_or_else(|_| repo_root.into());
        let mut key = KeyBuilder::new("memo of a repository");
        key.part(env!("CARGO_PKG_VERSION").as_bytes());
        key.part(program.as_bytes()).part(root.as_os_str().as_encoded_bytes());
        let mut file = String::new();
        for byte in key.finish().as_bytes().iter().take(NAME_DIGITS / 2) {
            let _ = write!(file, "{byte:02x}");
        }
        file.push('.');
        file.push_str(EXTENSION);
        Memo::read(self, file, root.to_string_lossy().into_owned())
    }

    /// What is there, in the order of the file names.
    pub fn files(&self) -> io::Result<Vec<MemoFile>> {
        let mut files = Vec::new();
        for Found { path, bytes, modified } in self.find(is_memo)? {
            let pack = load(&path, self.limit_of_one()).ok().and_then(Result::ok);
            let entries = pack.as_ref().map_or(0, pack::Pack::len);
            files.push(MemoFile { path, repository: pack.map(|pack| pack.name), entries, bytes, modified });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// Removes all of its files, and the directory if nothing else is in it. Says how many there were, and their size.
    pub fn clear(&self) -> io::Result<(usize, u64)> {
        let (mut count, mut size) = (0, 0);
        for Found { path, bytes, .. } in self.find(|name| is_memo(name) || is_unfinished(name))? {
            remove(&path)?;
            (count, size) = (count + 1, size + bytes);
        }
        let tag = self.path.join(TAG);
        if fs::read(&tag).is_ok_and(|text| text == TAG_TEXT.as_bytes()) {
            remove(&tag)?;
            // Where something else is in it, it stays.
            let _ = fs::remove_dir(&self.path);
        }
        Ok((count, size))
    }

    pub(super) fn limit_of_one(&self) -> u64 {
        self.limit_bytes / PART_OF_ONE
    }

    /// Writes a file, and makes room for it.
    pub(super) fn write(&self, file: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        if !self.path.is_dir() {
            fs::create_dir_all(&self.path)?;
            // Only here: a directory that others made may hold what is worth a backup.
            fs::write(self.path.join(TAG), TAG_TEXT)?;
        }
        let temporary = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.path)?;
        let mut out = BufWriter::new(temporary);
        write(&mut out)?;
        let temporary = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        temporary.persist(self.path.join(file)).map_err(|error| error.error)?;
        self.make_room(file)
    }

    /// Removes what is old, and the oldest until the rest has room.
    fn make_room(&self, but: &str) -> io::Result<()> {
        let mut found = self.find(|name| is_memo(name) || is_unfinished(name))?;
        found.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.path.cmp(&b.path)));
        found.sort_by_key(|found| !found.is_called(but));
        let now = SystemTime::now();
        let mut room = self.limit_bytes;
        for one in found {
            let age = now.duration_since(one.modified).unwrap_or_default();
            let is_old = if one.path.file_name().is_some_and(is_unfinished) {
                age > UNFINISHED_FOR
            } else {
                age > Duration::from_secs(u64::from(KEPT_DAYS) * 24 * 60 * 60)
            };
            let left = room.checked_sub(one.bytes);
            if !one.is_called(but) && (is_old || left.is_none()) {
                remove(&one.path)?;
            } else {
                room = left.unwrap_or(0);
            }
        }
        Ok(())
    }

    /// Files whose name is one of ours; none where there is no directory.
    fn find(&self, is_wanted: impl Fn(&OsStr) -> bool) -> io::Result<Vec<Found>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            if !is_wanted(&entry.file_name()) {
                continue;
            }
            // Another run may have removed it by now.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() {
                found.push(Found { path: entry.path(), bytes: about.len(), modified: about.modified()? });
            }
        }
        Ok(found)
    }
}

struct Found {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
}

impl Found {
    fn is_called(&self, name: &str) -> bool {
        self.path.file_name().is_some_and(|found| found == name)
    }
}

fn is_memo(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_suffix(EXTENSION)?.strip_suffix('.'));
    digits.is_some_and(|digits| digits.len() == NAME_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_unfinished(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(UNFINISHED))
}

/// Removes a file; another run may have been faster.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn put(dir: &MemoDir, name: &str, bytes: usize, days_ago: u64) {
        let path = dir.path().join(name);
        fs::write(&path, vec![0; bytes]).unwrap();
        let then = SystemTime::now() - Duration::from_secs(days_ago * 24 * 60 * 60);
        fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }

    fn name(letter: &str) -> String {
        format!("{}.memo", letter.repeat(NAME_DIGITS))
    }

    #[test]
    fn the_oldest_go_first() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = MemoDir::new(temporary.path(), 100);
        for (letter, days) in [("a", 2), ("b", 1), ("c", 3)] {
            put(&dir, &name(letter), 40, days);
        }
        dir.write(&name("d"), |out| out.write_all(&[0; 20])).unwrap();
        assert_eq!(names(dir.path()), [name("a"), name("b"), name("d")]);
        dir.write(&name("e"), |out| out.write_all(&[0; 30])).unwrap();
        assert_eq!(names(dir.path()), [name("b"), name("d"), name("e")]);
    }

    #[test]
    fn what_nobody_has_used_for_two_weeks_goes() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = MemoDir::new(temporary.path(), 100);
        put(&dir, &name("a"), 1, 13);
        put(&dir, &name("b"), 1, 15);
        put(&dir, ".dorcas-memo-x", 1, 0);
        put(&dir, ".dorcas-memo-y", 1, 2);
        dir.write(&name("d"), |out| out.write_all(&[0])).unwrap();
        assert_eq!(names(dir.path()), [".dorcas-memo-x", &name("a"), &name("d")]);
    }

    #[test]
    fn files_of_others_stay() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = MemoDir::new(temporary.path(), 1);
        for other in ["a.memo", "CACHEDIR.TAG", "notes.txt", &name("g")] {
            put(&dir, other, 10, 400);
        }
        let before = names(dir.path());
        dir.write(&name("a"), |out| out.write_all(&[0; 10])).unwrap();
        assert_eq!(dir.clear().unwrap(), (1, 10));
        assert_eq!(names(dir.path()), before);
    }

    #[test]
    fn a_directory_that_is_made_is_tagged_and_removed() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = MemoDir::new(temporary.path().join("deep/er"), 100);
        assert_eq!((dir.files().unwrap(), dir.clear().unwrap()), (vec![], (0, 0)));
        dir.write(&name("a"), |out| out.write_all(b"x")).unwrap();
        assert_eq!(names(dir.path()), [TAG, &name("a")]);
        assert_eq!(dir.clear().unwrap(), (1, 1));
        assert!(!dir.path().exists());
    }

    #[test]
    fn each_repository_and_program_has_a_file() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = MemoDir::new(temporary.path(), 100);
        let path = |root: &str, program: &str| dir.open(Path::new(root), program).path();
        let all = [path("/none/a", "1"), path("/none/b", "1"), path("/none/a", "2")];
        assert!(all[0] != all[1] && all[0] != all[2] && all[1] != all[2]);
        assert_eq!(path("/none/a", "1"), all[0]);
        assert!(all.iter().all(|path| is_memo(path.file_name().unwrap())), "{all:?}");
    }

    #[test]
    fn files_are_listed() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = MemoDir::new(temporary.path(), 1000);
        put(&dir, &name("a"), 3, 0);
        dir.write(&name("b"), |out| pack::write("/my/repository", &[], out)).unwrap();
        let files = dir.files().unwrap();
        let shown: Vec<_> = files.iter().map(|file| (file.repository.as_deref(), file.entries)).collect();
        assert_eq!(shown, [(None, 0), (Some("/my/repository"), 0)]);
        assert_eq!(files[0].bytes, 3);
    }
}
