//! Which rules provide an import?

mod embeds;

use crate::{error::Cause, label::Label, stop, work::Work};
use dorcas_abi::message::{FindResult, ImportSpec};
use std::collections::HashMap;

/// A rule that can be imported.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) label: Label,
    /// Index of the language that says so.
    pub(crate) language: usize,
    pub(crate) imports: Vec<ImportSpec>,
    /// Absolute labels of the rules that it embeds.
    pub(crate) embeds: Vec<Label>,
}

/// The rules of a repository by what they provide.
#[derive(Debug, Default)]
pub(crate) struct Index {
    records: Vec<Record>,
    /// For each record all that it embeds, directly or not.
    embeds: Vec<Vec<Label>>,
    /// By language of the import, then by its text.
    by_import: HashMap<String, HashMap<String, Vec<usize>>>,
    is_cut: bool,
}

impl Index {
    /// Makes the index of records in Gazelle's order. The second result is labels that more than one rule has.
    ///
    /// What rules provide by embedding others is bounded: [`Index::is_cut`] says whether there is more of it.
    pub(crate) fn new(records: Vec<Record>) -> (Self, Vec<Label>) {
        let mut by_label = HashMap::new();
        let mut twice = Vec::new();
        for (index, record) in records.iter().enumerate() {
            if by_label.contains_key(&record.label) {
                twice.push(record.label.clone());
            } else {
                by_label.insert(record.label.clone(), index);
            }
        }
        let closure = embeds::close(&records, &by_label);
        let mut by_import: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        for (index, record) in records.iter().enumerate() {
            if stop::is_set() {
                break;
            }
            // Of several rules with one label the first stands for all.
            let named = by_label.get(&record.label).copied().unwrap_or(index);
            if closure.embedded[named] {
                continue;
            }
            for import in &closure.imports[named] {
                let of_language = by_import.entry(import.lang.clone()).or_default();
                let providers = of_language.entry(import.imp.clone()).or_default();
                if providers.last() != Some(&index) {
                    providers.push(index);
                }
            }
        }
        (Self { records, embeds: closure.embeds, by_import, is_cut: closure.is_cut }, twice)
    }

    /// Whether rules embed each other so much that not all of what they provide by that is known.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The rules of a language that provide an import.
    pub(crate) fn find(&self, import: &ImportSpec, language: usize, work: &mut Work) -> Result<Vec<FindResult>, Cause> {
        let providers = self.by_import.get(&import.lang).and_then(|of_language| of_language.get(&import.imp));
        let Some(providers) = providers else {
            work.spend(1)?;
            return Ok(Vec::new());
        };
        work.spend(providers.len() as u64)?;
        let of_language = providers.iter().filter(|&&index| self.records[index].language == language);
        let mut found = Vec::new();
        for &index in of_language {
            let label = &self.records[index].label;
            let bytes: usize = self.embeds[index].iter().chain([label]).map(size).sum();
            work.spend((1 + self.embeds[index].len() as u64) * UNITS_PER_LABEL + bytes as u64 * UNITS_PER_BYTE)?;
            found
                .push(FindResult { label: explicit(label), embeds: self.embeds[index].iter().map(explicit).collect() });
        }
        Ok(found)
    }
}

/// Work of telling a label.
const UNITS_PER_LABEL: u64 = 200;
/// Work of a byte of it beyond those of an ordinary one.
const UNITS_PER_BYTE: u64 = 4;
/// Bytes of a label that is an ordinary one.
const ORDINARY: usize = 256;

/// Bytes of a label beyond those of an ordinary one.
fn size(label: &Label) -> usize {
    (label.repo.len() + label.package.len() + label.name.len()).saturating_sub(ORDINARY)
}

