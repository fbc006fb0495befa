//! How are a language's edits made?

use crate::{
    build::{self, Package},
    build_file::{BuildFile, Load, Rule},
    error::Cause,
    label::Label,
    starlark::{Expr, Kind, is_identifier},
    work::Work,
};
use dorcas_abi::{
    clause,
    message::{self, Edit, Symbol},
};
use std::collections::{HashMap, HashSet};

/// Makes edits one after the other. Rules and loads are named by their index in the file as the language has seen it.
pub(crate) fn apply(
    file: &mut BuildFile,
    edits: Vec<Edit>,
    should_fix: bool,
    package: Package<'_>,
    work: &mut Work,
) -> Result<(), Cause> {
    let mut editor = Editor {
        rules: file.rules().map(|(index, _)| index).collect(),
        loads: file.loads().map(|(index, _)| index).collect(),
        deleted: HashSet::new(),
        inserted: Vec::new(),
        should_fix,
        package,
        file,
    };
    // The last edit by which a rule gets a name.
    let mut named: HashMap<String, usize> = HashMap::new();
    for (index, edit) in edits.into_iter().enumerate() {
        work.spend(editor.size(&edit))?;
        if let Edit::SetName { name, .. } | Edit::AppendRule { rule: message::Rule { name, .. } } = &edit {
            named.insert(name.clone(), index + 1);
        }
        editor.apply(edit).map_err(|fault| Cause::Edit { number: index + 1, fault })?;
    }
    let Editor { rules, inserted, file, .. } = editor;
    // Nobody reads a file in which two rules have one name.
    let mut seen = HashSet::new();
    let twice = if named.is_empty() {
        None
    } else {
        file.rules().map(|(_, rule)| rule.name()).find(|name| !seen.insert(*name) && !name.is_empty())
    };
    if let Some(name) = twice {
        let number = named.get(name).copied().unwrap_or_default();
        return Err(Cause::Edit { number, fault: format!("two rules would have the name {name:?}") });
    }
    for index in rules {
        if let Some(rule) = file.rule_mut(index) {
            rule.arrange();
        }
    }
    file.insert_loads(inserted);
    Ok(())
}

/// Edits as people say them, with the names that rules and loads have before.
pub(super) fn in_words(edits: &[Edit], file: &BuildFile) -> Vec<String> {
    let rules: Vec<&Rule> = file.rules().map(|(_, rule)| rule).collect();
    edits.iter().map(|edit| edit_in_words(edit, &rules)).collect()
}

fn edit_in_words(edit: &Edit, rules: &[&Rule]) -> String {
    let rule = |number: &u32| {
        let rule = rules.get(*number as usize);
        rule.map_or_else(|| format!("rule {number}"), |rule| format!("{} {}", rule.kind(), rule.name()))
    };
    match edit {
        Edit::SetKind { rule: number, kind } => format!("{}: kind {kind}", rule(number)),
        Edit::SetName { rule: number, name } => format!("{}: name {name}", rule(number)),
        Edit::SetAttr { rule: number, attr } => format!("{}: sets {}", rule(number), attr.name),
        Edit::DeleteAttr { rule: number, name } => format!("{}: deletes {name}", rule(number)),
        Edit::DeleteRule { rule: number } => format!("{}: is deleted", rule(number)),
        Edit::AppendRule { rule } => format!("{} {}: is appended", rule.kind, rule.name),
        Edit::SetLoad { name, .. } | Edit::InsertLoad { name, .. } => format!("load {name}"),
    }
}

struct Editor<'a> {
    rules: Vec<usize>,
    loads: Vec<usize>,
    deleted: HashSet<u32>,
    /// With the index of the statement that it is put in front of.
    inserted: Vec<(usize, Load)>,
    should_fix: bool,
    package: Package<'a>,
    file: &'a mut BuildFile,
}

