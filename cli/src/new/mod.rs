//! `dorcas new`: a folder with a small language, to be changed into one's own.
//!
//! [`name`] is what a language can be called, [`template`] what stands in which file, [`folder`] how it gets there.

mod folder;
mod name;
mod template;

use crate::{args, exit::Failure, json};
use clap::{
    Arg, ArgMatches, Command,
    builder::{PossibleValue, PossibleValuesParser},
};
pub(crate) use folder::FolderError;
pub(crate) use name::NameError;
use serde::Serialize;
use std::{
    io::{self, Write as _},
    process::ExitCode,
};
use template::Template;

const EXAMPLES: &str = "\
Examples:
  dorcas new --lang zig css           make css/, with a guest in Zig
  dorcas new --lang rust my_lang      make my_lang/, with one in Rust

The folder has a language that works, a test of it, and the sources of the SDK: a rule for each file
*.NAME, with what its lines `import DIR/FILE` name as its dependencies. It builds with one command,
and needs the toolchain of its programming language and dorcas, nothing else of Dorcas.

A name begins with a lower-case letter and goes on with lower-case letters, digits and underscores,
32 bytes at most.

Exit status: 0 made; 2 the command line is wrong; 4 the folder is there already and isn't empty, or
it can't be written. Then nothing has been made.";

/// The subcommand and its flags.
pub(crate) fn command() -> Command {
    let languages = Template::ALL.map(|template| PossibleValue::new(template.flag).help(template.needs));
    Command::new("new")
        .about("Makes a folder with a language to begin with, its tests and its SDK")
        .after_help(EXAMPLES)
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("LANG")
                .required(true)
                .value_parser(PossibleValuesParser::new(languages))
                .help("The programming language to write it in"),
        )
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("What the language is called, and the folder, in the working directory"),
        )
        .arg(args::format())
}

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let argument = |name| matches.get_one::<String>(name).expect("the argument is required").as_str();
    let template = Template::of(argument("lang"));
    let name = argument("name");
    name::check(name)?;
    let files = template.files(name);
    folder::make(name, &files)?;

    let guest = template.guest(name);
    let made = Made {
        name,
        language: template.flag,
        needs: template.needs,
        files: files.iter().map(|file| file.path.as_str()).collect(),
        commands: vec![
            format!("cd {name}"),
            template.build.into(),
            format!("dorcas conform --strict {guest}"),
            format!("dorcas golden --strict testdata --guest {guest}"),
            format!("dorcas update --guest {guest} --repo-root REPOSITORY"),
        ],
        guest,
    };
    let mut out = io::stdout().lock();
    if args::is_json(matches) {
        json::write(&made, &mut out)?;
    } else {
        writeln!(out, "made {name}/ with {} files; it needs {}\n\nNext:", made.files.len(), made.needs)?;
        for command in &made.commands {
            writeln!(out, "  {command}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What has been made, for machines.
#[derive(Serialize)]
struct Made<'a> {
    name: &'a str,
    language: &'a str,
    needs: &'a str,
    /// Where the guest will be when it is built, from the folder.
    guest: String,
    files: Vec<&'a str>,
    /// What to type next.
    commands: Vec<String>,
}