/// A label with its name even where the package says it.
fn explicit(label: &Label) -> String {
    let repo = if label.repo.is_empty() { String::new() } else { format!("@{}", label.repo) };
    format!("{repo}//{}:{}", label.package, label.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(label: &str, language: usize, imports: &[&str], embeds: &[&str]) -> Record {
        let spec = |imp: &&str| ImportSpec { lang: "l".into(), imp: (*imp).into() };
        Record {
            label: Label::parse(label).unwrap(),
            language,
            imports: imports.iter().map(spec).collect(),
            embeds: embeds.iter().map(|label| Label::parse(label).unwrap()).collect(),
        }
    }

    fn found(records: &[Record], imp: &str, language: usize) -> Vec<String> {
        let (index, _) = Index::new(records.to_vec());
        let mut work = Work::new("this", 100_000);
        let found = index.find(&ImportSpec { lang: "l".into(), imp: imp.into() }, language, &mut work).unwrap();
        found.into_iter().map(|result| format!("{} {}", result.label, result.embeds.join(" "))).collect()
    }

    #[test]
    fn rules_are_found_by_language_in_order() {
        let records =
            [record("//a:a", 0, &["x"], &[]), record("//b:b", 1, &["x"], &[]), record("//c:c", 0, &["x", "y"], &[])];
        assert_eq!(found(&records, "x", 0), ["//a:a ", "//c:c "]);
        assert_eq!(found(&records, "x", 1), ["//b:b "]);
        assert_eq!(found(&records, "z", 0), [""; 0]);
    }

    #[test]
    fn what_is_embedded_is_found_in_its_embedder() {
        let records = [
            record("//a:inner", 0, &["x"], &[]),
            record("//a:middle", 0, &["y"], &["//a:inner"]),
            record("//a:outer", 0, &[], &["//a:middle", "//a:unknown"]),
        ];
        for imp in ["x", "y"] {
            assert_eq!(found(&records, imp, 0), ["//a:outer //a:middle //a:unknown //a:inner"]);
        }
    }

    #[test]
    fn another_language_may_embed_without_hiding() {
        let records = [record("//a:proto", 0, &["x"], &[]), record("//a:go", 1, &["g"], &["//a:proto"])];
        assert_eq!(found(&records, "x", 0), ["//a:proto "]);
        assert_eq!(found(&records, "x", 1), ["//a:go //a:proto"]);
    }

    #[test]
    fn rules_that_embed_each_other_come_to_an_end() {
        let records = [record("//a:a", 0, &["x"], &["//a:b"]), record("//a:b", 0, &["y"], &["//a:a"])];
        assert_eq!(found(&records, "x", 0), [""; 0]);
    }

    #[test]
    fn a_long_chain_of_embeds_is_no_problem() {
        let records: Vec<_> =
            (0..20_000).map(|n| record(&format!("//a:r{n}"), n % 2, &[], &[&format!("//a:r{}", n + 1)])).collect();
        assert_eq!(Index::new(records).1, []);
    }

    #[test]
    fn what_a_chain_of_embeds_comes_to_is_bounded() {
        let chain = |rules: usize| -> Vec<_> {
            let imports = |n: usize| if n + 1 == rules { &["x"][..] } else { &[] };
            (0..rules).map(|n| record(&format!("//a:r{n}"), 0, imports(n), &[&format!("//a:r{}", n + 1)])).collect()
        };
        let (short, _) = Index::new(chain(1_000));
        assert!(!short.is_cut());
        // Rule n embeds all behind it: half a billion labels.
        let (long, _) = Index::new(chain(30_000));
        assert!(long.is_cut());
        assert!(long.embeds.iter().map(Vec::len).sum::<usize>() <= embeds::MOST + 30_000);
    }

    #[test]
    fn what_embedding_rules_take_over_is_bounded_in_bytes() {
        // Each provides what is behind it: 10,000 times a mebibyte.
        let long = "x".repeat(1 << 20);
        let imports = |n: usize| if n == 9_999 { vec![long.as_str()] } else { vec![] };
        let records: Vec<_> =
            (0..10_000).map(|n| record(&format!("//a:r{n}"), n, &imports(n), &[&format!("//a:r{}", n + 1)])).collect();
        let (index, _) = Index::new(records);
        assert!(index.is_cut());
        assert!(index.by_import["l"][long.as_str()].len() < 70);
    }

    #[test]
    fn a_long_label_costs_more() {
        let name = "n".repeat(100_256);
        let (index, _) = Index::new(vec![record(&format!("//:{name}"), 0, &["x"], &[])]);
        let import = ImportSpec { lang: "l".into(), imp: "x".into() };
        let find = |limit| index.find(&import, 0, &mut Work::new("to answer", limit)).is_ok();
        assert!(find(1 + UNITS_PER_LABEL + 400_000) && !find(UNITS_PER_LABEL + 400_000));
    }

    #[test]
    fn answers_that_are_too_much() {
        let records: Vec<_> = (0..100).map(|n| record(&format!("//a:r{n}"), 0, &["x"], &[])).collect();
        let (index, _) = Index::new(records);
        let import = ImportSpec { lang: "l".into(), imp: "x".into() };
        let find = |limit| index.find(&import, 0, &mut Work::new("to answer", limit));
        assert_eq!(find(100 + 100 * UNITS_PER_LABEL).unwrap().len(), 100);
        assert!(matches!(find(99 + 100 * UNITS_PER_LABEL), Err(Cause::TooMuchWork { .. })));
    }

    #[test]
    fn a_label_that_two_rules_have() {
        let records = [record("//a:a", 0, &["x"], &[]), record("//a:a", 0, &["y"], &[])];
        assert_eq!(Index::new(records.to_vec()).1, [Label::parse("//a:a").unwrap()]);
        assert_eq!(found(&records, "x", 0), ["//a:a ", "//a:a "]);
    }

    #[test]
    fn labels_name_the_repository_if_it_has_a_name() {
        assert_eq!(explicit(&Label::new("me", "a/b", "b")), "@me//a/b:b");
        assert_eq!(explicit(&Label::new("", "", "b")), "//:b");
    }
}
