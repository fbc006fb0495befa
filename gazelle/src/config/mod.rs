//! What do the directives that hold in a directory say?
//!
//! A directory inherits what holds in the one it is in, and adds what its own BUILD file says.
//!
//! [`directive`] has a table of all directives, [`files`] those that stand in other files; `alias_kind` and `map_kind` are in
//! [`mapping`], `exclude` and `follow` in [`paths`], `resolve` and `resolve_regexp` in [`overrides`].

mod directive;
mod expression;
mod files;
mod mapping;
mod names;
mod overrides;
mod paths;

pub(crate) use directive::find;
pub use directive::{PipelineDirective, pipeline_directives};
pub(crate) use files::expand;
pub(crate) use mapping::{Aliases, Circle, Mappings};
pub(crate) use overrides::Overrides;

use crate::{error::shortened, options::Options, repo::RepoPath, stop};
use directive::Reader;
use dorcas_abi::message::{Directive, Severity};
use names::Names;
use paths::Paths;
use std::sync::Arc;

/// What holds in a directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    excludes: Arc<Paths>,
    follow: Arc<Paths>,
    /// Whether the directory's BUILD file is to be left alone.
    pub(crate) ignore: bool,
    /// Whether there are to be no new BUILD files.
    pub(crate) update_only: bool,
    /// The names of BUILD files.
    pub(crate) build_file_names: Arc<Names>,
    /// The languages that take part; all if there are none.
    languages: Arc<Names>,
    pub(crate) mappings: Arc<Mappings>,
    pub(crate) aliases: Arc<Aliases>,
    pub(crate) overrides: Arc<Overrides>,
}

/// Something that is wrong with a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) severity: Severity,
    pub(crate) message: String,
    /// The directive that has no effect because of this, by its number.
    pub(crate) directive: Option<usize>,
    /// Whether nobody can say what holds in the directory, nor in those in it.
    pub(crate) fatal: bool,
    /// Whether it is about a limit.
    pub(crate) is_limit: bool,
}

/// Where a directive stands that a directive file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InFile {
    /// Its number among the directory's directives.
    pub(crate) directive: usize,
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl Config {
    /// What the command line says.
    pub(crate) fn root(options: &Options) -> Result<Self, String> {
        for name in &options.build_file_names {
            build_file_names(name).map_err(|fault| format!("--build-file-name: {fault}"))?;
        }
        let mut config = Self {
            build_file_names: Names::new(options.build_file_names.iter().map(String::as_str)),
            languages: Names::new(options.languages.iter().map(String::as_str)),
            ..Self::default()
        };
        let mut excludes = Paths::default();
        for glob in &options.exclude {
            excludes.add(glob).map_err(|fault| format!("{:?} cannot be excluded: {fault}", shortened(glob)))?;
        }
        config.excludes = excludes.finish(&config.excludes);
        Ok(config)
    }

    /// What holds in a directory of this one whose BUILD file has these directives.
    pub(crate) fn below(&self, rel: &str, directives: &[Directive], remarks: &mut Vec<Remark>) -> Self {
        let mut reader = Reader {
            rel,
            config: Self { ignore: false, ..self.clone() },
            overrides: overrides::Builder::default(),
            excludes: Paths::default(),
            follow: Paths::default(),
            mappings: Mappings::default(),
            aliases: Aliases::default(),
        };
        for (number, Directive { key, value }) in directives.iter().enumerate() {
            if stop::is_set() {
                break;
            }
            let result = find(key).map_or(Ok(()), |directive| (directive.read)(&mut reader, value));
            if let Err(Remark { severity, message, fatal, is_limit, .. }) = result {
                let message = format!("directive `{key} {}`: {message}", shortened(value));
                remarks.push(Remark { severity, message, directive: Some(number), fatal, is_limit });
            }
        }
        let Reader { mut config, overrides, excludes, follow, mappings, aliases, .. } = reader;
        config.overrides = overrides.finish(&self.overrides);
        config.excludes = excludes.finish(&self.excludes);
        config.follow = follow.finish(&self.follow);
        config.mappings = mappings.finish(&self.mappings);
        config.aliases = aliases.finish(&self.aliases);
        config
    }

    pub(crate) fn excludes(&self, path: &str) -> bool {
        self.excluding(path).is_some()
    }

    /// The glob, from the root, that leaves a path out.
    pub(crate) fn excluding(&self, path: &str) -> Option<&str> {
        self.excludes.find(path)
    }

    pub(crate) fn follows(&self, path: &str) -> bool {
        self.follow.find(path).is_some()
    }

    /// Whether a language takes part.
    pub(crate) fn has_language(&self, name: &str) -> bool {
        self.languages.is_empty() || self.languages.has(name)
    }
}

