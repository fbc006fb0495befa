//! Which load statements does a BUILD file need?

use crate::build_file::{BuildFile, Load};
use dorcas_abi::message::LoadInfo;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

/// The files from which a run's kinds are loaded.
#[derive(Clone, Debug)]
pub(crate) struct KnownLoads {
    /// The files in the order of the languages.
    files: Vec<String>,
    /// The same.
    is_known: HashSet<String>,
    /// The file that defines a symbol. Where two define one, the later is meant.
    symbols: HashMap<String, String>,
}

impl KnownLoads {
    /// The loads of all languages in their order; `modules` has what the repository calls the modules it depends on.
    pub(crate) fn new<'a>(loads: impl IntoIterator<Item = &'a LoadInfo>, modules: &BTreeMap<String, String>) -> Self {
        let mut known = Self { files: Vec::new(), is_known: HashSet::new(), symbols: HashMap::new() };
        known.add("@bazel_gazelle//:def.bzl", ["gazelle".to_owned()]);
        for load in loads {
            known.add(&file(load, modules), load.symbols.iter().cloned());
        }
        known
    }

    /// The same with kinds that directives have given another name: kind and file.
    pub(crate) fn with_kinds<'a>(&self, kinds: impl IntoIterator<Item = (&'a str, &'a str)>) -> Cow<'_, Self> {
        let mut known = Cow::Borrowed(self);
        for (kind, file) in kinds {
            known.to_mut().add(file, [kind.to_owned()]);
        }
        known
    }

    fn add(&mut self, file: &str, symbols: impl IntoIterator<Item = String>) {
        if self.is_known.insert(file.into()) {
            self.files.push(file.into());
        }
        self.symbols.extend(symbols.into_iter().map(|symbol| (symbol, file.into())));
    }

    /// Loads what the file uses and these files define, and no longer what it doesn't use. What it loads from other
    /// files stays.
    pub(crate) fn fix(&self, file: &mut BuildFile) {
        let (mut used, defined) = file.names();
        used.retain(|name| !defined.contains(name) && self.symbols.contains_key(name));
        let is_known = |load: &Load| self.is_known.contains(load.file());
        for (_, load) in file.loads().filter(|(_, load)| !is_known(load)) {
            load.names().for_each(|name| {
                used.remove(name);
            });
        }
        let known: Vec<(usize, String)> = file
            .loads()
            .filter(|(_, load)| is_known(load))
            .map(|(index, load)| (index, load.file().to_owned()))
            .collect();
        let mut wanted: HashMap<&str, Vec<&str>> = HashMap::new();
        for name in &used {
            if let Some(file) = self.symbols.get(name) {
                wanted.entry(file).or_default().push(name);
            }
        }
        let mut seen = HashSet::new();
        for (index, name) in &known {
            // Only the first statement for a file is used.
            let symbols = if seen.insert(name.as_str()) { wanted.remove(name.as_str()) } else { None };
            let symbols = symbols.unwrap_or_default();
            let Some(load) = file.load_mut(*index) else { continue };
            load.add(symbols.iter().copied());
            let symbols: HashSet<&str> = symbols.into_iter().collect();
            load.retain(|symbol| !self.symbols.contains_key(symbol) || symbols.contains(symbol));
            if load.is_empty() {
                file.delete(*index);
            }
        }
        let place = file.place_of_loads();
        let new = self.files.iter().filter_map(|known| {
            let mut symbols = wanted.remove(known.as_str())?;
            symbols.sort_unstable();
            let mut load = Load::new(known);
            load.add(symbols);
            Some((place, load))
        });
        let new = new.collect();
        file.insert_loads(new);
        file.arrange_loads();
    }
}

