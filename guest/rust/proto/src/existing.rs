//! What do rules say that are in a BUILD file already?

use crate::PROTO_LIBRARY;
use dorcas_guest::{
    message::{BuildFile, Rule, Value},
    sort,
};

/// The value of an attribute.
pub(crate) fn attr<'a>(rule: &'a Rule, name: &str) -> Option<&'a Value> {
    rule.attrs.iter().find(|attr| attr.name == name).map(|attr| &attr.value)
}

/// An attribute that is a list of strings; none where it is missing or something else.
pub(crate) fn strings<'a>(rule: &'a Rule, name: &str) -> Option<&'a [String]> {
    match attr(rule, name)? {
        Value::Strings(items) | Value::SortedStrings(items) | Value::Labels(items) => Some(items),
        _ => None,
    }
}

/// An attribute that is a string; empty where it is missing or something else.
pub(crate) fn string<'a>(rule: &'a Rule, name: &str) -> &'a str {
    match attr(rule, name) {
        Some(Value::String(text) | Value::Label(text)) => text,
        _ => "",
    }
}

/// Whether a rule sets a visibility for all rules of its file.
pub(crate) fn sets_visibility(rule: &Rule) -> bool {
    rule.kind == "package" && attr(rule, "default_visibility").is_some()
}

/// What is asked of the rules of a BUILD file for each rule that is generated, in an order in which it is found at once: a
/// directory may have thousands of both.
#[derive(Default)]
pub(crate) struct Existing<'a> {
    /// The names of all rules, sorted.
    names: Vec<&'a str>,
    /// Sources and name of each library that has sources, sorted.
    libraries: Vec<(Vec<&'a str>, &'a str)>,
    /// Whether `package()` sets a visibility for all rules of the file.
    pub(crate) has_default_visibility: bool,
}

impl<'a> Existing<'a> {
    pub(crate) fn new(file: &'a BuildFile) -> Self {
        let mut existing = Self::default();
        for rule in &file.rules {
            existing.names.push(&rule.name);
            existing.has_default_visibility |= sets_visibility(rule);
            let srcs = strings(rule, "srcs").unwrap_or_default();
            if rule.kind == PROTO_LIBRARY && !srcs.is_empty() {
                let mut srcs: Vec<&str> = srcs.iter().map(|src| &**src).collect();
                sort(&mut srcs);
                existing.libraries.push((srcs, &rule.name));
            }
        }
        sort(&mut existing.names);
        sort(&mut existing.libraries);
        existing
    }

    /// The name of the rule in the file that a generated one will be merged with: one of the same name, or the only one
    /// with the same sources (Gazelle: `merger.Match`).
    ///
    /// Other languages refer to a rule by its name, so it has to be known before the merge.
    pub(crate) fn name_of_match(&self, name: &str, srcs: &[&str]) -> Option<&'a str> {
        if self.names.binary_search(&name).is_ok() {
            return None;
        }
        let first = self.libraries.partition_point(|(other, _)| &**other < srcs);
        let has_srcs = |at: usize| self.libraries.get(at).filter(|(other, _)| other == srcs);
        let (_, found) = has_srcs(first)?;
        has_srcs(first + 1).is_none().then_some(*found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_guest::message::Attr;

    fn file(rules: &[(&str, &str, &[&str])]) -> BuildFile {
        let rule = |&(kind, name, srcs): &(&str, &str, &[&str])| {
            let value = Value::Strings(srcs.iter().map(|&src| src.into()).collect());
            let attrs = vec![Attr { name: "srcs".into(), value, ..Attr::default() }];
            Rule { kind: kind.into(), name: name.into(), attrs, ..Rule::default() }
        };
        BuildFile { rules: rules.iter().map(rule).collect(), ..BuildFile::default() }
    }

    #[test]
    fn matched_by_sources() {
        let file = file(&[(PROTO_LIBRARY, "old", &["b.proto", "a.proto"]), ("filegroup", "f", &["a.proto"])]);
        assert_eq!(Existing::new(&file).name_of_match("new", &["a.proto", "b.proto"]), Some("old"));
        assert_eq!(Existing::new(&file).name_of_match("new", &["a.proto"]), None);
        assert_eq!(Existing::new(&file).name_of_match("old", &["a.proto"]), None);
        assert_eq!(
            Existing::new(&file).name_of_match("f", &["a.proto", "b.proto"]),
            None,
            "the name is another rule's"
        );
    }

    #[test]
    fn two_rules_with_the_same_sources_match_none() {
        let file = file(&[(PROTO_LIBRARY, "x", &["a.proto"]), (PROTO_LIBRARY, "y", &["a.proto"])]);
        assert_eq!(Existing::new(&file).name_of_match("new", &["a.proto"]), None);
    }
}
