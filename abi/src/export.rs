//! The exports of a guest: names and WebAssembly types (`exports.required`, `exports.types`).

/// A WebAssembly value type that occurs in the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
}

/// A function that a guest exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Types of its parameters.
    pub params: &'static [ValueType],
    /// Types of its results.
    pub results: &'static [ValueType],
    /// Whether every guest has to have it.
    pub required: bool,
}

/// The guest's memory.
pub const MEMORY: &str = "memory";

/// The version marker: `dorcas_abi_v` and the version. It is never called.
pub const MARKER_PREFIX: &str = "dorcas_abi_v";

/// The version of the ABI that this crate describes.
pub const VERSION: u32 = 1;

/// The version marker of [`VERSION`].
pub const MARKER: &str = "dorcas_abi_v1";

/// Set-up code, called once and first where it is there.
pub const INITIALIZE: &str = "_initialize";

/// Gets a buffer; 0 where there is no memory for it.
pub const ALLOC: &str = "alloc";

/// Gives a buffer back.
pub const FREE: &str = "free";

/// The name of the language, UTF-8 without an envelope.
pub const LANG_NAME: &str = "lang_name";

/// An exported constant `i32` global: the address of 8 bytes, two little-endian `u32`, that are the address
/// and length of the text that explains a trap; length 0 where there is none (`result.panic-text`).
pub const PANIC: &str = "dorcas_panic";

/// Most bytes of a language's name (`lang_name.form`).
pub const MAX_LANG_NAME_BYTES: u32 = 64;

/// Most bytes of a panic text that a host reads (`result.panic-text`).
pub const MAX_PANIC_BYTES: u32 = 4096;

use ValueType::{I32, I64};

const fn message_method(name: &'static str, required: bool) -> Function {
    Function { name, params: &[I32, I32], results: &[I64], required }
}

/// All functions that mean something to a host, with their exact types. A guest may export others.
pub const FUNCTIONS: &[Function] = &[
    Function { name: MARKER, params: &[], results: &[], required: true },
    Function { name: INITIALIZE, params: &[], results: &[], required: false },
    Function { name: ALLOC, params: &[I32], results: &[I32], required: true },
    Function { name: FREE, params: &[I32, I32], results: &[], required: true },
    Function { name: LANG_NAME, params: &[], results: &[I64], required: true },
    message_method("manifest", false),
    message_method("setup", false),
    message_method("scan", false),
    message_method("configure", false),
    message_method("fix", false),
    message_method("generate_rules", true),
    message_method("imports", false),
    message_method("resolve", false),
    message_method("find", false),
    message_method("finish", false),
];

/// The function of that name.
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Says whether `name` is the name of a language: a lower-case letter, then lower-case letters, digits and
/// underscores, 64 bytes at most (`lang_name.form`).
pub fn is_lang_name(name: &str) -> bool {
    name.len() <= MAX_LANG_NAME_BYTES as usize
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method;
    use std::{format, vec::Vec};

    #[test]
    fn every_method_is_an_export_of_one_shape() {
        let methods: Vec<_> = FUNCTIONS.iter().filter(|f| f.params == [I32, I32] && f.results == [I64]).collect();
        assert_eq!(methods.iter().map(|f| f.name).collect::<Vec<_>>(), method::NAMES);
    }

    #[test]
    fn the_marker_names_the_version() {
        assert_eq!(MARKER, format!("{MARKER_PREFIX}{VERSION}"));
    }

    #[test]
    fn names_of_languages() {
        for good in ["proto", "c", "go_2"] {
            assert!(is_lang_name(good), "{good}");
        }
        for bad in ["", "2go", "Go", "go-lang", "go\n", "\u{fc}ber", &"a".repeat(65)] {
            assert!(!is_lang_name(bad), "{bad:?}");
        }
    }
}
