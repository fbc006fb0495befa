//! Which package of another repository has a module? `gazelle_python.yaml` says it.

use saphyr_parser::{Event, Parser};
use std::collections::BTreeMap;

/// What rules_python's `gazelle_python_manifest` writes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Modules {
    /// For each module that can be imported the distribution that has it.
    pub(crate) distributions: BTreeMap<String, String>,
    /// Name of the repository with the distributions.
    pub(crate) repository: String,
}

/// Reads the file. An empty one, with which users begin, has no modules.
///
/// # Errors
///
/// A text for the user, if it is no YAML.
pub(crate) fn modules(file: &[u8]) -> Result<Modules, String> {
    let text = core::str::from_utf8(file).map_err(|error| format!("it is no UTF-8 at byte {}", error.valid_up_to()))?;
    let (mut modules, mut repository) = (Modules::default(), String::new());
    // The keys from the top down to this place, and the key whose value comes next.
    let mut path: Vec<Option<String>> = Vec::new();
    for event in Parser::new_from_str(text.trim_start_matches('\u{feff}')) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => path.push(None),
            Event::MappingEnd | Event::SequenceEnd => {
                path.pop();
                if let Some(key) = path.last_mut() {
                    *key = None;
                }
            }
            Event::Scalar(value, ..) => {
                let Some(last) = path.last_mut() else { continue };
                if last.is_none() {
                    *last = Some(value.into_owned());
                    continue;
                }
                let keys: Vec<&str> = path.iter().map(|key| key.as_deref().unwrap_or_default()).collect();
                match keys[..] {
                    ["manifest", "modules_mapping", module] => {
                        modules.distributions.insert(module.to_owned(), value.into_owned());
                    }
                    ["manifest", "pip_deps_repository_name"] => modules.repository = value.into_owned(),
                    ["manifest", "pip_repository", "name"] => repository = value.into_owned(),
                    _ => {}
                }
                *path.last_mut().expect("it was there") = None;
            }
            _ => {}
        }
    }
    // The older key goes before the newer one, as in rules_python.
    if modules.repository.is_empty() {
        modules.repository = repository;
    }
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says() {
        let file = b"# generated\n\nmanifest:\n  modules_mapping:\n    a: A\n    \"b.c\": 'B-c'\n    \"off\": x\n  pip_repository:\n    name: pip\n    \
                     use_pip_repository_aliases: true\nintegrity: 0123\n";
        let modules = modules(file).unwrap();
        let all: Vec<_> = modules.distributions.iter().map(|(module, name)| format!("{module}={name}")).collect();
        assert_eq!((all.join(" "), &*modules.repository), ("a=A b.c=B-c off=x".into(), "pip"));
    }

    #[test]
    fn what_is_little_or_nothing() {
        for file in ["", "---\n", "# nothing\n", "manifest:\n", "manifest: {}\n", "- a\n- [b, c]\n", "a"] {
            assert_eq!(modules(file.as_bytes()).unwrap(), Modules::default(), "{file}");
        }
        assert!(modules(b"manifest: {").is_err());
        assert!(modules(b"\xff").is_err());
    }
}
