//! The command line: what can be said, and how the habits of a Gazelle user are read.

use crate::{bounds, cache, conform, explain, golden, new, replay, seal, update::Mode};
use clap::{
    Arg, ArgAction, ArgMatches, Command,
    builder::{BoolishValueParser, PossibleValue, PossibleValuesParser},
    value_parser,
};
use dorcas_abi::message::{Flag, FlagType};
use dorcas_host::printable;
use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

/// A flag that a guest declares, and the language that declares it.
pub(crate) struct GuestFlag {
    pub(crate) lang: String,
    pub(crate) flag: Flag,
}

const UPDATE_EXAMPLES: &str = "\
Examples:
  dorcas update                           update the BUILD files of this directory and those in it
  dorcas update --mode diff api/v1        show what would change in another one
  dorcas update --guest my_lang.wasm      with a language from a file, beside the built-in ones
  dorcas update -mode print -repo_root .  Gazelle's spelling works too
  dorcas update --no-cache --stats        without what earlier runs have kept, and what that takes

Exit status: 0 done; 1 a directory failed, a guest reported an error, or --mode diff found changes;
2 the command line is wrong; 3 a guest can't be used; 4 the repository can't be read, or the output
can't be written.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  dorcas inspect guest/prebuilt/proto.wasm
  dorcas inspect --format json my_lang.wasm

Exit status: 0 it can be loaded; 2 the command line is wrong; 3 it can't.";

const CALL_EXAMPLES: &str = "\
Examples:
  dorcas call my_lang.wasm lang_name
  dorcas call my_lang.wasm manifest
  echo '{\"rel\": \"api\", \"subdirs\": [\"v1\"]}' | dorcas call my_lang.wasm generate_rules -

The request is the method's message as JSON; fields that are left out are empty. The response goes
to standard output as JSON; fuel, time and bytes go to standard error.

Exit status: 0 answered; 1 the guest answered with an error of its own, trapped or broke the ABI;
2 the command line or the request is wrong; 3 the guest can't be loaded.";

/// The command with all its flags; `guest_flags` are those that the manifests of this run's guests declare.
pub(crate) fn command(guest_flags: &[GuestFlag]) -> Command {
    Command::new("dorcas")
        .about("BUILD files from languages that are WebAssembly modules")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(update("update", "Generates and updates BUILD files", guest_flags))
        .subcommand(update("fix", "Like update, and lets languages repair deprecated usage", guest_flags))
        .subcommand(explain::command(guest_flags))
        .subcommand(
            Command::new("inspect")
                .about("Shows what a guest is: name, ABI, exports, sizes, manifest, digest")
                .after_help(INSPECT_EXAMPLES)
                .arg(guest_argument())
                .arg(limit())
                .arg(format()),
        )
        .subcommand(
            Command::new("call")
                .about("Calls one method of a guest: JSON in, JSON out")
                .after_help(CALL_EXAMPLES)
                .arg(guest_argument())
                .arg(log())
                .arg(Arg::new("method").value_name("METHOD").required(true).help("Name of the method, as exported"))
                .arg(
                    Arg::new("request")
                        .value_name("REQUEST")
                        .value_parser(value_parser!(PathBuf))
                        .help("File with the request as JSON, - for standard input; without it an empty request"),
                )
                .arg(limit()),
        )
        .subcommand(cache::command())
        .subcommand(conform::command())
        .subcommand(golden::command())
        .subcommand(new::command())
        .subcommand(replay::command())
        .subcommand(seal::command())
}

/// Guests beside the one in this binary.
pub(crate) fn guest_files() -> Arg {
    Arg::new("guest").long("guest").value_name("FILE").action(ArgAction::Append).value_parser(value_parser!(PathBuf))
}

/// The sandbox's limits.
pub(crate) fn limit() -> Arg {
    Arg::new("limit").long("limit").value_name("NAME=N").action(ArgAction::Append).help(
        "Sets a limit for guests, by the name that errors have for it: fuel_per_call=2000000000. That is for a request \
             of up to fuel_bytes, and once more for each fuel_bytes of it",
    )
}

fn guest_argument() -> Arg {
    Arg::new("guest")
        .value_name("GUEST")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("The guest, a .wasm file; `builtin:proto` is the one in this binary")
}

/// Lets guests import `dorcas.log`, and shows what they write there.
pub(crate) fn log() -> Arg {
    Arg::new("log")
        .long("log")
        .action(ArgAction::SetTrue)
        .help("Lets guests write to a log, by importing `dorcas.log`, and shows it on standard error")
}

