//! Which rules provide an import?

mod embeds;

use crate::{error::Cause, label::Label, stop, work::Work};
use dorcas_abi::{
    message::{ImportSpec, Provided, Provider},
    wire::Bytes,
};
use std::{collections::HashMap, sync::Arc};

/// A rule that can be imported.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) label: Label,
    /// Index of the language that says so.
    pub(crate) language: usize,
    pub(crate) imports: Vec<ImportSpec>,
    /// Absolute labels of the rules that it embeds.
    pub(crate) embeds: Vec<Label>,
    /// What a language wants to be told with it.
    pub(crate) payload: Bytes,
}

/// Something that no rule need stand for, in its explicit form.
#[derive(Clone, Debug)]
struct Thing {
    language: usize,
    label: String,
    payload: Bytes,
}

/// What can be imported without a rule, by the language and the text of the import.
#[derive(Debug, Default)]
struct Things(HashMap<String, HashMap<String, Vec<Thing>>>);

impl Things {
    fn add(&mut self, own: &str, language: usize, provided: Provided) {
        let Provided { import, label, payload } = provided;
        let label = spelled(own, &label);
        self.0.entry(import.lang).or_default().entry(import.imp).or_default().push(Thing { language, label, payload });
    }

    /// Those of a language. Each is charged before it is told.
    fn find(&self, import: &ImportSpec, language: usize, work: &mut Work) -> Result<Vec<Provider>, Cause> {
        let all = self.0.get(&import.lang).and_then(|of_language| of_language.get(&import.imp));
        let all = all.map_or(&[][..], Vec::as_slice);
        work.spend(all.len() as u64)?;
        let mut found = Vec::new();
        for Thing { label, payload, .. } in all.iter().filter(|thing| thing.language == language) {
            work.spend(UNITS_PER_LABEL + (label.len() + payload.len()) as u64 * UNITS_PER_BYTE)?;
            found.push(Provider { label: label.clone(), embeds: Vec::new(), payload: payload.clone() });
        }
        Ok(found)
    }
}

/// What a language has said can be imported in a directory and below it.
#[derive(Debug)]
pub(crate) struct Scope {
    things: Things,
    above: Option<Arc<Scope>>,
}

impl Scope {
    /// The scope of a directory in which more can be imported than in the one above.
    pub(crate) fn new(own: &str, provided: Vec<Provided>, above: Option<Arc<Scope>>) -> Arc<Self> {
        let mut things = Things::default();
        for one in provided {
            things.add(own, 0, one);
        }
        Arc::new(Self { things, above })
    }

    /// What the nearest directory has for an import that has anything.
    pub(crate) fn find(&self, import: &ImportSpec, work: &mut Work) -> Result<Vec<Provider>, Cause> {
        let mut scope = Some(self);
        while let Some(at) = scope {
            work.spend(1)?;
            let found = at.things.find(import, 0, work)?;
            if !found.is_empty() {
                return Ok(found);
            }
            scope = at.above.as_deref();
        }
        Ok(Vec::new())
    }
}

/// The rules of a repository by what they provide.
#[derive(Debug, Default)]
pub(crate) struct Index {
    records: Vec<Record>,
    /// For each record all that it embeds, directly or not.
    embeds: Vec<Vec<Label>>,
    /// By language of the import, then by its text.
    by_import: HashMap<String, HashMap<String, Vec<usize>>>,
    /// What is in the index without a rule.
    things: Things,
    /// Name of the repository, which no label has in it.
    own: String,
    is_cut: bool,
}

impl Index {
    /// Makes the index of records in Gazelle's order. The second result is labels that more than one rule has.
    ///
    /// What rules provide by embedding others is bounded: [`Index::is_cut`] says whether there is more of it. `provided` is
    /// what each language has without rules, in Gazelle's order of their directories; `own` the name of the repository.
    pub(crate) fn new(own: &str, records: Vec<Record>, provided: Vec<(usize, Provided)>) -> (Self, Vec<Label>) {
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
        let mut things = Things::default();
        for (language, one) in provided {
            things.add(own, language, one);
        }
        (Self { records, embeds: closure.embeds, by_import, things, own: own.into(), is_cut: closure.is_cut }, twice)
    }