impl Editor<'_> {
    /// How much is looked through for an edit: its texts, and the arguments of its rule.
    fn size(&self, edit: &Edit) -> u64 {
        let rule = match edit {
            Edit::SetKind { rule, .. }
            | Edit::SetName { rule, .. }
            | Edit::SetAttr { rule, .. }
            | Edit::DeleteAttr { rule, .. }
            | Edit::DeleteRule { rule } => self.rules.get(*rule as usize).and_then(|index| self.file.rule(*index)),
            _ => None,
        };
        let texts = match edit {
            Edit::SetKind { kind, .. } => kind.len() as u64,
            Edit::SetAttr { attr, .. } => build::reading_attr(attr),
            Edit::AppendRule { rule } => build::reading(rule),
            Edit::SetLoad { symbols, .. } | Edit::InsertLoad { symbols, .. } => symbols.len() as u64,
            _ => 0,
        };
        1 + texts + rule.map_or(0, |rule| rule.arguments() as u64)
    }

    fn apply(&mut self, edit: Edit) -> Result<(), String> {
        match edit {
            Edit::SetKind { rule, kind } => {
                self.only_fix("SetKind")?;
                if !crate::starlark::is_kind(&kind) {
                    return Err(format!("{kind:?} is not a name of a kind{}", clause::RULE_IDENTIFIERS.suffix()));
                }
                self.rule(rule)?.set_kind(&kind);
            }
            Edit::SetName { rule, name } => {
                self.only_fix("SetName")?;
                self.rule(rule)?.set("name", Expr::string(name));
            }
            Edit::SetAttr { rule, attr } => {
                let package = self.package;
                let rule = self.rule(rule)?;
                let mut argument = build::argument(&attr, rule.kind(), package).map_err(|fault| fault.to_string())?;
                if let Some(old) = rule.argument(&attr.name) {
                    keep_comments(old, &mut argument);
                }
                rule.set_argument(argument);
            }
            Edit::DeleteAttr { rule, name } => self.rule(rule)?.delete(&name),
            Edit::DeleteRule { rule } => {
                self.only_fix("DeleteRule")?;
                self.rule(rule)?;
                self.deleted.insert(rule);
                self.file.delete(self.rules[rule as usize]);
            }
            Edit::AppendRule { rule } => {
                let new = build::new_rule(&rule, self.package).map_err(|cause| cause.to_string())?;
                self.file.push(new);
            }
            Edit::SetLoad { load, name, symbols } => {
                let count = self.loads.len();
                let index = self.loads.get(load as usize).copied();
                let index = index.ok_or_else(|| no_such("load statement", load, count))?;
                if symbols.is_empty() {
                    self.file.delete(index);
                } else {
                    let pairs = pairs(&name, symbols)?;
                    if let Some(load) = self.file.load_mut(index) {
                        load.set(&name, pairs);
                    }
                }
            }
            Edit::InsertLoad { load, name, symbols } => {
                let index = match self.loads.get(load as usize) {
                    Some(index) => *index,
                    None if load as usize == self.loads.len() => self.loads.last().map_or(0, |last| last + 1),
                    None => return Err(no_such("load statement", load, self.loads.len())),
                };
                let mut new = Load::new(&name);
                new.set(&name, pairs(&name, symbols)?);
                // A load statement of nothing is none.
                if new.is_empty() {
                    return Ok(());
                }
                self.inserted.push((index, new));
            }
        }
        Ok(())
    }

    fn rule(&mut self, rule: u32) -> Result<&mut Rule, String> {
        if self.deleted.contains(&rule) {
            return Err(format!("rule {rule} was deleted by an edit before{}", clause::FIX_DELETED.suffix()));
        }
        let count = self.rules.len();
        let index = self.rules.get(rule as usize).copied();
        index.and_then(|index| self.file.rule_mut(index)).ok_or_else(|| no_such("rule", rule, count))
    }

    fn only_fix(&self, edit: &str) -> Result<(), String> {
        if self.should_fix {
            Ok(())
        } else {
            Err(format!("{edit} is for `fix` alone{}", clause::FIX_SHOULD_FIX.suffix()))
        }
    }
}

/// Gives a list that takes the place of another the comments of what is in both, and what a comment keeps. A language knows
/// of neither.
fn keep_comments(old: &Expr, new: &mut Expr) {
    if new.before.is_empty() {
        new.before.clone_from(&old.before);
    }
    new.suffix.clone_from(&old.suffix);
    let (Kind::Named(_, old), Kind::Named(_, new)) = (&old.kind, &mut new.kind) else { return };
    let (Kind::List(old), Kind::List(new)) = (&old.kind, &mut new.kind) else { return };
    let mut left: HashMap<&str, &Expr> = HashMap::new();
    for item in &old.items {
        left.insert(item.as_str().unwrap_or_default(), item);
    }
    for item in &mut new.items {
        if let Some(known) = item.as_str().and_then(|text| left.remove(text)) {
            *item = known.clone();
        }
    }
    let kept = old.items.iter().filter(|item| item.is_kept());
    let is_gone = |item: &&Expr| item.as_str().is_none_or(|text| left.contains_key(text));
    new.items.extend(kept.filter(is_gone).cloned());
    new.end.clone_from(&old.end);
}

