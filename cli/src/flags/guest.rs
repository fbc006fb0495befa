//! The flags that guests declare in their manifests.

use super::switch;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dorcas_abi::message::{Flag, FlagType};
use dorcas_host::printable;
use std::collections::BTreeSet;

/// A flag that a guest declares, and the language that declares it.
pub(crate) struct GuestFlag {
    pub(crate) lang: String,
    pub(crate) flag: Flag,
}

/// Names of guests' flags, and the values that a command line gives them.
pub(crate) type GuestFlagValues = Vec<(String, String)>;

impl From<&GuestFlag> for Arg {
    /// A guest's own flag. Its name is the guest's; a dash for an underscore does as well.
    fn from(GuestFlag { lang, flag }: &GuestFlag) -> Self {
        let help = match (&flag.ty, flag.default.as_str()) {
            (FlagType::Strings, _) | (_, "" | "false") => flag.help.clone(),
            (_, default) => format!("{} [default: {default}]", flag.help),
        };
        // No name of a flag begins with a dash, so none is the identifier of something else.
        let arg = Self::new(id(flag))
            .long(flag.name.clone())
            .help(printable(&help, MAX_HELP_BYTES))
            .help_heading(format!("Flags of the language {lang}"));
        let arg = if flag.name.contains('_') { arg.alias(dashed(&flag.name)) } else { arg };
        match flag.ty {
            FlagType::Bool => switch(arg),
            FlagType::String => arg.value_name("TEXT"),
            FlagType::Int => arg.value_name("N").value_parser(value_parser!(i64)).allow_negative_numbers(true),
            FlagType::Strings => arg.value_name("TEXT").action(ArgAction::Append),
        }
    }
}

/// Most bytes of a guest's text in a help text.
const MAX_HELP_BYTES: usize = 1000;

/// How clap identifies a guest's flag.
fn id(flag: &Flag) -> String {
    format!("-{}", flag.name)
}

/// The values of guests' flags on the command line, in the order of the flags.
pub(crate) fn guest_flag_values(matches: &ArgMatches, flags: &[GuestFlag]) -> GuestFlagValues {
    let values = |GuestFlag { flag, .. }: &GuestFlag| -> Vec<_> {
        values(matches, flag).into_iter().map(|value| (flag.name.clone(), value)).collect()
    };
    flags.iter().flat_map(values).collect()
}

/// The values of a guest's flag on this command line; empty if it isn't there.
fn values(matches: &ArgMatches, flag: &Flag) -> Vec<String> {
    let id = &id(flag);
    match flag.ty {
        FlagType::Bool => matches.get_one::<bool>(id).map(bool::to_string).into_iter().collect(),
        FlagType::Int => matches.get_one::<i64>(id).map(i64::to_string).into_iter().collect(),
        FlagType::String | FlagType::Strings => matches.get_many::<String>(id).into_iter().flatten().cloned().collect(),
    }
}

/// The names that the command's own flags have. Each guest takes more of them.
pub(crate) struct TakenNames(BTreeSet<String>);

impl TakenNames {
    /// The names of the flags of these commands.
    pub(crate) fn of<'a>(commands: impl IntoIterator<Item = &'a Command>) -> Self {
        let longs = commands.into_iter().flat_map(Command::get_arguments).flat_map(longs);
        let names = ["help", "h", "version", "V"].into_iter().chain(longs);
        Self(names.map(dashed).collect())
    }

    /// Takes a name; false if it is taken already.
    pub(crate) fn take(&mut self, name: &str) -> bool {
        self.0.insert(dashed(name))
    }
}

/// A flag's name with dashes for underscores, which mean the same.
fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

/// Whether the manifest's name of a flag is one that a command line can have (`manifest.names`).
pub(crate) fn is_flag_name(name: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.');
    !name.is_empty() && !name.starts_with('-') && name.chars().all(is_part)
}

/// All ways to write a flag after its dashes.
pub(super) fn longs(arg: &Arg) -> impl Iterator<Item = &str> {
    arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_flag_can_have() {
        for name in ["", "-x", "a=b", "a b", "ä", "\u{1b}[m"] {
            assert!(!is_flag_name(name), "{name}");
        }
        assert!(is_flag_name("a_b-c.d"));
    }
}
