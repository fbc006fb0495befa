//! Which flags of Gazelle's driver are not here, and why? `cli/gazelle-flags.md` says the same, line by line.

use super::switch;
use clap::Arg;
use std::ffi::OsString;

/// A flag that Gazelle's own scripts pass, which has no effect here.
struct Ignored {
    name: &'static str,
    /// Whether a value follows.
    takes_value: bool,
    /// Why nothing is to be done for it.
    #[cfg_attr(not(test), allow(dead_code, reason = "the document is compared with it"))]
    why: &'static str,
}

/// Taken, and without effect.
const IGNORED: [Ignored; 2] = [
    Ignored { name: "bzlmod", takes_value: false, why: "MODULE.bazel is read wherever there is one" },
    Ignored { name: "repo_config", takes_value: true, why: "it names a file with `go_repository` rules" },
];

/// The flags without effect, for a command over a repository.
pub(crate) fn ignored() -> impl Iterator<Item = Arg> {
    IGNORED.iter().map(|flag| {
        let arg = Arg::new(flag.name).long(flag.name).hide(true);
        if flag.takes_value { arg.value_name("FILE") } else { switch(arg) }
    })
}

/// Flags of Gazelle that are refused, and why they are not here.
const MISSING: [(&str, &str); 13] = [
    ("cpuprofile", "`--stats` says where the time went, `perf` more"),
    ("memprofile", "see `-cpuprofile`"),
    (
        "experimental_read_build_files_dir",
        "an experiment of Gazelle's; `--mode print` shows files without writing them",
    ),
    ("experimental_write_build_files_dir", "see `-experimental_read_build_files_dir`"),
    ("known_import", "about Go's external repositories, which a guest for Go would have flags for"),
    ("version", "`dorcas --version` says it"),
    ("go_prefix", GO),
    ("build_tags", GO),
    ("external", GO),
    ("go_repository_mode", GO),
    ("go_repository_module_mode", GO),
    ("go_naming_convention", GO),
    ("go_naming_convention_external", GO),
];

const GO: &str = "a flag of Gazelle's Go language, which the sealed guest of guest/go/gazelle/golang brings";

/// A flag on the line that Gazelle has, that the command hasn't, and why. `is_known` says which flags the command has.
pub(crate) fn missing(line: &[OsString], is_known: impl Fn(&str) -> bool) -> Option<(String, &'static str)> {
    let flags = line.iter().skip(1).take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str());
    let names = flags.filter_map(|arg| Some((arg, arg.strip_prefix("--").or_else(|| arg.strip_prefix('-'))?)));
    names.into_iter().find_map(|(arg, name)| {
        let end = name.find('=').unwrap_or(name.len());
        let (name, shown) = (&name[..end], &arg[..arg.len() - name.len() + end]);
        let (_, why) = MISSING.iter().find(|(known, _)| *known == name && !is_known(name))?;
        Some((shown.to_owned(), *why))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The rows of the document's first table that say that a flag has no effect, or isn't there.
    #[test]
    fn the_document_says_the_same() {
        let document = include_str!("../../gazelle-flags.md");
        let rows: BTreeMap<&str, &str> = document
            .lines()
            .filter_map(|line| line.strip_prefix("| `-")?.strip_suffix(" |")?.split_once("` | "))
            .collect();
        let ignored = IGNORED.iter().map(|flag| (flag.name, format!("taken, without effect: {}", flag.why)));
        let missing = MISSING.iter().map(|(name, why)| (*name, format!("none: {why}")));
        let ours: BTreeMap<&str, String> = ignored.chain(missing).collect();
        let theirs = rows.iter().filter(|(_, what)| what.starts_with("taken") || what.starts_with("none"));
        let theirs: BTreeMap<&str, String> = theirs.map(|(name, what)| (*name, (*what).to_owned())).collect();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn a_flag_is_named_as_it_was_typed() {
        let find =
            |line: &str| missing(&line.split(' ').map(OsString::from).collect::<Vec<_>>(), |name| name == "external");
        assert_eq!(find("dorcas update -go_prefix example.com").unwrap().0, "-go_prefix");
        assert_eq!(find("dorcas update --cpuprofile=x").unwrap().0, "--cpuprofile");
        assert!(find("dorcas update -mode print -external vendored -- -go_prefix").is_none());
    }
}
