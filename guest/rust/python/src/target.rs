//! What becomes of a group of files? A rule, with what its files import.

use crate::{
    LANG,
    config::{Config, PIP, stop},
    facts::{Facts, Import, Problem},
    path,
    sources::Sources,
};
use dorcas_guest::{
    Bytes, Result, error,
    message::{Attr, GeneratedRule, ImportSpec, Rule, Value},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A note that no `generate_rules` of this language has written.
const STRANGE_NOTE: u32 = 1002;

/// An import, and the file that has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Module {
    pub(crate) import: Import,
    /// Path from the root of the repository.
    pub(crate) file: String,
}

/// What `resolve` has to know of a rule.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Note {
    /// By name; of several imports of one module one is there.
    pub(crate) modules: Vec<Module>,
    /// Labels that are dependencies as they are.
    pub(crate) labels: Vec<String>,
}

impl Note {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        match postcard::take_from_bytes(bytes) {
            Ok((note, [])) => Ok(note),
            _ => Err(error(STRANGE_NOTE, format!("a note of {} bytes is not one of the Python language", bytes.len()))),
        }
    }
}

/// What a group of files says together.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) modules: BTreeMap<String, Module>,
    pub(crate) include_deps: BTreeSet<String>,
    pub(crate) include_conftest: Option<bool>,
    /// The programs among the files, with what each of them imports itself.
    pub(crate) programs: BTreeMap<String, BTreeMap<String, Module>>,
}

impl Said {
    /// # Errors
    ///
    /// An annotation without a value ends the run.
    pub(crate) fn of<'a>(
        files: impl IntoIterator<Item = &'a String>,
        rel: &str,
        sources: &Sources,
        config: &Config,
    ) -> Result<Self> {
        let mut said = Self::default();
        for file in files {
            if let Some(facts) = sources.facts.get(file) {
                said.file(file, &path::join(rel, file), facts, config)?;
            }
        }
        Ok(said)
    }

    fn file(&mut self, file: &str, path: &str, facts: &Facts, config: &Config) -> Result<()> {
        for problem in &facts.problems {
            if let Problem::NoValue { comment, line } = problem {
                return Err(stop(format!(
                    "failed to parse annotations: `{comment}` requires a value ({path}, line {line})"
                )));
            }
        }
        let mut own = BTreeMap::new();
        let ignored = |name: &String| facts.ignore.contains(name) || config.ignore_dependencies.contains(name);
        for import in facts.imports.iter().filter(|import| !ignored(&import.name) && !ignored(&import.from)) {
            let module = Module { import: import.clone(), file: path.to_owned() };
            add(&mut own, module.clone());
            add(&mut self.modules, module);
        }
        if facts.is_program {
            self.programs.insert(file.to_owned(), own);
        }
        self.include_deps.extend(facts.include_deps.iter().cloned());
        self.include_conftest = facts.include_conftest.or(self.include_conftest);
        Ok(())
    }
}

/// Adds an import. One that is for types alone goes behind one that isn't.
pub(crate) fn add(modules: &mut BTreeMap<String, Module>, module: Module) {
    if module.import.for_types && modules.contains_key(&module.import.name) {
        return;
    }
    modules.insert(module.import.name.clone(), module);
}

/// A rule in the making.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    config: &'a Config,
    rel: &'a str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) srcs: BTreeSet<String>,
    pub(crate) stubs: Vec<String>,
    pub(crate) visible: bool,
    pub(crate) main: Option<String>,
    pub(crate) testonly: bool,
    modules: BTreeMap<String, Module>,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) include_conftest: Option<bool>,
}

impl<'a> Target<'a> {
    pub(crate) fn new(config: &'a Config, rel: &'a str, kind: &'static str, name: impl Into<String>) -> Self {
        Self {
            config,
            rel,
            kind,
            name: name.into(),
            srcs: BTreeSet::new(),
            stubs: Vec::new(),
            visible: false,
            main: None,
            testonly: false,
            modules: BTreeMap::new(),
            labels: BTreeSet::new(),
            include_conftest: None,
        }
    }

    /// Takes over what the files say.
    pub(crate) fn say(&mut self, said: &Said, modules: &BTreeMap<String, Module>, sources: &Sources) {
        for module in modules.values() {
            self.import(module.clone(), sources);
        }
        self.labels.extend(said.include_deps.iter().cloned());
        self.include_conftest = said.include_conftest;
    }

    /// Adds an import. Where the directory has a file of that name, and a directive allows it, that file is meant.
    pub(crate) fn import(&mut self, mut module: Module, sources: &Sources) {
        let import = &module.import;
        let file = format!("{}.py", if import.from.is_empty() { &import.name } else { &import.from });
        if self.config.sibling_imports && sources.own.contains(&file) && file != path::base(&module.file) {
            module.import.name = self.config.module(&path::join(self.rel, &file)).unwrap_or_default();
        }
        add(&mut self.modules, module);
    }

