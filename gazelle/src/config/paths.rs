//! Which paths do globs name?

use crate::{
    error::shortened,
    glob::{GlobFault, Globs, clean},
};
use std::sync::Arc;

/// The globs of a directory's directives of one kind, and those of the directories that it is in.
#[derive(Debug, Default)]
pub(super) struct Paths {
    globs: Globs,
    /// What the user has written, as a path from the root, for each of the globs.
    texts: Vec<Arc<str>>,
    parent: Option<Arc<Paths>>,
}

/// Why a glob can't be obeyed.
#[derive(Debug, thiserror::Error)]
#[error("error parsing glob '{glob}': {cause}")]
pub(super) struct PathFault {
    glob: String,
    pub(super) cause: GlobFault,
}

impl Paths {
    /// Adds a glob from the root, for which `a/**` means `a` too.
    pub(super) fn add(&mut self, glob: &str) -> Result<(), PathFault> {
        let text: Arc<str> = clean(glob).into();
        for glob in [&*text].into_iter().chain(text.strip_suffix("/**")) {
            self.globs.add(glob).map_err(|cause| PathFault { glob: shortened(&text).into_owned(), cause })?;
            self.texts.push(Arc::clone(&text));
        }
        Ok(())
    }

    /// These and those above, which are shared.
    pub(super) fn finish(mut self, above: &Arc<Self>) -> Arc<Self> {
        if self.globs.is_empty() {
            return Arc::clone(above);
        }
        self.globs.arrange();
        self.parent = Some(Arc::clone(above)).filter(|above| !above.globs.is_empty());
        Arc::new(self)
    }

    /// The glob that a path is named by: the first, from the root on.
    pub(super) fn find(&self, path: &str) -> Option<&str> {
        let levels = std::iter::successors(Some(self), |level| level.parent.as_deref());
        let found = levels.filter_map(|level| level.globs.first(path).map(|index| &*level.texts[index]));
        found.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_glob_from_the_root_on_is_told() {
        let level = |globs: &[&str], above: &Arc<Paths>| {
            let mut paths = Paths::default();
            for glob in globs {
                paths.add(glob).unwrap();
            }
            paths.finish(above)
        };
        let root = level(&["x", "a/**"], &Arc::default());
        let below = level(&["a/b/*", "./a/c"], &level(&[], &root));
        for (path, glob) in
            [("x", Some("x")), ("a", Some("a/**")), ("a/b/c", Some("a/**")), ("a/c", Some("a/**")), ("b", None)]
        {
            assert_eq!(below.find(path), glob, "{path}");
        }
        assert_eq!(level(&["b/c/../d/**"], &root).find("b/d"), Some("b/d/**"));
    }
}
