//! Where are answers of guests kept from run to run?

use clap::Args;
use dorcas_gazelle::{Memo, MemoDir};
use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

/// Most bytes of all that is kept, for all repositories.
pub(crate) const CACHE_BYTES: u64 = 256 << 20;
/// Where the cache is; nothing is kept where this is set to nothing.
pub(crate) const VARIABLE: &str = "DORCAS_CACHE_DIR";

/// Where the cache is.
#[derive(Args)]
#[group(skip)]
pub(crate) struct Place {
    #[arg(
        long,
        value_name = "DIR",
        help = "Where answers of guests are kept from run to run; see `dorcas help cache`"
    )]
    cache_dir: Option<PathBuf>,
}

/// The flags of a run that are about the cache.
#[derive(Args)]
#[group(skip)]
pub(crate) struct CacheFlags {
    #[command(flatten)]
    place: Place,
    #[arg(long, help = "Makes every call anew, and keeps nothing; the result is the same")]
    no_cache: bool,
}

impl Place {
    /// The cache, if the command line or the environment has a place for it.
    pub(crate) fn dir(&self) -> Option<MemoDir> {
        let path = self.cache_dir.clone().or_else(|| usual_place(|name| env::var_os(name)))?;
        Some(MemoDir::new(path, CACHE_BYTES))
    }
}

impl CacheFlags {
    /// What earlier runs have found out about a repository, if there is a place for it.
    pub(crate) fn memo(&self, repo_root: &Path) -> Option<Arc<Memo>> {
        let dir = self.place.dir().filter(|_| !self.no_cache)?;
        Some(Arc::new(dir.open(repo_root, &program())))
    }
}

/// Where the environment puts the cache.
fn usual_place(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(dir) = variable(VARIABLE) {
        return Some(dir).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    }
    // The XDG specification: a relative path is invalid and ignored. An invalid home counts as unset, too.
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = if cfg!(windows) { "LOCALAPPDATA" } else { "HOME" };
    let in_home = |home: PathBuf| if cfg!(windows) { home } else { home.join(".cache") };
    Some(absolute("XDG_CACHE_HOME").or_else(|| absolute(home).map(in_home))?.join("dorcas"))
}

/// The identity of this program: another build of it may find something else in the same files.
fn program() -> String {
    let path = env::current_exe().unwrap_or_default();
    let about = fs::metadata(&path).ok();
    let size = about.as_ref().map_or(0, fs::Metadata::len);
    let built = about.and_then(|about| about.modified().ok()).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {} {size} {:?}", env!("CARGO_PKG_VERSION"), path.display(), built.unwrap_or_default())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn place_with(variables: &[(&str, &str)]) -> Option<String> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        usual_place(find).map(|path| path.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_usual_place() {
        let (home, xdg) = (("HOME", "/home/me"), ("XDG_CACHE_HOME", "/var/cache/me"));
        let shown = [
            place_with(&[home]),
            place_with(&[home, xdg]),
            place_with(&[xdg]),
            place_with(&[home, ("XDG_CACHE_HOME", "relative")]),
            place_with(&[home, xdg, (VARIABLE, "here")]),
        ];
        let shown = shown.map(Option::unwrap);
        let (of_home, of_xdg) = ("/home/me/.cache/dorcas", "/var/cache/me/dorcas");
        assert_eq!(shown, [of_home, of_xdg, of_xdg, of_home, "here"]);
    }

    #[test]
    fn no_place() {
        assert_eq!(place_with(&[]), None);
        assert_eq!(place_with(&[("HOME", "")]), None);
        assert_eq!(place_with(&[("HOME", "/home/me"), (VARIABLE, "")]), None);
    }
}