/// The label under which this repository knows a file.
fn file(load: &LoadInfo, modules: &BTreeMap<String, String>) -> String {
    let apparent = modules.get(&load.module).filter(|_| !load.module.is_empty());
    let repo = match apparent {
        Some(apparent) => apparent,
        None if load.repo.is_empty() => &load.module,
        None => &load.repo,
    };
    if repo.is_empty() { load.file.clone() } else { format!("@{repo}{}", load.file) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> String {
        let load = |repo: &str, symbols: &[&str]| LoadInfo {
            repo: repo.into(),
            file: "//:defs.bzl".into(),
            symbols: symbols.iter().map(ToString::to_string).collect(),
            ..LoadInfo::default()
        };
        let loads = [load("rules_a", &["a", "b"]), load("rules_c", &["c", "d"])];
        let mut file = BuildFile::parse("BUILD", text.into()).unwrap();
        KnownLoads::new(&loads, &BTreeMap::new()).fix(&mut file);
        file.text()
    }

    #[test]
    fn what_is_used_is_loaded() {
        assert_eq!(
            fixed("a(x = c)\n"),
            "load(\"@rules_a//:defs.bzl\", \"a\")\nload(\"@rules_c//:defs.bzl\", \"c\")\n\na(x = c)\n"
        );
        assert_eq!(
            fixed("load(\"@rules_a//:defs.bzl\", \"b\")\n\nb(x = a)\n"),
            "load(\"@rules_a//:defs.bzl\", \"a\", \"b\")\n\nb(x = a)\n"
        );
    }

    #[test]
    fn a_load_goes_below_what_the_file_says_of_itself() {
        let load = "load(\"@rules_a//:defs.bzl\", \"a\")";
        for head in ["\"\"\"Doc.\"\"\"", "\"Doc.\"", "# Licence.\n\n\"\"\"Doc.\n\nMore.\n\"\"\"", "r'Doc.'  # why"] {
            let text = format!("{head}\n\n{load}\n\na()\n");
            assert_eq!(fixed(&format!("{head}\n\na()\n")), text);
            assert_eq!(fixed(&text), text);
        }
        // No such text: it is nobody's description.
        assert_eq!(fixed("a()\n\n\"b\"\n"), format!("{load}\n\na()\n\n\"b\"\n"));
    }

    #[test]
    fn what_is_not_used_is_no_longer_loaded() {
        assert_eq!(
            fixed("load(\"@rules_a//:defs.bzl\", \"a\", \"b\", \"own\")\n\nb()\n"),
            "load(\"@rules_a//:defs.bzl\", \"b\", \"own\")\n\nb()\n"
        );
        assert_eq!(fixed("load(\"@rules_a//:defs.bzl\", \"a\")\n\nx()\n"), "x()\n");
    }

    #[test]
    fn what_comes_from_elsewhere_stays() {
        for text in
            ["load(\":my.bzl\", \"a\", \"z\")\n\na()\n", "load(\":my.bzl\", a = \"z\")\n\na()\n", "a = x\n\ny(a)\n"]
        {
            assert_eq!(fixed(text), text);
        }
    }

    #[test]
    fn two_statements_for_one_file_become_one() {
        let text =
            "load(\"@rules_a//:defs.bzl\", \"a\")\nload(\"@rules_a//:defs.bzl\", \"b\", \"own\")\n\na()\n\nb()\n";
        assert_eq!(fixed(text), "load(\"@rules_a//:defs.bzl\", \"a\", \"b\", \"own\")\n\na()\n\nb()\n");
    }

    #[test]
    fn a_module_goes_by_its_apparent_name() {
        let load = |module: &str, repo: &str| LoadInfo {
            module: module.into(),
            repo: repo.into(),
            file: "//a:b.bzl".into(),
            ..LoadInfo::default()
        };
        let modules = BTreeMap::from([("protobuf".to_owned(), "pb".to_owned())]);
        for (module, repo, label) in [
            ("protobuf", "com_google_protobuf", "@pb//a:b.bzl"),
            ("rules_go", "io_bazel_rules_go", "@io_bazel_rules_go//a:b.bzl"),
            ("rules_go", "", "@rules_go//a:b.bzl"),
            ("", "legacy", "@legacy//a:b.bzl"),
            ("", "", "//a:b.bzl"),
        ] {
            assert_eq!(file(&load(module, repo), &modules), label);
        }
    }
}
