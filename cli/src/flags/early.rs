//! What must be known before a command line can be understood.
//!
//! Guests bring flags of their own, and are loaded under the limits that the same line has. clap's `ignore_errors` does
//! not help: it ends at the first flag that it does not know, and that may be a guest's. So this reads the line with clap's
//! own lexer, and takes some flags from it.

use crate::bazel;
use clap_lex::RawArgs;
use std::{ffi::OsString, path::PathBuf};

/// The flags that are obeyed before others are known.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Early {
    /// `--guest`, in the order given.
    pub(crate) guests: Vec<PathBuf>,
    /// `--limit`, in the order given.
    pub(crate) limits: Vec<String>,
    /// `--log`.
    pub(crate) log: bool,
    /// `--repo-root`, the last one.
    pub(crate) repo_root: Option<PathBuf>,
    /// `--config`, the last one.
    pub(crate) config: Option<PathBuf>,
    /// `--no-config`.
    pub(crate) no_config: bool,
}

impl Early {
    /// Reads a line that begins with the program, and in which flags have two dashes.
    pub(crate) fn read(line: &[OsString]) -> Self {
        let mut early = Self::default();
        let line = RawArgs::new(line);
        let mut cursor = line.cursor();
        line.next(&mut cursor);
        while let Some(arg) = line.next(&mut cursor) {
            if arg.is_escape() {
                break;
            }
            let Some((Ok(flag), attached)) = arg.to_long() else { continue };
            match flag {
                "log" => early.log |= attached.is_none(),
                "no-config" => early.no_config |= attached.is_none(),
                _ => {}
            }
            let is_taken = ["guest", "limit", "repo-root", "repo_root", "config"].contains(&flag);
            if !is_taken {
                continue;
            }
            // As clap has it, a flag is no value.
            let follows = line.peek(&cursor).is_some_and(|next| !next.is_long() && !next.is_escape());
            let value = match attached {
                Some(value) => Some(value),
                None if follows => line.next_os(&mut cursor),
                None => None,
            };
            match value {
                Some(value) if flag == "guest" => early.guests.push(bazel::found(value.into())),
                Some(value) if flag == "config" => early.config = Some(bazel::found(value.into())),
                Some(value) if flag != "limit" => early.repo_root = Some(bazel::found(value.into())),
                // A text that isn't UTF-8 sets no limit; clap refuses it.
                Some(value) => early.limits.extend(value.to_str().map(str::to_owned)),
                None => {}
            }
        }
        early
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn early(line: &str) -> Early {
        Early::read(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn guests_are_found_in_every_spelling() {
        let found = early("dorcas update --guest a.wasm --guest=b.wasm --x_flag y --guest=c.wasm d -- --guest e");
        assert_eq!(found.guests, ["a.wasm", "b.wasm", "c.wasm"].map(PathBuf::from));
    }

    #[test]
    fn a_log_is_asked_for_before_two_dashes() {
        assert!(early("dorcas update --log").log && early("dorcas update --log a").log);
        assert!(!early("dorcas update --guest log -- --log").log);
    }

    #[test]
    fn limits_are_found_in_every_spelling() {
        let found = early("dorcas update --limit a=1 - --limit=b=2 --guest --limit c -- --limit=d=4");
        assert_eq!(found.limits, ["a=1", "b=2", "c"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_is_found_that_is_not_utf_8() {
        use std::os::unix::ffi::OsStrExt as _;
        let line = [&b"dorcas"[..], b"update", b"--guest=\xff.wasm", b"--guest", b"\xfe.wasm"];
        let line = line.map(|arg| std::ffi::OsStr::from_bytes(arg).to_owned());
        let found = Early::read(&line).guests;
        let bytes: Vec<_> = found.iter().map(|path| path.as_os_str().as_bytes()).collect();
        assert_eq!(bytes, [b"\xff.wasm", b"\xfe.wasm"]);
    }
}
