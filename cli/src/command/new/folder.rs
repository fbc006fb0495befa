//! How does a folder come about, whole or not at all?

use super::template::NewFile;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why there is no new folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum FolderError {
    #[error("{} is there already, and is no empty folder; choose another name, or move it away", path.display())]
    Taken { path: PathBuf },
    #[error("can't make {}: {cause}", path.display())]
    Write { path: PathBuf, cause: io::Error },
}

/// Makes a folder of the working directory with these files. They are written beside it, and moved when all are there.
pub(super) fn make(name: &str, files: &[NewFile]) -> Result<(), FolderError> {
    let target = Path::new(name);
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |cause| FolderError::Write { path, cause }
    };
    let empty = match fs::symlink_metadata(target) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => false,
        Err(cause) => return Err(failed(target)(cause)),
        Ok(found) if !found.is_dir() => return Err(FolderError::Taken { path: target.into() }),
        Ok(_) => match fs::read_dir(target).map_err(failed(target))?.next() {
            None => true,
            Some(_) => return Err(FolderError::Taken { path: target.into() }),
        },
    };
    // In the same directory, so on the same disk. It goes when this function ends, however that is.
    let beside = tempfile::Builder::new().prefix(&format!(".{name}.")).tempdir_in(".").map_err(failed(target))?;
    // One more, since the temporary one is closed to others.
    let whole = beside.path().join(name);
    for file in files {
        write(&whole.join(&file.path), &file.text).map_err(failed(&target.join(&file.path)))?;
    }
    if empty {
        // Windows moves nothing over a folder. One that has been filled meanwhile stays.
        fs::remove_dir(target).map_err(failed(target))?;
    }
    fs::rename(&whole, target).map_err(failed(target))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text)?;
    #[cfg(unix)]
    if text.starts_with("#!") {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path)?.permissions().mode();
        // Whoever may read it may run it.
        fs::set_permissions(path, fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
    }
    Ok(())
}