pub(crate) fn format() -> Arg {
    Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(PossibleValuesParser::new(["human", "json"]))
        .default_value("human")
        .help("For people or for machines")
}

fn update(name: &'static str, about: &'static str, guest_flags: &[GuestFlag]) -> Command {
    Command::new(name)
        .about(about)
        .after_help(UPDATE_EXAMPLES)
        // As with Gazelle's flags, the last one counts.
        .args_override_self(true)
        .arg(Arg::new("dirs").value_name("DIR").num_args(0..).value_parser(value_parser!(PathBuf)).help(
            "Directories to update, with those in them; where none is given, the working directory, or all of a \
                     repository that is elsewhere",
        ))
        .arg(
            Arg::new("mode")
                .long("mode")
                .value_name("MODE")
                .value_parser(PossibleValuesParser::new(Mode::ALL.map(Mode::name)))
                .default_value("fix")
                .help("Write the files, print them, or show how they would change"),
        )
        .arg(
            switch("recursive")
                .alias("r")
                .default_value("true")
                .help("Whether to update the directories in a DIR too; -r=false does not"),
        )
        .args(of_any_run())
        .arg(strict())
        .arg(
            Arg::new("patch")
                .long("patch")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("With --mode diff, writes the patch to a file"),
        )
        .arg(
            Arg::new("print0")
                .long("print0")
                .action(ArgAction::SetTrue)
                .conflicts_with("format")
                .help("With --mode fix, prints the path of each file that was written, with a zero byte behind it"),
        )
        .args(bounds::flags())
        .args(cache::flags())
        .arg(
            Arg::new("quiet")
                .long("quiet")
                .action(ArgAction::SetTrue)
                .help("Leaves out the line that says what was done"),
        )
        .arg(
            Arg::new("stats")
                .long("stats")
                .action(ArgAction::SetTrue)
                .help("Shows calls, fuel, time and bytes of each guest"),
        )
        .arg(
            Arg::new("record").long("record").value_name("FILE").value_parser(value_parser!(PathBuf)).help(
                "Writes every call of a guest to a file, for `dorcas replay`; nothing is taken from the cache then",
            ),
        )
        .arg(format())
        .args(guest_flags.iter().map(guest_flag))
}

/// What any run over a repository can be told.
pub(crate) fn of_any_run() -> [Arg; 10] {
    [
            Arg::new("repo-root")
                .long("repo-root")
                .alias("repo_root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Root of the repository; where it isn't given, the closest folder at or above this one that \
                       has a MODULE.bazel, REPO.bazel, WORKSPACE.bazel or WORKSPACE file"),
            guest_files()
                .help("Adds a language from a .wasm file; may be repeated, languages run in this order"),
            limit(),
            Arg::new("lang")
                .long("lang")
                .value_name("NAMES")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .help("Languages that take part where no `# gazelle:lang` says otherwise; all where it isn't given"),
            Arg::new("index")
                .long("index")
                .value_name("WHICH")
                .value_parser(PossibleValuesParser::new([
                    PossibleValue::new("all").alias("true"),
                    PossibleValue::new("lazy"),
                    PossibleValue::new("none").alias("false"),
                ]))
                .default_value("all")
                .help("Directories whose rules dependencies may resolve to: all of the repository, the updated ones and those that languages name, or none"),
        Arg::new("build-file-name")
            .long("build-file-name")
            .alias("build_file_name")
            .value_name("NAMES")
            .value_delimiter(',')
            .default_value("BUILD.bazel,BUILD")
            .help("Names of BUILD files: new ones get the first, and in a directory the first that is there counts"),
        Arg::new("exclude")
            .long("exclude")
            .value_name("GLOB")
            .action(ArgAction::Append)
            .help("Leaves out files and directories whose path from the root matches; may be repeated"),
        switch("drop-keep")
            .aliases(["remove-noop-keep-comments", "remove_noop_keep_comments"])
            .default_value("false")
            .help("Removes `# keep` where it keeps nothing; `dorcas fix` always does"),
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(value_parser!(u16).range(1..=1024))
                .help("Threads to work on; one a processor where it isn't given. The result is the same"),
            log().help("Lets guests write to a log, by importing `dorcas.log`, and shows it on standard error; every call is made, \
                        on one thread, so that all of it comes in order"),
    ]
}

fn strict() -> Arg {
    switch("strict")
        .default_value("false")
        .help("Does nothing at all if a BUILD file can't be understood or has an unknown directive")
}

