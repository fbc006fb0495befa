//! Which conditions of a `select` are a platform?
//!
//! Gazelle merges sums that have at most one list, one `select` by operating system, one by processor and one by both,
//! and nothing else. It tells them apart by the names of the conditions, as Go's rules have them.

/// Which of the three a `select` is, by the name of one of its conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    System,
    Processor,
    Both,
}

const SYSTEMS: [&str; 16] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "linux",
    "netbsd",
    "openbsd",
    "osx",
    "plan9",
    "qnx",
    "solaris",
    "windows",
];

const PROCESSORS: [&str; 13] = [
    "386", "amd64", "arm", "arm64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x",
    "wasm",
];

/// What a condition's name says; none where it says nothing of a platform.
pub(super) fn platform(name: &str) -> Option<Platform> {
    let is_in = |names: &[&str], name: &str| names.contains(&name);
    if is_in(&SYSTEMS, name) {
        return Some(Platform::System);
    }
    if is_in(&PROCESSORS, name) {
        return Some(Platform::Processor);
    }
    let (system, processor) = name.split_once('_')?;
    (is_in(&SYSTEMS, system) && is_in(&PROCESSORS, processor)).then_some(Platform::Both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_are() {
        for (name, what) in [
            ("linux", Some(Platform::System)),
            ("arm64", Some(Platform::Processor)),
            ("linux_arm64", Some(Platform::Both)),
            ("linux_", None),
            ("linux_arm64_x", None),
            ("mine", None),
            ("", None),
        ] {
            assert_eq!(platform(name), what, "{name}");
        }
    }
}
