//! Paths within a repository, as texts with slashes.

/// A directory as people write it.
pub(crate) fn display(rel: &str) -> String {
    if rel.is_empty() { ".".into() } else { rel.into() }
}

/// The directory that a path is in.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// A name in a directory as a path from the root.
pub(crate) fn join(rel: &str, name: &str) -> String {
    if rel.is_empty() { name.into() } else { format!("{rel}/{name}") }
}