/// A flag that is true where it stands alone; `-name=false` says no, as with Gazelle.
pub(crate) fn switch(name: impl Into<String>) -> Arg {
    let name = name.into();
    Arg::new(name.clone())
        .long(name)
        .value_name("BOOL")
        .value_parser(BoolishValueParser::new())
        .hide_possible_values(true)
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
}

/// Most bytes of a guest's text in a help text.
const MAX_HELP_BYTES: usize = 1000;

/// A guest's own flag. Its name is the guest's; a dash for an underscore does as well.
pub(crate) fn guest_flag(GuestFlag { lang, flag }: &GuestFlag) -> Arg {
    let help = match (&flag.ty, flag.default.as_str()) {
        (FlagType::Strings, _) | (_, "" | "false") => flag.help.clone(),
        (_, default) => format!("{} [default: {default}]", flag.help),
    };
    let arg = match flag.ty {
        FlagType::Bool => switch(&flag.name),
        _ => Arg::new(flag.name.clone()).long(flag.name.clone()),
    };
    let arg = arg
        // No name of a flag begins with a dash, so none is the identifier of something else.
        .id(format!("-{}", flag.name))
        .help(printable(&help, MAX_HELP_BYTES))
        .help_heading(format!("Flags of the language {lang}"));
    let arg = if flag.name.contains('_') { arg.alias(dashed(&flag.name)) } else { arg };
    match flag.ty {
        FlagType::Bool => arg,
        FlagType::String => arg.value_name("TEXT"),
        FlagType::Int => arg.value_name("N").value_parser(value_parser!(i64)).allow_negative_numbers(true),
        FlagType::Strings => arg.value_name("TEXT").action(ArgAction::Append),
    }
}

/// The names that the command's own flags have. Each guest takes more of them.
pub(crate) struct TakenNames(BTreeSet<String>);

impl TakenNames {
    pub(crate) fn new() -> Self {
        let (update, explain) = (update("update", "", &[]), explain::command(&[]));
        let longs = update.get_arguments().chain(explain.get_arguments()).flat_map(longs);
        let names = ["help", "h", "version", "V"].into_iter().chain(longs);
        Self(names.map(dashed).collect())
    }

    /// Takes a name; says no where it is taken already.
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
fn longs(arg: &Arg) -> impl Iterator<Item = &str> {
    arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default())
}

/// The guests that the command line names, read before the command is complete: their manifests bring flags of their own.
pub(crate) fn guests_named(args: &[OsString]) -> Vec<PathBuf> {
    values_of("guest", args).into_iter().map(PathBuf::from).collect()
}

/// What the command line says of limits, read as early: guests are loaded under them.
pub(crate) fn limits_named(args: &[OsString]) -> impl Iterator<Item = &str> {
    values_of("limit", args).into_iter().filter_map(OsStr::to_str)
}

/// The values of a flag that may be repeated, on a command line that nobody has understood yet.
fn values_of<'a>(flag: &str, args: &'a [OsString]) -> Vec<&'a OsStr> {
    let mut values = Vec::new();
    let mut rest = args.iter().skip(1);
    while let Some(arg) = rest.next() {
        let Some(text) = arg.to_str() else { continue };
        let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-'));
        match name.map(|name| name.split_once('=').unwrap_or((name, ""))) {
            Some(("", "")) if text == "--" => break,
            Some((name, _)) if name != flag => {}
            Some((_, value)) if text.contains('=') => values.push(OsStr::new(value)),
            Some(_) => values.extend(rest.next().map(OsString::as_os_str)),
            None => {}
        }
    }
    values
}

/// Whether the command line lets guests write to a log, which is known before they are loaded.
pub(crate) fn logs(args: &[OsString]) -> bool {
    args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--log" || arg == "-log")
}

/// Reads Go's way of writing flags, `-mode print` and `-mode=print`, as `--mode`, where the command has such a flag.
pub(crate) fn from_go_style(args: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let Some(subcommand) = args.get(1).and_then(|name| command.find_subcommand(name)) else { return args };
    let is_flag = |name: &str| name == "help" || subcommand.get_arguments().flat_map(longs).any(|long| long == name);
    let mut only_operands = false;
    args.into_iter()
        .map(|arg| {
            only_operands |= arg == "--";
            let flag = arg.to_str().and_then(|text| text.strip_prefix('-')).filter(|text| !text.starts_with('-'));
            match flag.map(|text| text.split('=').next().unwrap_or(text)) {
                Some(name) if !only_operands && is_flag(name) => {
                    let mut long = OsString::from("-");
                    long.push(&arg);
                    long
                }
                _ => arg,
            }
        })
        .collect()
}