    /// Whether rules embed each other so much that not all of what they provide by that is known.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The rules of a language that provide an import.
    pub(crate) fn find(&self, import: &ImportSpec, language: usize, work: &mut Work) -> Result<Vec<Provider>, Cause> {
        let providers = self.by_import.get(&import.lang).and_then(|of_language| of_language.get(&import.imp));
        let providers = providers.map_or(&[][..], Vec::as_slice);
        work.spend((providers.len() as u64).max(1))?;
        let of_language = providers.iter().filter(|&&index| self.records[index].language == language);
        let mut found = Vec::new();
        for &index in of_language {
            let label = &self.records[index].label;
            let payload = &self.records[index].payload;
            let bytes: usize = self.embeds[index].iter().chain([label]).map(size).sum::<usize>() + payload.len();
            work.spend((1 + self.embeds[index].len() as u64) * UNITS_PER_LABEL + bytes as u64 * UNITS_PER_BYTE)?;
            found.push(Provider {
                label: explicit(&self.own, label),
                embeds: self.embeds[index].iter().map(|embed| explicit(&self.own, embed)).collect(),
                payload: payload.clone(),
            });
        }
        for thing in self.things.find(import, language, work)? {
            work.spend(found.len() as u64 * UNITS_PER_BYTE)?;
            // A rule knows more of itself.
            if !found.iter().any(|known| known.label == thing.label) {
                found.push(thing);
            }
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

/// A label as hosts send it (`host.labels`): with its name even where the package says it, and without a repository if it is
/// in this one, which is called `own`.
pub(crate) fn explicit(own: &str, label: &Label) -> String {
    let repo = match label.repo.as_str() {
        "" | "@" => String::new(),
        repo if repo == own && !label.canonical => String::new(),
        repo if label.canonical => format!("@@{repo}"),
        repo => format!("@{repo}"),
    };
    format!("{repo}//{}:{}", label.package, label.name)
}

/// The same of a text; one that is no label stays as it is.
pub(crate) fn spelled(own: &str, label: &str) -> String {
    Label::parse(label).map_or_else(|_| label.to_owned(), |parsed| explicit(own, &parsed))
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
            payload: Bytes::default(),
        }
    }

    fn found(records: &[Record], imp: &str, language: usize) -> Vec<String> {
        let (index, _) = Index::new("", records.to_vec(), Vec::new());
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
        assert_eq!(Index::new("", records, Vec::new()).1, []);
    }

    #[test]
    fn what_a_chain_of_embeds_comes_to_is_bounded() {
        let chain = |rules: usize| -> Vec<_> {
            let imports = |n: usize| if n + 1 == rules { &["x"][..] } else { &[] };
            (0..rules).map(|n| record(&format!("//a:r{n}"), 0, imports(n), &[&format!("//a:r{}", n + 1)])).collect()
        };
        let (short, _) = Index::new("", chain(1_000), Vec::new());
        assert!(!short.is_cut());
        // Rule n embeds all behind it: half a billion labels.
        let (long, _) = Index::new("", chain(30_000), Vec::new());
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
        let (index, _) = Index::new("", records, Vec::new());
        assert!(index.is_cut());
        assert!(index.by_import["l"][long.as_str()].len() < 70);
    }

    #[test]
    fn a_long_label_costs_more() {
        let name = "n".repeat(100_256);
        let (index, _) = Index::new("", vec![record(&format!("//:{name}"), 0, &["x"], &[])], Vec::new());
        let import = ImportSpec { lang: "l".into(), imp: "x".into() };
        let find = |limit| index.find(&import, 0, &mut Work::new("to answer", limit)).is_ok();
        assert!(find(1 + UNITS_PER_LABEL + 400_000) && !find(UNITS_PER_LABEL + 400_000));
    }

    #[test]
    fn answers_that_are_too_much() {
        let records: Vec<_> = (0..100).map(|n| record(&format!("//a:r{n}"), 0, &["x"], &[])).collect();
        let (index, _) = Index::new("", records, Vec::new());
        let import = ImportSpec { lang: "l".into(), imp: "x".into() };
        let find = |limit| index.find(&import, 0, &mut Work::new("to answer", limit));
        assert_eq!(find(100 + 100 * UNITS_PER_LABEL).unwrap().len(), 100);
        assert!(matches!(find(99 + 100 * UNITS_PER_LABEL), Err(Cause::TooMuchWork { .. })));
    }

    #[test]
    fn a_label_that_two_rules_have() {
        let records = [record("//a:a", 0, &["x"], &[]), record("//a:a", 0, &["y"], &[])];
        assert_eq!(Index::new("", records.to_vec(), Vec::new()).1, [Label::parse("//a:a").unwrap()]);
        assert_eq!(found(&records, "x", 0), ["//a:a ", "//a:a "]);
    }

    #[test]
    fn labels_have_one_form() {
        let spelled = |label: &str| spelled("me", label);
        for own in ["//a/b", "//a/b:b", "@me//a/b", "@//a/b:b", "@@//a/b"] {
            assert_eq!(spelled(own), "//a/b:b", "{own}");
        }
        assert_eq!(spelled("@me"), "//:me");
        assert_eq!(spelled("@you//a"), "@you//a:a");
        assert_eq!(spelled("@you"), "@you//:you");
        assert_eq!(spelled("@@you+//a"), "@@you+//a:a");
        assert_eq!(explicit("me", &Label::new("me", "a/b", "b")), "//a/b:b");
        assert_eq!(explicit("", &Label::new("", "", "b")), "//:b");
    }

    fn provided(imp: &str, label: &str, payload: &str) -> Provided {
        let import = ImportSpec { lang: "l".into(), imp: imp.into() };
        Provided { import, label: label.into(), payload: Bytes::from(payload.as_bytes()) }
    }

    #[test]
    fn what_no_rule_stands_for_is_found_behind_rules() {
        let records = vec![record("//a:a", 0, &["x"], &[])];
        let things = vec![
            (0, provided("x", "@ext//x", "1")),
            (0, provided("x", "@me//a:a", "2")),
            (1, provided("x", "//b", "3")),
            (0, provided("y", "//y", "4")),
        ];
        let (index, twice) = Index::new("me", records, things);
        assert_eq!(twice, []);
        let found = |imp: &str, language| {
            let import = ImportSpec { lang: "l".into(), imp: imp.into() };
            let found = index.find(&import, language, &mut Work::new("this", 100_000)).unwrap();
            found.into_iter().map(|one| format!("{} {}", one.label, one.payload.len())).collect::<Vec<_>>()
        };
        assert_eq!(found("x", 0), ["//a:a 0", "@ext//x:x 1"]);
        assert_eq!(found("x", 1), ["//b:b 1"]);
        assert_eq!((found("y", 0), found("y", 1)), (vec!["//y:y 1".to_owned()], vec![]));
    }

    #[test]
    fn what_is_told_with_a_label_is_charged() {
        type Find<'f> = &'f dyn Fn(&mut Work) -> Result<Vec<Provider>, Cause>;

        let payload = "x".repeat(100_000);
        let import = ImportSpec { lang: "l".into(), imp: "x".into() };
        let of_rule = Record { payload: Bytes::from(payload.as_bytes()), ..record("//a:a", 0, &["x"], &[]) };
        let (of_rules, _) = Index::new("", vec![of_rule], Vec::new());
        let (of_things, _) = Index::new("", Vec::new(), vec![(0, provided("x", "//a:a", &payload))]);
        let scope = Scope::new("", vec![provided("x", "//a:a", &payload)], None);
        let works = |find: Find<'_>, limit| find(&mut Work::new("this", limit)).is_ok();
        let finds: [Find<'_>; 3] =
            [&|work| of_rules.find(&import, 0, work), &|work| of_things.find(&import, 0, work), &|work| {
                scope.find(&import, work)
            }];
        for find in finds {
            assert!(!works(find, 400_000) && works(find, 401_000));
        }
        // Those of other languages are passed over one by one.
        let others: Vec<_> = (0..10_000).map(|_| (1, provided("x", "//a:a", ""))).collect();
        let (of_others, _) = Index::new("", Vec::new(), others);
        assert!(!works(&|work| of_others.find(&import, 0, work), 10_000));
    }

    #[test]
    fn the_nearest_directory_says_what_can_be_imported() {
        let root = Scope::new("", vec![provided("x", "//root:x", ""), provided("y", "//root:y", "")], None);
        let below = Scope::new("", vec![provided("x", "//below:x", "")], Some(root));
        let find = |imp: &str, limit| {
            let import = ImportSpec { lang: "l".into(), imp: imp.into() };
            let found = below.find(&import, &mut Work::new("this", limit));
            found.map(|found| found.into_iter().map(|one| one.label).collect::<Vec<_>>())
        };
        assert_eq!(find("x", 1_000).unwrap(), ["//below:x"]);
        assert_eq!(find("y", 1_000).unwrap(), ["//root:y"]);
        assert_eq!(find("z", 1_000).unwrap(), [""; 0]);
        assert!(find("z", 1).is_err());
    }
}
