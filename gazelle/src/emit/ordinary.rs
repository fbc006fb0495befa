//! Which files can be replaced by others without a loss, and how does the system make one as a whole?

/// Handles, of whatever was opened.
pub(super) use std::fs::{File, Metadata};

#[cfg(unix)]
pub(super) use of_unix::{create_whole, give, is_ordinary};

#[cfg(not(unix))]
pub(super) use of_others::{create_whole, give, is_ordinary};

#[cfg(unix)]
mod of_unix {
    use cap_std::fs::Dir;
    use std::{
        fs::{File, Metadata},
        io,
        os::unix::fs::{MetadataExt as _, fchown},
    };

    /// Whether a file has one name, and nothing beside its content, owner, group and mode.
    pub(in crate::emit) fn is_ordinary(file: &File, found: &Metadata) -> bool {
        found.nlink() == 1 && !has_attributes(file)
    }

    /// Gives a new file the owner and group of another, and says whether it has them.
    pub(in crate::emit) fn give(new: &File, found: &Metadata) -> bool {
        let is_same = |new: &Metadata| (new.uid(), new.gid()) == (found.uid(), found.gid());
        new.metadata().is_ok_and(|new| is_same(&new))
            || (fchown(new, Some(found.uid()), Some(found.gid())).is_ok()
                && new.metadata().is_ok_and(|new| is_same(&new)))
    }

    /// Whether a file has extended attributes, which access control lists are too.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    fn has_attributes(file: &File) -> bool {
        /// What the system gives to every file.
        const OF_THE_SYSTEM: [&[u8]; 2] = [b"security.selinux", b"com.apple.provenance"];
        let mut names = vec![0; 4 << 10];
        match rustix::fs::flistxattr(file, &mut names[..]) {
            Ok(len) => {
                let mut names = names[..len].split(|byte| *byte == 0).filter(|name| !name.is_empty());
                names.any(|name| !OF_THE_SYSTEM.contains(&name))
            }
            // Where there are none; where there are too many, there are some.
            Err(error) => error != rustix::io::Errno::NOTSUP,
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    fn has_attributes(_: &File) -> bool {
        false
    }

    /// Makes a file that has no name before all is in it; none where the system can't.
    #[cfg(target_os = "linux")]
    pub(in crate::emit) fn create_whole(dir: &Dir, name: &str, content: &[u8]) -> Option<io::Result<()>> {
        use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
        use std::{io::Write as _, os::fd::AsRawFd as _};

        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let mut file = File::from(openat(dir, ".", flags, Mode::from_raw_mode(0o666)).ok()?);
        if let Err(error) = file.write_all(content).and_then(|()| file.sync_data()) {
            return Some(Err(error));
        }
        let open = format!("/proc/self/fd/{}", file.as_raw_fd());
        match linkat(CWD, open, dir, name, AtFlags::SYMLINK_FOLLOW) {
            Ok(()) => Some(Ok(())),
            Err(rustix::io::Errno::EXIST) => Some(Err(io::ErrorKind::AlreadyExists.into())),
            // Without /proc there is another way.
            Err(_) => None,
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(in crate::emit) fn create_whole(_: &Dir, _: &str, _: &[u8]) -> Option<io::Result<()>> {
        None
    }
}

#[cfg(not(unix))]
mod of_others {
    use cap_std::fs::Dir;
    use std::{
        fs::{File, Metadata},
        io,
    };

    pub(in crate::emit) fn is_ordinary(_: &File, _: &Metadata) -> bool {
        true
    }

    pub(in crate::emit) fn give(_: &File, _: &Metadata) -> bool {
        true
    }

    pub(in crate::emit) fn create_whole(_: &Dir, _: &str, _: &[u8]) -> Option<io::Result<()>> {
        None
    }
}