/// The values of a guest's flag on this command line; none where it isn't there.
pub(crate) fn guest_flag_values(matches: &ArgMatches, flag: &Flag) -> Vec<String> {
    let id = format!("-{}", flag.name);
    match flag.ty {
        FlagType::Bool => matches.get_one::<bool>(&id).map(bool::to_string).into_iter().collect(),
        FlagType::Int => matches.get_one::<i64>(&id).map(i64::to_string).into_iter().collect(),
        FlagType::String | FlagType::Strings => {
            matches.get_many::<String>(&id).into_iter().flatten().cloned().collect()
        }
    }
}

/// Whether the output is for machines.
pub(crate) fn is_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("format").is_some_and(|format| format == "json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn proto_flag() -> GuestFlag {
        let flag = Flag { name: "proto_group".into(), ty: FlagType::String, ..Flag::default() };
        GuestFlag { lang: "proto".into(), flag }
    }

    #[test]
    fn the_command_is_sound() {
        command(&[proto_flag()]).debug_assert();
    }

    #[test]
    fn one_dash_is_as_good_as_two_for_a_known_flag() {
        let command = command(&[proto_flag()]);
        assert_eq!(
            from_go_style(
                words("dorcas update -mode print -repo_root=. -proto_group x -r=false -help -q dir"),
                &command
            ),
            words("dorcas update --mode print --repo_root=. --proto_group x --r=false --help -q dir"),
        );
    }

    #[test]
    fn after_two_dashes_all_are_directories() {
        let line = words("dorcas update -- -mode");
        assert_eq!(from_go_style(line.clone(), &command(&[])), line);
    }

    #[test]
    fn guests_are_found_in_every_spelling() {
        assert_eq!(
            guests_named(&words("dorcas update --guest a.wasm -guest=b.wasm --guest=c.wasm d -- --guest e")),
            ["a.wasm", "b.wasm", "c.wasm"].map(PathBuf::from),
        );
    }

    #[test]
    fn a_log_is_asked_for_before_two_dashes() {
        assert!(logs(&words("dorcas update --log")) && logs(&words("dorcas update -log a")));
        assert!(!logs(&words("dorcas update --guest log -- --log")));
    }

    #[test]
    fn limits_are_found_in_every_spelling() {
        let line = words("dorcas update --limit a=1 - -limit=b=2 --guest --limit c -- --limit=d=4");
        assert_eq!(limits_named(&line).collect::<Vec<_>>(), ["a=1", "b=2", "c"]);
    }

    #[test]
    fn a_name_is_taken_once() {
        let mut names = TakenNames::new();
        for name in ["mode", "repo_root", "help", "r"] {
            assert!(!names.take(name), "{name}");
        }
        // `dirs` is what the operands are called in here, and no flag.
        assert!(names.take("dirs") && names.take("proto_group") && names.take("proto_mode"));
        assert!(!names.take("proto-group"));
    }

    #[test]
    fn a_guests_flag_is_read_by_its_type() {
        let flag = |name: &str, ty| Flag { name: name.into(), ty, ..Flag::default() };
        let flags = [
            flag("b_b", FlagType::Bool),
            flag("dirs", FlagType::Strings),
            flag("i", FlagType::Int),
            flag("s", FlagType::String),
        ];
        let guest_flags: Vec<_> = flags.iter().map(|flag| GuestFlag { lang: "x".into(), flag: flag.clone() }).collect();
        let mut command = command(&guest_flags);
        command.build();
        let line = words("dorcas update -b-b -dirs 1 a -i -3 -dirs=2 -s x -s y -b_b=F b");
        let matches = command.clone().try_get_matches_from(from_go_style(line, &command)).unwrap();
        let (_, matches) = matches.subcommand().unwrap();
        let values = flags.map(|flag| guest_flag_values(matches, &flag).join(" "));
        assert_eq!(values, ["false", "1 2", "-3", "y"]);
        assert_eq!(matches.get_many::<PathBuf>("dirs").unwrap().collect::<Vec<_>>(), ["a", "b"].map(Path::new));
    }

    #[test]
    fn names_that_no_flag_can_have() {
        for name in ["", "-x", "a=b", "a b", "ä", "\u{1b}[m"] {
            assert!(!is_flag_name(name), "{name}");
        }
        assert!(is_flag_name("a_b-c.d"));
    }
}
