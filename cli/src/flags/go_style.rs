//! Go's way of writing flags: `-mode print` and `-mode=print`.

use super::guest::longs;
use clap::Command;
use std::ffi::{OsStr, OsString};

/// The same line with two dashes in front of each flag. One that the command doesn't have gets them too, where it has
/// more than a letter: it is refused by its whole name then.
pub(crate) fn from_go_style(args: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let Some(subcommand) = args.get(1).and_then(|name| command.find_subcommand(name)) else { return args };
    // `dorcas run m.wasm f -inf` is a number.
    let takes_hyphens = subcommand.get_arguments().any(clap::Arg::is_allow_hyphen_values_set);
    let is_flag = |name: &OsStr| name == "help" || subcommand.get_arguments().flat_map(longs).any(|long| long == name);
    let mut only_operands = false;
    args.into_iter()
        .map(|arg| {
            only_operands |= arg == "--";
            match name(&arg) {
                Some(name) if !only_operands && (is_flag(name) || is_word(name) && !takes_hyphens) => {
                    let mut long = OsString::from("-");
                    long.push(&arg);
                    long
                }
                _ => arg,
            }
        })
        .collect()
}

/// Whether it is a name, and no negative number nor a letter or two that stand for flags.
fn is_word(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.len() > 2 && name.starts_with(|char: char| char.is_ascii_alphabetic())
}

/// The name of a flag with one dash.
fn name(arg: &OsStr) -> Option<&OsStr> {
    use clap_lex::OsStrExt as _;
    let flag = arg.strip_prefix("-").filter(|flag| !flag.starts_with("-"))?;
    Some(flag.split_once("=").map_or(flag, |(name, _)| name))
}