    pub(crate) fn build(self) -> Result<GeneratedRule> {
        let mut attrs: BTreeMap<&str, Value> = BTreeMap::new();
        if !self.srcs.is_empty() {
            attrs.insert("srcs", Value::SortedStrings(self.srcs.into_iter().collect()));
        }
        if !self.stubs.is_empty() {
            attrs.insert("pyi_srcs", Value::SortedStrings(self.stubs));
        }
        let visibility = self.config.visibility();
        if self.visible && !visibility.is_empty() {
            attrs.insert("visibility", Value::SortedStrings(visibility));
        }
        if let Some(main) = self.main {
            attrs.insert("main", Value::String(main));
        }
        if self.testonly {
            attrs.insert("testonly", Value::Bool(true));
        }
        if self.kind != crate::PY_PROTO_LIBRARY
            && let Some(imports) = imports_attr(self.rel, &self.config.python_root)
        {
            attrs.insert("imports", Value::Strings(vec![imports]));
        }
        let attr = |(name, value): (&str, Value)| Attr { name: name.into(), value, ..Attr::default() };
        let rule = Rule {
            kind: self.kind.into(),
            name: self.name,
            attrs: attrs.into_iter().map(attr).collect(),
            ..Rule::default()
        };
        let modules: Vec<Module> = self.modules.into_values().collect();
        let imports =
            queries(modules.iter().filter_map(|module| absolute(&module.import, &module.file, self.config).ok()?));
        let note = Note { modules, labels: self.labels.into_iter().collect() };
        let note = postcard::to_allocvec(&note).map_err(|fault| error(STRANGE_NOTE, format!("no note: {fault}")))?;
        Ok(GeneratedRule { rule, imports, note: Bytes::from(note), ..GeneratedRule::default() })
    }
}

/// The way from a directory up to the root of imports; `None` where it is that itself, or the repository's root.
fn imports_attr(rel: &str, python_root: &str) -> Option<String> {
    if python_root.is_empty() {
        return None;
    }
    let below = path::below(rel, python_root).filter(|below| !below.is_empty())?;
    Some(vec![".."; below.split('/').count()].join("/"))
}

/// The full name of what an import means. `Ok(None)` where it is relative and nobody asks for it.
///
/// # Errors
///
/// It leads out of the root of imports.
pub(crate) fn absolute(import: &Import, file: &str, config: &Config) -> core::result::Result<Option<String>, ()> {
    if !import.from.starts_with('.') {
        return Ok(Some(import.name.clone()));
    }
    if !config.relative_imports {
        return Ok(None);
    }
    let rest = import.name.trim_start_matches('.');
    let module = import.from.trim_start_matches('.');
    let dots = import.from.len() - module.len();
    // One dot is the file's own directory.
    let mut package = path::below(path::dir(file), &config.python_root).ok_or(())?;
    for _ in 1..dots {
        if package.is_empty() {
            return Err(());
        }
        package = path::dir(package);
    }
    Ok(Some(if package.is_empty() { rest.to_owned() } else { format!("{}.{rest}", package.replace('/', ".")) }))
}

/// A module, and those that it may be a name in: `a.b.c`, `a.b`, `a`.
pub(crate) fn candidates(module: &str) -> impl Iterator<Item = &str> {
    core::iter::successors(Some(module), |module| module.rsplit_once('.').map(|(package, _)| package))
}

/// What the index has to be asked for.
fn queries(modules: impl Iterator<Item = String>) -> Vec<ImportSpec> {
    let mut names = BTreeSet::new();
    for module in modules {
        for candidate in candidates(&module) {
            // What is there has its packages there, too.
            if !names.insert(candidate.to_owned()) {
                break;
            }
            names.insert(format!("{PIP}{candidate}"));
        }
    }
    names.into_iter().map(|imp| ImportSpec { lang: LANG.into(), imp }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_imports() {
        let mut config = Config::default();
        let named = |config: &Config, from: &str, file: &str| {
            let import = Import { name: format!("{from}.x"), from: from.into(), ..Import::default() };
            absolute(&import, file, config)
        };
        assert_eq!(named(&config, ".b", "a/c.py"), Ok(None));
        assert_eq!(named(&config, "b", "a/c.py"), Ok(Some("b.x".into())));
        config.relative_imports = true;
        assert_eq!(named(&config, ".b", "a/c.py"), Ok(Some("a.b.x".into())));
        assert_eq!(named(&config, ".b", "c.py"), Ok(Some("b.x".into())));
        assert_eq!(named(&config, "..", "a/d/c.py"), Ok(Some("a.x".into())));
        assert_eq!(named(&config, "...b", "a/d/c.py"), Ok(Some("b.x".into())));
        assert_eq!(named(&config, "....b", "a/d/c.py"), Err(()));
        config.python_root = "a".into();
        assert_eq!(named(&config, ".b", "a/d/c.py"), Ok(Some("d.b.x".into())));
        assert_eq!(named(&config, "...b", "a/d/c.py"), Err(()));
    }

    #[test]
    fn the_way_up() {
        assert_eq!(imports_attr("a/b/c", "a").as_deref(), Some("../.."));
        assert_eq!(imports_attr("a", "a"), None);
        assert_eq!(imports_attr("a", ""), None);
    }

    #[test]
    fn what_is_asked() {
        let asked = queries(["a.b.c", "a.b.d", "e"].map(String::from).into_iter());
        let asked: Vec<&str> = asked.iter().map(|import| &*import.imp).collect();
        assert_eq!(asked, ["a", "a.b", "a.b.c", "a.b.d", "e", "pip:a", "pip:a.b", "pip:a.b.c", "pip:a.b.d", "pip:e"]);
    }
}
