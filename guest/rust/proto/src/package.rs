//! Which files belong together, and what is their rule called?

use crate::{
    config::{Config, Mode},
    source::Source,
};
use std::collections::{BTreeMap, BTreeSet};

/// Files that share a rule (Gazelle: `Package`).
#[derive(Debug, Default)]
pub(crate) struct Package {
    /// The proto package of the first file.
    pub(crate) name: String,
    /// By what the files were put together, where that isn't their proto package.
    pub(crate) rule_name: Option<String>,
    pub(crate) files: BTreeSet<String>,
    pub(crate) imports: BTreeSet<String>,
    /// Where files set an option differently, the last one counts.
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) services: Vec<String>,
}

impl Package {
    fn add(&mut self, source: Source) {
        self.files.insert(source.name);
        self.imports.extend(source.imports);
        self.options.extend(source.options);
        self.services.extend(source.services);
    }

    /// The name of its rule.
    pub(crate) fn rule_name(&self, mode: Mode, rel: &str) -> String {
        if mode == Mode::Default {
            rule_name(&[&self.go_name(), rel])
        } else {
            rule_name(&[self.rule_name.as_deref().unwrap_or_default(), &self.name, rel])
        }
    }

    /// A guess at the package that Go code generated from these files would have. Empty where there's no telling.
    fn go_name(&self) -> String {
        if let Some(option) = self.options.get("go_package") {
            let after = |mark| option.split_once(mark).map(|(_, name)| name);
            return after(';').or_else(|| option.rsplit('/').next()).unwrap_or_default().into();
        }
        if !self.name.is_empty() {
            return self.name.replace('.', "_");
        }
        match self.files.first() {
            Some(file) if self.files.len() == 1 => file.strip_suffix(".proto").unwrap_or(file).into(),
            _ => String::new(),
        }
    }
}

/// Puts files together. In default mode that makes one package at most: several of which none has the directory's
/// name are an error, whose message comes back.
pub(crate) fn packages(config: &Config, rel: &str, sources: Vec<Source>) -> Result<Vec<Package>, String> {
    let mut packages: BTreeMap<String, Package> = BTreeMap::new();
    for source in sources {
        let key = key(config, &source);
        let package = packages
            .entry(key.clone())
            .or_insert_with(|| Package { name: source.package.clone(), ..Package::default() });
        if key != source.package {
            package.rule_name = Some(key);
        }
        package.add(source);
    }
    if config.mode != Mode::Default || packages.len() < 2 {
        return Ok(packages.into_values().collect());
    }
    let wanted = rel.replace('/', "_");
    let fits = |package: &Package| {
        let name = package.go_name();
        !name.is_empty() && name == wanted
    };
    match packages.into_values().find(fits) {
        Some(package) => Ok(vec![package]),
        None => Err("directory contains multiple proto packages. Only one proto_library can be generated, unless \
                     the mode is `package` or `file`"
            .into()),
    }
}

/// What decides which files a file belongs with.
fn key(config: &Config, source: &Source) -> String {
    if config.mode == Mode::File {
        return source.name.strip_suffix(".proto").unwrap_or(&source.name).into();
    }
    let group = || source.options.iter().find(|(name, _)| *name == config.group_option).map(|(_, value)| value);
    let grouped = if config.group_option.is_empty() { None } else { group() };
    grouped.unwrap_or(&source.package).clone()
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

    fn source(name: &str, package: &str, options: &[(&str, &str)]) -> Source {
        let options = options.iter().map(|&(key, value)| (key.into(), value.into())).collect();
        Source { name: name.into(), package: package.into(), options, ..Source::default() }
    }

    fn names(config: &Config, rel: &str, sources: Vec<Source>) -> Vec<String> {
        packages(config, rel, sources).unwrap().iter().map(|package| package.rule_name(config.mode, rel)).collect()
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
        let error = packages(&Config::default(), "c", sources()).unwrap_err();
        assert!(error.starts_with("directory contains multiple proto packages."), "{error}");
        assert!(packages(&Config::default(), "", sources()).is_err(), "the root has no name");
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
