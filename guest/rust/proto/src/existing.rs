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

/// Whether `package()` sets a visibility for all rules of the file.
pub(crate) fn has_default_visibility(file: &BuildFile) -> bool {
    file.rules.iter().any(|rule| rule.kind == "package" && attr(rule, "default_visibility").is_some())
}

/// The name of the rule in the file that a generated one will be merged with: one of the same name, or the only one
/// with the same sources (Gazelle: `merger.Match`).
///
/// Other languages refer to a rule by its name, so it has to be known before the merge.
pub(crate) fn name_of_match<'a>(file: &'a BuildFile, name: &str, srcs: &[&str]) -> Option<&'a str> {
    if file.rules.iter().any(|rule| rule.name == name) {
        return None;
    }
    let same_sources = |rule: &&Rule| {
        let mut found: Vec<&str> = strings(rule, "srcs").unwrap_or_default().iter().map(|src| &**src).collect();
        sort(&mut found);
        rule.kind == PROTO_LIBRARY && !found.is_empty() && found == srcs
    };
    let mut matches = file.rules.iter().filter(same_sources);
    matches.next().filter(|_| matches.next().is_none()).map(|rule| &*rule.name)
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
        assert_eq!(name_of_match(&file, "new", &["a.proto", "b.proto"]), Some("old"));
        assert_eq!(name_of_match(&file, "new", &["a.proto"]), None);
        assert_eq!(name_of_match(&file, "old", &["a.proto"]), None);
        assert_eq!(name_of_match(&file, "f", &["a.proto", "b.proto"]), None, "the name is another rule's");
    }

    #[test]
    fn two_rules_with_the_same_sources_match_none() {
        let file = file(&[(PROTO_LIBRARY, "x", &["a.proto"]), (PROTO_LIBRARY, "y", &["a.proto"])]);
        assert_eq!(name_of_match(&file, "new", &["a.proto"]), None);
    }
}
