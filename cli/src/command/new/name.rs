//! What can a language be called?
//!
//! Its name stands in file names, in identifiers and packages of the programming language, in rule kinds, and at the end of
//! its sources.

/// Most bytes of a name: Zig has packages with no longer one.
const MAX_BYTES: usize = 32;

/// Why a text is no name for a new language.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum NameError {
    #[error("the name is empty; choose one such as my_lang")]
    Empty,
    #[error("the name {start:?}... has {bytes} bytes, the limit is {MAX_BYTES}; choose a shorter one")]
    Long { start: String, bytes: usize },
    #[error(
        "the name {name:?} has {char:?} {place}; a name begins with a lower-case letter, a to z, and goes on with lower-case \
         letters, digits and underscores{}",
        hint.as_ref().map(|hint| format!(": {hint} would do")).unwrap_or_default()
    )]
    Form { name: String, char: char, place: &'static str, hint: Option<String> },
    #[error("the name `{name}` is taken: it is {by}; choose another one, such as {name}_lang")]
    Taken { name: String, by: &'static str },
}

/// Whether a language can be called so.
pub(super) fn check(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.len() > MAX_BYTES {
        return Err(NameError::Long { start: name.chars().take(MAX_BYTES).collect(), bytes: name.len() });
    }
    let fits =
        |(at, char): &(usize, char)| char.is_ascii_lowercase() || (*at > 0 && (char.is_ascii_digit() || *char == '_'));
    if let Some((at, char)) = name.char_indices().find(|place| !fits(place)) {
        let place = if at == 0 && check(&format!("a{char}")).is_ok() { "in front" } else { "in it" };
        let hint = name.to_lowercase().replace(|char: char| !char.is_ascii_alphanumeric(), "_");
        let hint = Some(hint).filter(|hint| hint != name && check(hint).is_ok());
        return Err(NameError::Form { name: name.into(), char, place, hint });
    }
    match TAKEN.iter().find(|(_, names)| names.contains(&name)) {
        Some(&(by, _)) => Err(NameError::Taken { name: name.into(), by }),
        None => Ok(()),
    }
}

/// Names that fit and mean something else already, and what.
const TAKEN: [(&str, &[&str]); 6] = [
    ("a language that is built into dorcas", &["proto"]),
    ("the folder of the SDK", &["dorcas"]),
    ("how files of each test or build end, and sources end in the name", &["bazel", "in", "md", "out", "txt", "wasm"]),
    (
        "a package that guests are built with",
        &[
            "alloc",
            "assemblyscript",
            "binaryen",
            "bytemuck",
            "cobs",
            "core",
            "long",
            "node_modules",
            "postcard",
            "quote",
            "serde",
            "serde_core",
            "serde_derive",
            "std",
            "syn",
            "test",
            "thiserror",
        ],
    ),
    (
        "a device on Windows",
        &[
            "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1", "lpt2",
            "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
        ],
    ),
    // Package names are identifiers in these two.
    (
        "a word of Rust or Zig",
        &[
            "abstract",
            "addrspace",
            "align",
            "allowzero",
            "and",
            "anyframe",
            "anytype",
            "as",
            "asm",
            "async",
            "await",
            "become",
            "box",
            "break",
            "callconv",
            "catch",
            "comptime",
            "const",
            "continue",
            "crate",
            "defer",
            "do",
            "dyn",
            "else",
            "enum",
            "errdefer",
            "error",
            "export",
            "extern",
            "false",
            "final",
            "fn",
            "for",
            "gen",
            "if",
            "impl",
            "inline",
            "let",
            "linksection",
            "loop",
            "macro",
            "match",
            "mod",
            "move",
            "mut",
            "noalias",
            "noinline",
            "nosuspend",
            "opaque",
            "or",
            "orelse",
            "override",
            "packed",
            "priv",
            "pub",
            "ref",
            "resume",
            "return",
            "self",
            "static",
            "struct",
            "super",
            "suspend",
            "switch",
            "threadlocal",
            "trait",
            "true",
            "try",
            "type",
            "typeof",
            "union",
            "unreachable",
            "unsafe",
            "unsized",
            "use",
            "usingnamespace",
            "var",
            "virtual",
            "volatile",
            "where",
            "while",
            "yield",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::super::template::Template;
    use super::*;

    fn refusal(name: &str) -> String {
        check(name).unwrap_err().to_string()
    }

    #[test]
    fn names_that_a_language_can_have() {
        for name in ["c", "css", "go", "my_lang", "a_1", "toy__2_", &"a".repeat(32)] {
            assert!(check(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn no_name() {
        assert_eq!(refusal(""), "the name is empty; choose one such as my_lang");
    }

    #[test]
    fn a_long_name() {
        assert_eq!(
            refusal(&"a".repeat(33)),
            "the name \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"... has 33 bytes, the limit is 32; choose a shorter one"
        );
    }

    #[test]
    fn a_letter_that_does_not_fit() {
        let rule = "a name begins with a lower-case letter, a to z, and goes on with lower-case letters, digits and underscores";
        assert_eq!(refusal("My-Lang"), format!("the name \"My-Lang\" has 'M' in it; {rule}: my_lang would do"));
        assert_eq!(refusal("1st"), format!("the name \"1st\" has '1' in front; {rule}"));
        assert_eq!(refusal("_x"), format!("the name \"_x\" has '_' in front; {rule}"));
        assert_eq!(refusal("ruß"), format!("the name \"ruß\" has 'ß' in it; {rule}: ru_ would do"));
        assert_eq!(refusal("../x"), format!("the name \"../x\" has '.' in it; {rule}"));
        assert_eq!(
            refusal("a\u{1b}[m"),
            format!("the name \"a\\u{{1b}}[m\" has '\\u{{1b}}' in it; {rule}: a__m would do")
        );
    }

    #[test]
    fn a_name_that_is_taken() {
        assert_eq!(
            refusal("proto"),
            "the name `proto` is taken: it is a language that is built into dorcas; choose another one, such as proto_lang"
        );
        assert_eq!(
            refusal("fn"),
            "the name `fn` is taken: it is a word of Rust or Zig; choose another one, such as fn_lang"
        );
    }

    #[test]
    fn each_name_that_is_taken_would_fit() {
        for (by, names) in TAKEN {
            assert!(names.is_sorted(), "{by}");
            for name in names {
                assert!(matches!(check(name), Err(NameError::Taken { .. })), "{name}");
            }
        }
    }

    #[test]
    fn packages_that_guests_are_built_with_are_taken() {
        let texts = Template::ALL.iter().flat_map(|template| template.files("my_lang"));
        let locks: Vec<_> =
            texts.filter(|file| file.path.ends_with("lock") || file.path.ends_with("lock.json")).collect();
        assert_eq!(locks.len(), 2);
        for line in locks.iter().flat_map(|lock| lock.text.lines()) {
            let package = line.trim().strip_prefix("name = ").or_else(|| line.trim().strip_prefix("\"node_modules/"));
            let Some(package) = package.map(|text| text.trim_matches(['"', ':', ' ', '{'])) else { continue };
            assert!(package == "my_lang" || check(package).is_err(), "{package}");
        }
    }
}
