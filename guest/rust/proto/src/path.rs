//! Slash-separated paths, as Go's packages `path` and Gazelle's `pathtools` treat them.

/// The path in its shortest form: without empty parts and `.`, and `..` worked out where that is possible.
/// The empty path is `.`.
pub(crate) fn clean(path: &str) -> String {
    if is_clean(path) {
        return path.into();
    }
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".into(),
        (false, false) => joined,
    }
}

/// Whether a path is in its shortest form already, as almost all are: no part is empty or begins with a dot.
fn is_clean(path: &str) -> bool {
    let mut before = b'/';
    let odd = path.bytes().any(|byte| {
        let odd = before == b'/' && (byte == b'/' || byte == b'.');
        before = byte;
        odd
    });
    !odd && before != b'/'
}

/// Two paths as one, cleaned; empty where both are.
pub(crate) fn join(first: &str, second: &str) -> String {
    match (first, second) {
        ("", "") => String::new(),
        ("", one) | (one, "") => clean(one),
        _ => {
            let joined = [first, "/", second].concat();
            if is_clean(&joined) { joined } else { clean(&joined) }
        }
    }
}

/// All but the last part, cleaned; `.` where there is no slash.
pub(crate) fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

/// The last part; of a path that ends in slashes the part before them.
pub(crate) fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// Whether `path` is `prefix` or lies in it.
pub(crate) fn has_prefix(path: &str, prefix: &str) -> bool {
    let (path, prefix) = (one_slash_less(path), one_slash_less(prefix));
    prefix.is_empty() || path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What comes after `prefix` in `path`; all of it where it doesn't begin so.
pub(crate) fn trim_prefix<'a>(path: &'a str, prefix: &str) -> &'a str {
    let (short, prefix) = (one_slash_less(path), one_slash_less(prefix));
    match short.strip_prefix(prefix) {
        _ if prefix.is_empty() => path,
        Some("") => "",
        Some(rest) => rest.strip_prefix('/').unwrap_or(short),
        None => short,
    }
}

fn one_slash_less(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned() {
        for (path, want) in [
            ("", "."),
            ("/", "/"),
            ("a//b/", "a/b"),
            ("./a/./b", "a/b"),
            ("a/../b", "b"),
            ("a/..", "."),
            ("../../a", "../../a"),
            (".a/b", ".a/b"),
            ("a/", "a"),
            ("/../a", "/a"),
        ] {
            assert_eq!(clean(path), want, "{path}");
        }
    }

    #[test]
    fn joined_and_split() {
        assert_eq!(join("", ""), "");
        assert_eq!(join("a/b", "c.proto"), "a/b/c.proto");
        assert_eq!(join("", "./c.proto"), "c.proto");
        assert_eq!((&*dir("a/b/c.proto"), base("a/b/c.proto")), ("a/b", "c.proto"));
        assert_eq!((&*dir("c.proto"), base("c.proto")), (".", "c.proto"));
        assert_eq!((&*dir("/c.proto"), base("a/")), ("/", "a"));
    }

    #[test]
    fn prefixes_end_where_a_part_does() {
        assert!(has_prefix("a/b", "a") && has_prefix("a/b", "a/b/") && has_prefix("a", ""));
        assert!(!has_prefix("ab", "a"));
        assert_eq!(trim_prefix("a/b/c", "a/b"), "c");
        assert_eq!(trim_prefix("a/b", "a/b/"), "");
        assert_eq!(trim_prefix("ab/c", "a"), "ab/c");
        assert_eq!(trim_prefix("a/b", ""), "a/b");
    }
}
