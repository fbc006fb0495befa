//! What may a case's arguments say?

use super::{super::repository, case::CaseError};
use crate::flags::{GuestFlag, from_go_style};
use clap::parser::ValueSource;
use std::ffi::OsString;

/// The flags that a case may have, beside those of guests: they change what comes out, and neither what is read nor where
/// anything is written.
const ALLOWED: [&str; 13] = [
    "build-file-name",
    "drop-keep",
    "exclude",
    "format",
    "index",
    "lang",
    "log",
    "mode",
    "no-cache",
    "print0",
    "quiet",
    "recursive",
    "strict",
];

/// Refuses arguments with any other flag. What isn't a command line at all is left to the run, which says so.
pub(super) fn check(command: &str, arguments: &[String], guest_flags: &[GuestFlag]) -> Result<(), CaseError> {
    let refused = |flag: &str| Err(CaseError::Flag { flag: flag.into() });
    let line: Vec<OsString> =
        ["dorcas", command].into_iter().map(OsString::from).chain(arguments.iter().map(OsString::from)).collect();
    // These two are obeyed before the command line is understood.
    let early = repository::early(&line).unwrap_or_default();
    if !early.guests.is_empty() {
        return refused("guest");
    }
    if !early.limits.is_empty() {
        return refused("limit");
    }
    let known = repository::command(guest_flags);
    let line = from_go_style(line, &known);
    let Ok(matches) = known.clone().try_get_matches_from(line) else { return Ok(()) };
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let flags = known.find_subcommand(name).into_iter().flat_map(clap::Command::get_arguments);
    let mut flags = flags.filter_map(|arg| Some((arg.get_id().as_str(), arg.get_long()?)));
    let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    // What identifies a guest's flag has a dash in front.
    let allowed = |id: &str, flag: &str| id.starts_with('-') || ALLOWED.contains(&flag);
    match flags.find(|(id, flag)| given(id) && !allowed(id, flag)) {
        Some((_, flag)) => refused(flag),
        None => Ok(()),
    }
}

/// The flags that a case may have, for people.
pub(super) fn allowed() -> String {
    ALLOWED.map(|flag| format!("--{flag}")).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(arguments: &str) -> Option<String> {
        let arguments: Vec<_> = arguments.lines().map(String::from).collect();
        match check("update", &arguments, &[]) {
            Ok(()) => None,
            Err(CaseError::Flag { flag }) => Some(flag),
            Err(error) => Some(error.to_string()),
        }
    }

    #[test]
    fn flags_that_reach_beyond_a_case() {
        for (arguments, flag) in [
            ("--record\n/tmp/x", "record"),
            ("-record=/tmp/x", "record"),
            ("--mode=diff\n--patch=/tmp/x", "patch"),
            ("-mode\ndiff\n-patch\n/tmp/x", "patch"),
            ("--repo-root=/", "repo-root"),
            ("-repo_root\n/", "repo-root"),
            ("--repo_root=.", "repo-root"),
            ("--guest\nspin.wasm", "guest"),
            ("-guest=spin.wasm", "guest"),
            ("--exclude\n--guest\nspin.wasm", "guest"),
            ("--limit\nfuel_per_call=18446744073709551615", "limit"),
            ("-limit=fuel_per_call=1", "limit"),
            ("--cache-dir=/tmp/x", "cache-dir"),
            ("--threads=1000", "threads"),
            ("--stats", "stats"),
        ] {
            assert_eq!(refused(arguments).as_deref(), Some(flag), "{arguments}");
            assert_eq!(refused(&format!("-mode=diff\n{arguments}\nshop")).as_deref(), Some(flag), "{arguments}");
        }
    }

    #[test]
    fn flags_that_change_what_comes_out() {
        for arguments in
            ["", "-mode\ndiff", "-r=false", "-lang=proto\na\nb", "-index=lazy", "--\n--record", "-nonsense"]
        {
            assert_eq!(refused(arguments), None, "{arguments}");
        }
    }

    #[test]
    fn every_flag_that_is_allowed_exists() {
        let command = repository::command(&[]);
        let update = command.find_subcommand("update").unwrap();
        for flag in ALLOWED {
            assert!(update.get_arguments().any(|arg| arg.get_long() == Some(flag)), "{flag}");
        }
    }
}
