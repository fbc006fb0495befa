//! Is a file what it was?
//!
//! A file whose size, times and place on the disk are what they were is taken for unchanged, as Git does it. The time of
//! its last status change can't be set by anyone, so that neither a tool that restores times nor a file that was put in
//! the place of another goes unnoticed.
//!
//! One thing would: a change in the same tick of the file system's clock as the one before it. So a file is only known by
//! its stamp if it was some seconds old when it was read.

use crate::memo::{Key, KeyBuilder};
use cap_std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Age of a file from which on its stamp is evidence. The coarsest clock that a file system has ticks every two seconds.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// What the system says of files, as it is told one after the other.
#[derive(Debug)]
pub(super) struct Stamps {
    key: KeyBuilder,
    /// When the last of the files was changed, since 1970.
    newest: Duration,
    /// Whether any file had one.
    any: bool,
    known: bool,
}

impl Stamps {
    /// `inputs` and `method` say what is read in which files, `rel` is the directory that the call is about.
    pub(super) fn new(inputs: &Key, method: u8, rel: &str) -> Self {
        let mut key = KeyBuilder::new("stamps");
        key.part(inputs.as_bytes()).part(&[method]).part(rel.as_bytes());
        Self { key, newest: Duration::ZERO, any: false, known: true }
    }

    /// The next file, by its name in the request, and in which list that is.
    pub(super) fn begin(&mut self, name: &str, above: bool) {
        self.key.part(&[above.into()]).part(name.as_bytes());
    }

    /// That it is read.
    pub(super) fn file(&mut self, about: &Metadata) {
        self.any = true;
        let Some((stamp, changed)) = stamp(about) else {
            self.known = false;
            return;
        };
        self.key.part(&stamp);
        self.newest = self.newest.max(changed);
    }

    /// The key of all of them; none where nothing would have to be read, or nothing is known of a file.
    pub(super) fn key(self) -> Option<Key> {
        (self.any && self.known).then(|| self.key.finish())
    }

    /// The same, if all files had settled at a time before they were read.
    pub(super) fn settled_key(self, before: SystemTime) -> Option<Key> {
        let before = before.duration_since(UNIX_EPOCH).ok()?;
        if self.newest.checked_add(SETTLED_AFTER)? > before {
            return None;
        }
        self.key()
    }
}

/// What stands for a file, and when it was changed, since 1970. A time before that is as if it were then.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn stamp(about: &Metadata) -> Option<(Vec<u8>, Duration)> {
    use cap_std::fs::MetadataExt as _;
    let times = [about.mtime(), about.mtime_nsec(), about.ctime(), about.ctime_nsec()].map(i64::to_le_bytes);
    let numbers = [about.dev(), about.ino(), about.size()].map(u64::to_le_bytes);
    let since = |seconds: i64, nanos: i64| {
        let nanos = u32::try_from(nanos).unwrap_or(0);
        u64::try_from(seconds).map_or(Duration::ZERO, |seconds| Duration::new(seconds, nanos))
    };
    let changed = since(about.mtime(), about.mtime_nsec()).max(since(about.ctime(), about.ctime_nsec()));
    Some(([numbers.as_flattened(), times.as_flattened()].concat(), changed))
}

/// Elsewhere too little is known of a file: it is read each time.
#[cfg(not(unix))]
fn stamp(_: &Metadata) -> Option<(Vec<u8>, Duration)> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    fn about(path: &Path) -> Metadata {
        Metadata::from_just_metadata(fs::metadata(path).unwrap())
    }

    fn key_of(path: &Path) -> Option<Key> {
        let mut stamps = Stamps::new(&KeyBuilder::new("test").finish(), 0, "");
        stamps.file(&about(path));
        stamps.key()
    }

    fn settled(path: &Path, after: Duration) -> bool {
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        let mut stamps = Stamps::new(&KeyBuilder::new("test").finish(), 0, "");
        stamps.file(&about(path));
        stamps.settled_key(modified + after).is_some()
    }

    #[test]
    fn a_file_put_in_the_place_of_another_with_its_times() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&path, "one").unwrap();
        let before = (key_of(&path), fs::metadata(&path).unwrap());
        assert_eq!(key_of(&path), before.0);

        fs::write(&other, "two").unwrap();
        fs::File::options().write(true).open(&other).unwrap().set_modified(before.1.modified().unwrap()).unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before.1.modified().unwrap());
        assert_ne!(key_of(&path), before.0);
    }

    #[test]
    fn a_file_is_settled_after_some_seconds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "one").unwrap();
        assert!(!settled(&path, Duration::ZERO));
        assert!(!settled(&path, SETTLED_AFTER.mul_f32(0.99)));
        assert!(settled(&path, SETTLED_AFTER + Duration::from_millis(100)));
    }

    #[test]
    fn a_file_from_the_future_is_not_settled() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "one").unwrap();
        let future = SystemTime::now() + Duration::from_secs(1000);
        fs::File::options().write(true).open(&path).unwrap().set_modified(future).unwrap();
        let mut stamps = Stamps::new(&KeyBuilder::new("test").finish(), 0, "");
        stamps.file(&about(&path));
        assert!(stamps.settled_key(SystemTime::now() + Duration::from_secs(100)).is_none());
    }

    #[test]
    fn names_alone_need_no_stamp() {
        let mut stamps = Stamps::new(&KeyBuilder::new("test").finish(), 0, "");
        stamps.begin("a", false);
        assert!(stamps.key().is_none());
    }
}