/// The languages that a text names, with commas between.
pub(crate) fn languages(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// The names of BUILD files that a text stands for. None of them leads out of its directory.
fn build_file_names(text: &str) -> Result<Arc<Names>, String> {
    let is_name = |name: &&str| name.is_empty() || RepoPath::parse(name).is_ok_and(|name| !name.as_str().contains('/'));
    match text.split(',').find(|name| !is_name(name)) {
        None => Ok(Names::new(text.split(','))),
        Some(name) => Err(format!("{:?} is not a name of a file in its directory", shortened(name))),
    }
}

fn error(message: String) -> Remark {
    Remark { severity: Severity::Error, message, directive: None, fatal: false, is_limit: false }
}

fn fatal(message: String) -> Remark {
    Remark { fatal: true, ..error(message) }
}

/// More than there is room for. What would hold without the directive isn't what was meant, so nothing is done.
fn limit(message: String) -> Remark {
    Remark { is_limit: true, ..fatal(message) }
}

fn warning(message: String) -> Remark {
    Remark { severity: Severity::Warning, ..error(message) }
}

/// The subject of a directive of the pipeline's own, if another with the same subject that is read later takes its place: one
/// further down in the file, or in a directory below.
pub(crate) fn subject(directive: &Directive) -> Option<(&str, Vec<&str>)> {
    let about = find(&directive.key)?.subject.of(&directive.value)?;
    Some((&directive.key, about))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(parent: &Config, rel: &str, directives: &[(&str, &str)]) -> (Config, Vec<String>) {
        let directives: Vec<_> =
            directives.iter().map(|(key, value)| Directive { key: (*key).into(), value: (*value).into() }).collect();
        let mut remarks = Vec::new();
        let config = parent.below(rel, &directives, &mut remarks);
        (config, remarks.into_iter().map(|remark| format!("{:?}: {}", remark.severity, remark.message)).collect())
    }

    #[test]
    fn what_holds_above_holds_below() {
        let root = Config::root(&Options::new("")).unwrap();
        let (a, _) =
            below(&root, "a", &[("exclude", "*.x"), ("lang", "p,q"), ("build_file_name", "B"), ("ignore", "")]);
        let (b, _) = below(&a, "a/b", &[("exclude", "./y/**"), ("generation_mode", "update_only")]);
        assert!(b.excludes("a/n.x") && b.excludes("a/b/y") && b.excludes("a/b/y/z") && !b.excludes("a/b/n.x"));
        assert!(!a.excludes("a/b/y") && a.ignore && !b.ignore && b.update_only && !a.update_only);
        assert_eq!((b.build_file_names.first(), b.has_language("q"), b.has_language("r")), (Some("B"), true, false));
        let (c, _) = below(&b, "a/b/c", &[("lang", ""), ("generation_mode", "create_and_update")]);
        assert!(c.has_language("r") && !c.update_only);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let root = Config::default();
        let remarks = below(
            &root,
            "a",
            &[
                ("generation_mode", "x"),
                ("build_file_name", "BUILD,../x"),
                ("build_file_name", "/etc/BUILD"),
                ("build_file_name", "a/BUILD"),
                ("build_file_name", "BUILD,.."),
                ("exclude", "[a"),
                ("ignore", "b"),
                ("map_kind", "a b"),
                ("alias_kind", "a a"),
                ("resolve", "proto x"),
                ("resolve_regexp", "proto ( //a"),
            ],
        );
        assert_eq!(
            remarks.1,
            [
                "Error: directive `generation_mode x`: \"x\" is neither update_only nor create_and_update",
                "Error: directive `build_file_name BUILD,../x`: \"../x\" is not a name of a file in its directory",
                "Error: directive `build_file_name /etc/BUILD`: \"/etc/BUILD\" is not a name of a file in its directory",
                "Error: directive `build_file_name a/BUILD`: \"a/BUILD\" is not a name of a file in its directory",
                "Error: directive `build_file_name BUILD,..`: \"..\" is not a name of a file in its directory",
                "Warning: directive `exclude [a`: error parsing glob 'a/[a': unclosed character class; missing ']'",
                "Warning: directive `ignore b`: it takes no value; to leave \"b\" out, use exclude",
                "Error: directive `map_kind a b`: it takes three words: a kind, what is put in its place, and the file \
                 that defines that",
                "Error: directive `alias_kind a a`: a kind cannot stand for itself",
                "Warning: directive `resolve proto x`: it takes three words or four: a language, the language of the \
                 rule if that is another, an import, and a label",
                "Warning: directive `resolve_regexp proto ( //a`: \"(\" is not a regular expression: unclosed \
                 group",
            ]
        );
    }

    #[test]
    fn what_was_replaced_makes_no_difference() {
        let directive = |key: &str, value: &str| Directive { key: key.into(), value: value.into() };
        let all = [
            directive("build_file_name", "A"),
            directive("lang", "p"),
            directive("generation_mode", "update_only"),
            directive("map_kind", "a b //c.bzl"),
            directive("alias_kind", "m a"),
            directive("resolve", "p x //y"),
            directive("exclude", "a"),
            directive("build_file_name", "B"),
            directive("lang", "q"),
            directive("generation_mode", "create_and_update"),
            directive("map_kind", "a c //d.bzl"),
            directive("map_kind", "b c //d.bzl"),
            directive("alias_kind", "m b"),
            directive("resolve", "p p x //z"),
            directive("exclude", "b"),
        ];
        let config = |directives: &[Directive]| {
            let config = Config::root(&Options::new("")).unwrap().below("d", directives, &mut Vec::new());
            format!("{config:?}")
        };
        let is_replaced = |index: usize| {
            let about = subject(&all[index]);
            about.is_some() && all[index + 1..].iter().any(|later| subject(later) == about)
        };
        let replaced: Vec<_> = (0..all.len()).filter(|index| is_replaced(*index)).collect();
        assert_eq!(replaced, [0, 1, 2, 3, 4, 5]);
        for index in 0..all.len() {
            let without = [&all[..index], &all[index + 1..]].concat();
            assert_eq!(config(&without) == config(&all), replaced.contains(&index), "{:?}", all[index]);
        }
    }
}
