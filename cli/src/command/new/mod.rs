//! `dorcas new`: a folder with a small language, to be changed into one's own.
//!
//! [`name`] is what a language can be called, [`mod@template`] what stands in which file, [`folder`] how it gets there.

mod folder;
mod name;
mod template;

use crate::{
    exit::{Ends, Failure, Status},
    flags::FormatFlag,
    json,
};
use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use folder::FolderError;
use name::NameError;
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

#[derive(Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(super) struct NewArgs {
    #[arg(long = "lang", value_name = "LANG", value_parser = template(), help = "The programming language to write it in")]
    template: &'static Template,
    #[arg(value_name = "NAME", help = "What the language is called, and the folder, in the working directory")]
    name: String,
    #[command(flatten)]
    format: FormatFlag,
}

fn template() -> impl TypedValueParser<Value = &'static Template> {
    let languages = Template::ALL.map(|template| PossibleValue::new(template.flag).help(template.needs));
    PossibleValuesParser::new(languages).map(|flag| Template::of(&flag))
}

impl Ends for NameError {
    fn status(&self) -> Status {
        Status::Usage
    }
}

impl Ends for FolderError {
    fn status(&self) -> Status {
        Status::System
    }
}

pub(super) fn run(args: &NewArgs) -> Result<ExitCode, Failure> {
    let (name, template) = (&args.name, args.template);
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
    if args.format.is_json() {
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
