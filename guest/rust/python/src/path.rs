//! Paths with slashes, relative to the root of the repository; the root is the empty text.

/// The last part: `c` of `a/b/c`.
pub(crate) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// All but the last part: `a/b` of `a/b/c`.
pub(crate) fn dir(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// One path behind another.
pub(crate) fn join(dir: &str, path: &str) -> String {
    match (dir, path) {
        ("", path) => path.to_owned(),
        (dir, "") => dir.to_owned(),
        (dir, path) => format!("{dir}/{path}"),
    }
}

/// Where a path is below a directory; `None` if it is elsewhere.
pub(crate) fn below<'a>(path: &'a str, dir: &str) -> Option<&'a str> {
    if dir.is_empty() {
        return Some(path);
    }
    match path.strip_prefix(dir)? {
        "" => Some(""),
        rest => rest.strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!((base("a/b"), dir("a/b"), base("a"), dir("a"), base("")), ("b", "a", "a", "", ""));
        assert_eq!((&*join("", "a"), &*join("a", ""), &*join("a", "b")), ("a", "a", "a/b"));
        assert_eq!(
            (below("a/b", "a"), below("ab", "a"), below("a", "a"), below("a", "")),
            (Some("b"), None, Some(""), Some("a"))
        );
    }
}
