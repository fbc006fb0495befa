//! Which load statements does a BUILD file need?

use crate::starlark::Load;
use dorcas_abi::message::LoadInfo;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The files from which a run's kinds are loaded.
#[derive(Debug)]
pub(crate) struct KnownLoads {
    /// The files, by the symbols they define. Where two define one, the later is meant.
    files: HashMap<String, String>,
}

impl KnownLoads {
    /// The loads of all languages in their order; `modules` has what the repository calls the modules it depends on.
    pub(crate) fn new<'a>(loads: impl IntoIterator<Item = &'a LoadInfo>, modules: &BTreeMap<String, String>) -> Self {
        let mut files = HashMap::from([("gazelle".to_owned(), "@bazel_gazelle//:def.bzl".to_owned())]);
        for load in loads {
            let file = file(load, modules);
            files.extend(load.symbols.iter().map(|symbol| (symbol.clone(), file.clone())));
        }
        Self { files }
    }

    /// A load statement for each file that defines some of the names.
    pub(super) fn statements(&self, used: &BTreeSet<String>) -> Vec<Load> {
        let mut loads: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for name in used {
            if let Some(file) = self.files.get(name) {
                loads.entry(file).or_default().push(name.clone());
            }
        }
        loads.into_iter().map(|(file, symbols)| Load { file: file.into(), symbols }).collect()
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
