//! Which files belong together, and what is their rule called?

use crate::{
    config::{Config, Mode},
    source::Source,
};
use dorcas_guest::{sort, sort_by};
use std::borrow::Cow;

/// Files that share a rule (Gazelle: `Package`).
#[derive(Debug, Default)]
pub(crate) struct Package<'a> {
    /// The proto package of the first file.
    pub(crate) name: &'a str,
    /// By what the files were put together, where that isn't their proto package.
    pub(crate) rule_name: Option<Cow<'a, str>>,
    /// In the order of the request, which is that of the names.
    pub(crate) files: Vec<&'a str>,
    /// Sorted, without duplicates.
    pub(crate) imports: Vec<Cow<'a, str>>,
    /// Sorted by name, each once. Where files set an option differently, the last one counts.
    pub(crate) options: Vec<(&'a str, Cow<'a, str>)>,
    pub(crate) services: Vec<&'a str>,
}

impl<'a> Package<'a> {
    fn add(&mut self, source: Source<'a>) {
        self.files.push(source.name);
        self.imports.extend(source.imports);
        self.options.extend(source.options);
        self.services.extend(source.services);
    }

    /// The name of its rule.
    pub(crate) fn rule_name(&self, mode: Mode, rel: &str) -> String {
        if mode == Mode::Default {
            rule_name(&[&self.go_name(), rel])
        } else {
            rule_name(&[self.rule_name.as_deref().unwrap_or_default(), self.name, rel])
        }
    }

    /// A guess at the package that Go code generated from these files would have. Empty where there's no telling.
    fn go_name(&self) -> String {
        if let Some((_, option)) = self.options.iter().find(|(name, _)| *name == "go_package") {
            let after = |mark| option.split_once(mark).map(|(_, name)| name);
            return after(';').or_else(|| option.rsplit('/').next()).unwrap_or_default().into();
        }
        if !self.name.is_empty() {
            return self.name.replace('.', "_");
        }
        match self.files[..] {
            [file] => file.strip_suffix(".proto").unwrap_or(file).into(),
            _ => String::new(),
        }
    }
}

/// Puts files together. In default mode that makes one package at most: several of which none has the directory's
/// name are an error, whose message comes back.
pub(crate) fn packages<'a>(
    config: &Config,
    rel: &str,
    sources: impl Iterator<Item = Source<'a>>,
) -> Result<Vec<Package<'a>>, String> {
    let mut sources: Vec<_> = sources.map(|source| (key(config, &source), source)).collect();
    sort_by(&mut sources, |(a, _), (b, _)| a.cmp(b));
    let mut packages: Vec<Package<'a>> = Vec::new();
    let mut last = None;
    for (key, source) in sources {
        if last.as_ref() != Some(&key) {
            packages.push(Package { name: source.package, ..Package::default() });
        }
        let Some(package) = packages.last_mut() else { continue };
        if key != source.package {
            package.rule_name = Some(key.clone());
        }
        package.add(source);
        last = Some(key);
    }
    for package in &mut packages {
        sort(&mut package.imports);
        package.imports.dedup();
        // The later of two comes first, so that it is the one that stays.
        package.options.reverse();
        sort_by(&mut package.options, |(a, _), (b, _)| a.cmp(b));
        package.options.dedup_by(|second, first| second.0 == first.0);
    }
    if config.mode != Mode::Default || packages.len() < 2 {
        return Ok(packages);
    }
    let wanted = rel.replace('/', "_");
    let fits = |package: &Package<'_>| {
        let name = package.go_name();
        !name.is_empty() && name == wanted
    };
    match packages.into_iter().find(fits) {
        Some(package) => Ok(vec![package]),
        None => Err("directory contains multiple proto packages. Only one proto_library can be generated, unless \
                     the mode is `package` or `file`"
            .into()),
    }
}

