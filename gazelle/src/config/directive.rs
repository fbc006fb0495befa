//! The directives that the pipeline itself understands: each with its name, its value, its help, and what it does.
//!
//! A new one is an entry of [`DIRECTIVES`], and the code that asks [`Config`](super::Config) about it.

use super::{
    Config, Remark, build_file_names, error, fatal, languages, limit,
    mapping::{Aliases, Mappings},
    names::Names,
    overrides::{self, PatternFault},
    paths::{PathFault, Paths},
    warning,
};
use crate::glob::join_clean;

/// A directive that the pipeline itself understands, whichever languages take part.
///
/// ```
/// let directives = dorcas_gazelle::pipeline_directives();
/// let exclude = directives.iter().find(|directive| directive.name == "exclude").unwrap();
/// assert_eq!(exclude.value, "GLOB");
/// ```
pub struct PipelineDirective {
    /// The word after `# gazelle:`.
    pub name: &'static str,
    /// The form of its value, `FROM TO FILE`; empty if it takes none.
    pub value: &'static str,
    /// One sentence for users, without a full stop.
    pub help: &'static str,
    /// Obeys it.
    pub(super) read: fn(&mut Reader<'_>, &str) -> Result<(), Remark>,
    /// What another one of this name must be about to take its place.
    pub(super) subject: Subject,
}

/// Which directives of one name replace each other: of those with the same subject the last one counts, the one furthest
/// down in the file, or in the lowest directory.
pub(super) enum Subject {
    /// None do: they add up.
    Each,
    /// All do.
    Name,
    /// Those whose values begin with the same word.
    FirstWord,
    /// Those for the same import, in rules of the same language.
    Import,
}

impl Subject {
    /// The subject of a value; `None` if no other takes its place.
    pub(super) fn of<'v>(&self, value: &'v str) -> Option<Vec<&'v str>> {
        match self {
            Self::Each => None,
            Self::Name => Some(Vec::new()),
            Self::FirstWord => Some(value.split_whitespace().take(1).collect()),
            Self::Import => overrides::subject(value),
        }
    }
}

/// What holds in a directory, while its directives are read.
pub(super) struct Reader<'a> {
    /// The directory, from the root.
    pub(super) rel: &'a str,
    pub(super) config: Config,
    pub(super) overrides: overrides::Builder,
    pub(super) excludes: Paths,
    pub(super) follow: Paths,
    pub(super) mappings: Mappings,
    pub(super) aliases: Aliases,
}

/// All directives of the pipeline, by name.
pub fn pipeline_directives() -> &'static [PipelineDirective] {
    &DIRECTIVES
}

pub(crate) static DIRECTIVES: [PipelineDirective; 11] = [
    PipelineDirective {
        name: "alias_kind",
        value: "ALIAS KIND",
        help: "Rules of the kind ALIAS, a macro of the repository, are treated as rules of KIND",
        read: |reader, value| reader.aliases.add(value).map_err(error),
        subject: Subject::FirstWord,
    },
    PipelineDirective {
        name: "build_file_name",
        value: "NAMES",
        help: "Names of BUILD files, with commas: new ones get the first, and in a directory the first that is there \
               counts",
        read: |reader, value| {
            reader.config.build_file_names = build_file_names(value).map_err(fatal)?;
            Ok(())
        },
        subject: Subject::Name,
    },
    PipelineDirective {
        name: "directive_file",
        value: "FILE",
        help: "Reads directives from a file, whose path is relative to the directory",
        // `files::expand` has put the file's directives in its place.
        read: |_, _| Ok(()),
        subject: Subject::Each,
    },
    PipelineDirective {
        name: "exclude",
        value: "GLOB",
        help: "Leaves out files and directories whose path from this directory matches",
        read: |reader, value| reader.excludes.add(&join_clean(reader.rel, value)).map_err(|fault| of_glob(&fault)),
        subject: Subject::Each,
    },
    PipelineDirective {
        name: "follow",
        value: "GLOB",
        help: "Follows symbolic links to directories whose path from this directory matches",
        read: |reader, value| reader.follow.add(&join_clean(reader.rel, value)).map_err(|fault| of_glob(&fault)),
        subject: Subject::Each,
    },
    PipelineDirective {
        name: "generation_mode",
        value: "update_only | create_and_update",
        help: "Whether directories without a BUILD file get one; the files of one that gets none belong to the package \
               above it",
        read: |reader, value| {
            reader.config.update_only = match value.trim() {
                "update_only" => true,
                "create_and_update" => false,
                _ => return Err(fatal(format!("{value:?} is neither update_only nor create_and_update"))),
            };
            Ok(())
        },
        subject: Subject::Name,
    },
    PipelineDirective {
        name: "ignore",
        value: "",
        help: "Leaves the BUILD file of this directory as it is; not those of the directories in it",
        read: |reader, value| {
            reader.config.ignore = true;
            let takes_none = || warning(format!("it takes no value; to leave {value:?} out, use exclude"));
            if value.is_empty() { Ok(()) } else { Err(takes_none()) }
        },
        subject: Subject::Each,
    },
    PipelineDirective {
        name: "lang",
        value: "NAMES",
        help: "The languages that take part, with commas; all of them if the value is empty",
        read: |reader, value| {
            reader.config.languages = Names::new(languages(value));
            Ok(())
        },
        subject: Subject::Name,
    },
    PipelineDirective {
        name: "map_kind",
        value: "FROM TO FILE",
        help: "Rules of the kind FROM are written as rules of TO, which is loaded from FILE",
        read: |reader, value| reader.mappings.add(value).map_err(error),
        subject: Subject::FirstWord,
    },
    PipelineDirective {
        name: "resolve",
        value: "LANGUAGE [RULE_LANGUAGE] IMPORT LABEL",
        help: "Resolves an import of a language to a label, in rules of RULE_LANGUAGE if that is another",
        read: |reader, value| reader.overrides.add(reader.rel, value).map_err(warning),
        subject: Subject::Import,
    },
    PipelineDirective {
        name: "resolve_regexp",
        value: "LANGUAGE [RULE_LANGUAGE] REGEXP LABEL",
        help: "Resolves imports that a regular expression matches; $1 in the label is its first group",
        read: |reader, value| {
            reader.overrides.add_pattern(reader.rel, value).map_err(|fault| match fault {
                PatternFault::Malformed(fault) => warning(fault),
                PatternFault::TooLarge(fault) => limit(fault),
            })
        },
        subject: Subject::Each,
    },
];

/// The directive of this name, if the pipeline has one.
pub(crate) fn find(name: &str) -> Option<&'static PipelineDirective> {
    DIRECTIVES.iter().find(|directive| directive.name == name)
}

/// What is wrong with a glob. One that is no glob means nothing, as in Gazelle; one that is too much would mean something.
fn of_glob(fault: &PathFault) -> Remark {
    if fault.cause.is_limit() { limit(fault.to_string()) } else { warning(fault.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_sorted_and_have_help() {
        assert!(DIRECTIVES.is_sorted_by_key(|directive| directive.name));
        for PipelineDirective { name, help, .. } in &DIRECTIVES {
            assert!(help.len() > 20 && !help.ends_with('.') && help.starts_with(char::is_uppercase), "{name}: {help}");
        }
    }
}