fn no_such(what: &str, index: u32, count: usize) -> String {
    format!("there is no {what} {index}: the file has {count}{}", clause::FIX_INDICES.suffix())
}

/// What a load statement loads, if it can be written.
fn pairs(file: &str, symbols: Vec<Symbol>) -> Result<Vec<(String, String)>, String> {
    if let Err(fault) = Label::parse(file) {
        return Err(format!("the file that is loaded: {fault}{}", clause::RULE_LABELS.suffix()));
    }
    let mut seen = HashSet::new();
    for name in symbols.iter().flat_map(|symbol| [&symbol.from, &symbol.to]) {
        if !is_identifier(name) {
            return Err(format!(
                "{name:?} is no name that a load statement can have{}",
                clause::RULE_IDENTIFIERS.suffix()
            ));
        }
    }
    if let Some(twice) = symbols.iter().find(|symbol| !seen.insert(symbol.to.as_str())) {
        return Err(format!("{:?} is loaded twice in one statement{}", twice.to, clause::RULE_IDENTIFIERS.suffix()));
    }
    Ok(symbols.into_iter().map(|symbol| (symbol.from, symbol.to)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_abi::message::{self, Attr, Value};

    const FILE: &str =
        "load(\"//:b.bzl\", \"b\")\n\n# One.\na(name = \"one\")\n\na(\n    name = \"two\",\n    x = 1,\n)\n";

    fn fixed(edits: Vec<Edit>, should_fix: bool) -> Result<String, String> {
        let mut file = BuildFile::parse("BUILD", FILE.into()).unwrap();
        apply(&mut file, edits, should_fix, Package { repo: "", rel: "p" }, &mut Work::new("this", 1_000))
            .map_err(|cause| cause.to_string())?;
        file.arrange_loads();
        Ok(file.text())
    }

    #[test]
    fn edits_are_made_one_after_the_other() {
        let symbol = |name: &str| Symbol { from: name.into(), to: name.into() };
        let attr = |name: &str, value| Attr { name: name.into(), value, ..Attr::default() };
        let edits = vec![
            Edit::DeleteRule { rule: 0 },
            Edit::SetKind { rule: 1, kind: "c".into() },
            Edit::SetName { rule: 1, name: "three".into() },
            Edit::SetAttr { rule: 1, attr: attr("deps", Value::Labels(vec!["//p:d".into(), "//a:a".into()])) },
            Edit::DeleteAttr { rule: 1, name: "x".into() },
            Edit::DeleteAttr { rule: 1, name: "y".into() },
            Edit::AppendRule { rule: message::Rule { kind: "e".into(), name: "e".into(), ..Default::default() } },
            Edit::SetLoad { load: 0, name: "//:c.bzl".into(), symbols: vec![symbol("c")] },
            Edit::InsertLoad { load: 0, name: "//:a.bzl".into(), symbols: vec![symbol("e")] },
        ];
        assert_eq!(
            fixed(edits, true).unwrap(),
            "load(\"//:a.bzl\", \"e\")\nload(\"//:c.bzl\", \"c\")\n\nc(\n    name = \"three\",\n    deps = [\n        \
             \":d\",\n        \"//a\",\n    ],\n)\n\ne(name = \"e\")\n"
        );
        assert_eq!(fixed(vec![], false).unwrap(), FILE);
    }

    #[test]
    fn a_list_keeps_its_comments_and_what_is_kept() {
        let text = "a(\n    name = \"one\",\n    # About srcs.\n    srcs = [\n        # About b.\n        \"b\",  # behind\n        \
                    \"gone\",\n        \"k\",  # keep\n        X,  # keep\n        # At the end.\n    ],\n)\n";
        let set = |items: &[&str]| {
            let value = Value::Strings(items.iter().map(ToString::to_string).collect());
            let edit = Edit::SetAttr { rule: 0, attr: Attr { name: "srcs".into(), value, ..Attr::default() } };
            let mut file = BuildFile::parse("BUILD", text.into()).unwrap();
            apply(&mut file, vec![edit], false, Package { repo: "", rel: "p" }, &mut Work::new("this", 1_000)).unwrap();
            file.text()
        };
        assert_eq!(set(&["b", "k"]), text.replace("        \"gone\",\n", ""));
        assert_eq!(set(&["b", "c"]), text.replace("\"gone\"", "\"c\""));
        assert_eq!(set(&["b", "gone", "k"]), text);
    }

    #[test]
    fn edits_that_are_too_much_work() {
        let attr = |n: usize| Attr { name: format!("x{n}"), value: Value::Bool(true), ..Attr::default() };
        // Each looks through all that were set before.
        let edits = (0..100).map(|n| Edit::SetAttr { rule: 0, attr: attr(n) }).collect();
        let fault = "this takes more work of the host than one call may ask for, 1000 (`Limits::work_per_call`)";
        assert_eq!(fixed(edits, true).unwrap_err(), fault);
        // A byte of Starlark is read a few times.
        let attr = |text: &str| Attr { name: "x".into(), value: Value::Raw(text.into()), ..Attr::default() };
        let raw = |text: &str| fixed(vec![Edit::SetAttr { rule: 0, attr: attr(text) }], true);
        assert_eq!(raw(&"-".repeat(100)).unwrap_err(), fault);
        assert!(raw(&format!("{}1", "-".repeat(40))).is_ok());
    }

    #[test]
    fn edits_that_cannot_be_made() {
        let delete = |rule| Edit::DeleteRule { rule };
        let fault = |edits, should_fix| fixed(edits, should_fix).unwrap_err();
        assert_eq!(fault(vec![delete(0)], false), "edit 1: DeleteRule is for `fix` alone (fix.should-fix)");
        assert_eq!(
            fault(vec![delete(0), delete(0)], true),
            "edit 2: rule 0 was deleted by an edit before (fix.deleted)"
        );
        assert_eq!(fault(vec![delete(2)], true), "edit 1: there is no rule 2: the file has 2 (fix.indices)");
        let load = Edit::SetLoad { load: 1, name: "x".into(), symbols: vec![] };
        assert_eq!(fault(vec![load], true), "edit 1: there is no load statement 1: the file has 1 (fix.indices)");
        let kind = Edit::SetKind { rule: 0, kind: "a b".into() };
        assert_eq!(fault(vec![kind], true), "edit 1: \"a b\" is not a name of a kind (rule.identifiers)");
        let nothing = Edit::InsertLoad { load: 0, name: ":b.bzl".into(), symbols: vec![] };
        assert_eq!(fixed(vec![nothing], true).unwrap(), FILE);
        let symbol = |from: &str, to: &str| Symbol { from: from.into(), to: to.into() };
        let insert = |symbols| Edit::InsertLoad { load: 1, name: "//:b.bzl".into(), symbols };
        let set = |symbols| Edit::SetLoad { load: 0, name: "//:b.bzl".into(), symbols };
        for bad in
            ["", "b = 1) \nevil_call(name", "b\"", "b c", "if", "load", "True", "class", "b.c", "é", "1b", "b\u{202e}"]
        {
            for edit in [
                insert(vec![symbol("a", bad)]),
                insert(vec![symbol(bad, "a")]),
                set(vec![symbol("a", "a"), symbol("a", bad)]),
                set(vec![symbol(bad, bad)]),
            ] {
                let fault = fault(vec![edit], false);
                assert_eq!(
                    fault,
                    format!("edit 1: {bad:?} is no name that a load statement can have (rule.identifiers)")
                );
            }
        }
        let twice = vec![symbol("a", "x"), symbol("b", "x")];
        assert_eq!(
            fault(vec![insert(twice)], true),
            "edit 1: \"x\" is loaded twice in one statement (rule.identifiers)"
        );
        for bad in ["", "//a:b:c", "a\nb", "//a\"b\\"] {
            let edit = Edit::SetLoad { load: 0, name: bad.into(), symbols: vec![symbol("a", "a")] };
            assert!(fault(vec![edit], true).ends_with("(rule.labels)"), "{bad}");
        }
    }
}