/// What decides which files a file belongs with.
fn key<'a>(config: &Config, source: &Source<'a>) -> Cow<'a, str> {
    if config.mode == Mode::File {
        return Cow::Borrowed(source.name.strip_suffix(".proto").unwrap_or(source.name));
    }
    if config.group_option.is_empty() {
        return Cow::Borrowed(source.package);
    }
    let group = source.options.iter().find(|(name, _)| *name == config.group_option);
    group.map_or(Cow::Borrowed(source.package), |(_, value)| value.clone())
}

/// The name of a rule, from the first of these texts that has letters or digits at its end
/// (Gazelle: `proto.RuleName`).
pub(crate) fn rule_name(texts: &[&str]) -> String {
    for text in texts {
        let text = text.rsplit(';').next().unwrap_or_default();
        let text = text.rsplit(['/', '\\', '.']).next().unwrap_or_default();
        let ident = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let base: String = text.chars().map(ident).collect();
        let base = base.trim_matches('_');
        if !base.is_empty() {
            return format!("{base}_proto");
        }
    }
    "root_proto".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source<'a>(name: &'a str, package: &'a str, options: &[(&'a str, &'a str)]) -> Source<'a> {
        let options = options.iter().map(|&(key, value)| (key, value.into())).collect();
        Source { name, package, options, ..Source::default() }
    }

    fn names(config: &Config, rel: &str, sources: Vec<Source<'_>>) -> Vec<String> {
        packages(config, rel, sources.into_iter())
            .unwrap()
            .iter()
            .map(|package| package.rule_name(config.mode, rel))
            .collect()
    }

    #[test]
    fn names_of_rules() {
        for (texts, name) in [
            (&["example.com/a/b;c"][..], "c_proto"),
            (&["example.com/a/b"], "b_proto"),
            (&["a.b.v1"], "v1_proto"),
            (&["_x-y_"], "x_y_proto"),
            (&["b\u{fc}"], "b_proto"),
            (&["", "a/b"], "b_proto"),
            (&["a/__", "a/b"], "b_proto"),
            (&["", ""], "root_proto"),
        ] {
            assert_eq!(rule_name(texts), name, "{texts:?}");
        }
    }

    #[test]
    fn names_in_default_mode() {
        let name =
            |name, package, options: &[_]| names(&Config::default(), "dir", vec![source(name, package, options)]);
        assert_eq!(name("f.proto", "", &[]), ["f_proto"]);
        assert_eq!(name("f.proto", "a.b", &[]), ["a_b_proto"]);
        assert_eq!(name("f.proto", "a.b", &[("go_package", "x/y")]), ["y_proto"]);
        assert_eq!(name("f.proto", "a.b", &[("go_package", "x/y;z")]), ["z_proto"]);
        assert_eq!(name("f.proto", "a.b", &[("go_package", "")]), ["dir_proto"]);
    }

    #[test]
    fn of_several_packages_the_one_with_the_name_of_the_directory() {
        let sources = || vec![source("f.proto", "x", &[]), source("g.proto", "a.b", &[])];
        assert_eq!(names(&Config::default(), "a/b", sources()), ["a_b_proto"]);
        let error = packages(&Config::default(), "c", sources().into_iter()).unwrap_err();
        assert!(error.starts_with("directory contains multiple proto packages."), "{error}");
        assert!(packages(&Config::default(), "", sources().into_iter()).is_err(), "the root has no name");
    }

    #[test]
    fn package_mode() {
        let mut config = Config { mode: Mode::Package, ..Config::default() };
        let sources = || {
            vec![
                source("f.proto", "x", &[("group", "one")]),
                source("g.proto", "y", &[("group", "one")]),
                source("h.proto", "x", &[]),
            ]
        };
        assert_eq!(names(&config, "dir", sources()), ["x_proto", "y_proto"]);
        config.group_option = "group".into();
        assert_eq!(names(&config, "dir", sources()), ["one_proto", "x_proto"]);
    }

    #[test]
    fn file_mode() {
        let config = Config { mode: Mode::File, ..Config::default() };
        assert_eq!(
            names(&config, "dir", vec![source("f.proto", "x", &[]), source("g.proto", "x", &[])]),
            ["f_proto", "g_proto"]
        );
    }
}
