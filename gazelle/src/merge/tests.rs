use super::*;
use crate::config::{Aliases, Mappings};
use dorcas_abi::message::{ListEntry, SelectBranch, StringEntry};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A kind with an attribute of every sort.
fn known() -> HashMap<String, Kind> {
    let strings = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let lib = Kind {
        name: "lib".into(),
        match_attrs: strings(&["path", "srcs"]),
        non_empty_attrs: strings(&["deps", "srcs"]),
        substitute_attrs: strings(&["embed"]),
        mergeable_attrs: strings(&["embed", "env", "lists", "opts", "path", "srcs"]),
        resolve_attrs: strings(&["deps"]),
        ..Kind::default()
    };
    let only = Kind { name: "only".into(), match_any: true, ..Kind::default() };
    [lib, only].into_iter().chain(native()).map(|kind| (kind.name.clone(), kind)).collect()
}

fn strings(all: &[&str]) -> Value {
    Value::Strings(all.iter().map(ToString::to_string).collect())
}

fn rule(kind: &str, name: &str, attrs: &[(&str, Value)]) -> message::Rule {
    let attr = |(name, value): &(&str, Value)| Attr { name: (*name).into(), value: value.clone(), ..Attr::default() };
    message::Rule {
        kind: kind.into(),
        name: name.into(),
        attrs: attrs.iter().map(attr).collect(),
        ..Default::default()
    }
}

struct Case {
    mappings: Mappings,
    aliases: Aliases,
    drop_keep: bool,
    phase: Phase,
    unmerged: Vec<Unmerged>,
}

impl Case {
    fn new() -> Self {
        Self {
            mappings: Mappings::default(),
            aliases: Aliases::default(),
            drop_keep: false,
            phase: Phase::Generated,
            unmerged: vec![],
        }
    }

    fn merge(&mut self, text: &str, empty: &[message::Rule], rules: &[message::Rule]) -> String {
        let known = known();
        let kinds = Kinds::new(&known, &self.mappings, &self.aliases);
        let package = Package { repo: "", rel: "p" };
        let merge = Merge { kinds: &kinds, package, drop_keep: self.drop_keep, trace: None, work: 1_000_000 };
        let mut file = BuildFile::parse("BUILD", text.into()).unwrap();
        let mut incoming: Vec<_> = rules.iter().cloned().map(Incoming::new).collect();
        self.unmerged = merge.merge(&mut file, empty, &mut incoming, self.phase).unwrap();
        file.text()
    }
}

/// The file after rules were merged into it.
fn merged(text: &str, rules: &[message::Rule]) -> String {
    Case::new().merge(text, &[], rules)
}

/// The value of an attribute of the rule `a` after another was merged with it.
fn value(attr: &str, old: &str, new: Option<Value>) -> String {
    let text = format!("lib(\n    name = \"a\",\n    {attr} = {old},\n)\n");
    let attrs: Vec<_> = new.into_iter().map(|new| (attr, new)).collect();
    let merged = merged(&text, &[rule("lib", "a", &attrs)]);
    let start = merged.find(&format!("{attr} = ")).map(|at| at + attr.len() + 3);
    let end = merged.rfind(",\n)");
    start.zip(end).map_or_else(|| "gone".into(), |(start, end)| merged[start..end].to_owned())
}

#[test]
fn a_rule_that_is_new_goes_to_the_end() {
    let new = rule("lib", "b", &[("srcs", strings(&["y"]))]);
    assert_eq!(
        merged("lib(name = \"a\")\n", &[new]),
        "lib(name = \"a\")\n\nlib(\n    name = \"b\",\n    srcs = [\"y\"],\n)\n"
    );
}

#[test]
fn a_rule_of_the_same_name_is_meant() {
    let new = rule("lib", "a", &[("srcs", strings(&["y"])), ("visibility", strings(&["//v"]))]);
    assert_eq!(
        merged("lib(\n    name = \"a\",\n    srcs = [\"x\"],\n    visibility = [\"//mine\"],\n)\n", &[new]),
        "lib(\n    name = \"a\",\n    srcs = [\"y\"],\n    visibility = [\"//mine\"],\n)\n",
        "what is mergeable is replaced, what isn't stays"
    );
}

#[test]
fn a_rule_of_another_kind_with_the_name_is_left_alone() {
    let text = "other(name = \"a\")\n";
    assert_eq!(merged(text, &[rule("lib", "a", &[("srcs", strings(&["y"]))])]), text);
}

#[test]
fn an_attribute_may_tell_which_rule_is_meant() {
    let new = rule("lib", "b", &[("path", Value::String("q".into())), ("srcs", strings(&["y"]))]);
    let text = "lib(\n    name = \"a\",\n    path = \"q\",\n)\n";
    assert_eq!(
        merged(text, std::slice::from_ref(&new)),
        "lib(\n    name = \"a\",\n    srcs = [\"y\"],\n    path = \"q\",\n)\n"
    );
    let two = format!("{text}\nlib(\n    name = \"c\",\n    path = \"q\",\n)\n");
    assert_eq!(merged(&two, &[new]), two, "two may be meant");
    let text = "lib(\n    name = \"a\",\n    srcs = [\n        \"y\",\n        \"x\",\n    ],\n)\n";
    assert_eq!(merged(text, &[rule("lib", "b", &[("srcs", strings(&["x", "y"]))])]), text, "in whatever order");
}

#[test]
fn the_kind_alone_may_tell_which_rule_is_meant() {
    let new = [rule("only", "b", &[("x", Value::Int(1))])];
    assert_eq!(merged("only(name = \"a\")\n", &new), "only(\n    name = \"a\",\n    x = 1,\n)\n");
    let two = "only(name = \"a\")\n\nonly(name = \"c\")\n";
    assert_eq!(merged(two, &new), two);
}

#[test]
fn a_macro_may_stand_for_a_kind() {
    let mut case = Case::new();
    case.aliases.add("my lib").unwrap();
    let new = rule("lib", "a", &[("srcs", strings(&["y"]))]);
    assert_eq!(case.merge("my(name = \"a\")\n", &[], &[new]), "my(\n    name = \"a\",\n    srcs = [\"y\"],\n)\n");
}

/// The kinds that are the user's own: macros that `alias_kind` names, and those that `map_kind` puts in the place of others.
#[test]
fn a_kind_of_the_users_own_is_not_empty_for_what_it_lacks() {
    let mut case = Case::new();
    case.aliases.add("my lib").unwrap();
    case.mappings.add("lib mapped //:my.bzl").unwrap();
    let empty = [rule("lib", "a", &[]), rule("mapped", "a", &[])];
    for kind in ["my", "mapped"] {
        for attrs in ["", "    opts = [\"o\"],\n    path = \"p\",\n"] {
            let text = format!("# Ours.\n{kind}(\n    name = \"a\",\n    tags = [\"t\"],\n{attrs})\n");
            assert_eq!(case.merge(&text, &empty, &[]), text);
            assert_eq!(case.unmerged, []);
        }
    }
    // What had sources, and has none left: a mapped rule is as good as a language's own, a macro may have other uses.
    let text = "mapped(\n    name = \"a\",\n    srcs = [\"x\"],\n)\n";
    assert_eq!(case.merge(text, &empty, &[]), "");
    let text = text.replace("mapped", "my");
    assert_eq!(case.merge(&text, &empty[..1], &[]), text);
    assert_eq!(case.unmerged, [Unmerged { line: 1, rule: "my a".into(), why: Why::OwnKind }]);
    let labels = text.replace("\"x\"", "\":x\"");
    assert_eq!(case.merge(&labels, &empty, &[]), labels);
    assert_eq!(case.unmerged, []);
}

#[test]
fn a_macro_stands_for_a_kind_that_has_another_name() {
    let mut case = Case::new();
    case.aliases.add("my lib").unwrap();
    case.mappings.add("lib mapped //:my.bzl").unwrap();
    let text = "my(\n    name = \"a\",\n    srcs = [\n        \"x\",\n        \"y\",\n    ],\n)\n";
    let merged = "my(\n    name = \"a\",\n    srcs = [\"x\"],\n)\n";
    assert_eq!(case.merge(text, &[], &[rule("mapped", "a", &[("srcs", strings(&["x"]))])]), merged);
    let by_attr = [rule("mapped", "b", &[("path", Value::String("q".into()))])];
    let text = "my(\n    name = \"a\",\n    path = \"q\",\n)\n";
    assert_eq!(case.merge(text, &[], &by_attr), text);
}

#[test]
fn what_is_generated_in_the_same_answer_is_not_empty() {
    let text =
        "# Ours.\nlib(\n    name = \"a\",\n    testonly = True,\n    srcs = [\"old\"],\n    tags = [\"t\"],\n)\n";
    let new = [rule("lib", "a", &[("srcs", strings(&["new"]))])];
    assert_eq!(Case::new().merge(text, &[rule("lib", "a", &[])], &new), text.replace("old", "new"));
    // Another rule of the kind is the only one that an empty one of any name may mean.
    let only = "only(\n    name = \"b\",\n    x = 1,\n)\n";
    assert_eq!(Case::new().merge(only, &[rule("only", "a", &[])], &[rule("only", "b", &[])]), only);
}

#[test]
fn what_is_not_written_is_told() {
    let mut case = Case::new();
    let text = "\nother(name = \"a\")\n";
    let new = [rule("lib", "a", &[("srcs", strings(&["y"]))])];
    assert_eq!(case.merge(text, &[], &new), text);
    assert_eq!(
        case.unmerged,
        [Unmerged { line: 2, rule: "lib a".into(), why: Why::NameTaken { kind: "other".into() } }]
    );
    let two = "lib(\n    name = \"b\",\n    path = \"q\",\n)\n\nlib(\n    name = \"c\",\n    path = \"q\",\n)\n";
    assert_eq!(case.merge(two, &[], &[rule("lib", "d", &[("path", Value::String("q".into()))])]), two);
    let why = Why::Ambiguous { by: By::Attr("path".into()) };
    assert_eq!(case.unmerged, [Unmerged { line: 0, rule: "lib d".into(), why }]);
    case.phase = Phase::Resolved;
    case.merge(text, &[], &new);
    assert_eq!(case.unmerged, [], "once is enough");
}

#[test]
fn a_kind_may_have_another_name() {
    let mut case = Case::new();
    case.mappings.add("lib my //:my.bzl").unwrap();
    let text = "my(\n    name = \"a\",\n    srcs = [\"x\"],\n)\n";
    let new = rule("my", "a", &[("srcs", strings(&["y"]))]);
    assert_eq!(case.merge(text, &[], &[new]), text.replace('x', "y"));
}

#[test]
fn names_that_rules_have_are_put_into_others() {
    let new = [
        rule("lib", "b", &[("path", Value::String("q".into()))]),
        rule("lib", "c", &[("embed", strings(&[":b", ":d"]))]),
    ];
    let merged = merged("lib(\n    name = \"a\",\n    path = \"q\",\n)\n", &new);
    assert!(merged.contains("    embed = [\n        \":a\",\n        \":d\",\n    ],\n"), "{merged}");
}

#[test]
fn an_empty_rule_is_deleted_unless_something_is_left() {
    let empty = [rule("lib", "a", &[])];
    let mut case = Case::new();
    let text = "lib(\n    name = \"a\",\n    srcs = [\"x\"],\n    copts = [\"-c\"],\n)\n\nother(name = \"b\")\n";
    assert_eq!(case.merge(text, &empty, &[]), "other(name = \"b\")\n");
    let with_deps = text.replace("copts = [\"-c\"]", "deps = [\":x\"]");
    assert_eq!(case.merge(&with_deps, &empty, &[]), with_deps.replace("    srcs = [\"x\"],\n", ""));
    let kept = text.replace("\"x\"]", "\n        \"x\",  # keep\n    ]");
    assert_eq!(case.merge(&kept, &empty, &[]), kept);
    let kept = format!("# keep\n{text}");
    assert_eq!(case.merge(&kept, &empty, &[]), kept);
    let native = "filegroup(\n    name = \"f\",\n    srcs = [\"x\"],\n)\n";
    assert_eq!(case.merge(native, &[rule("filegroup", "f", &[])], &[]), "");
}

#[test]
fn each_phase_has_its_attributes() {
    let text = "lib(\n    name = \"a\",\n    srcs = [\"x\"],\n    deps = [\":x\"],\n)\n";
    let new = [rule("lib", "a", &[("deps", strings(&[":y"])), ("srcs", strings(&["y"]))])];
    assert_eq!(merged(text, &new), text.replace("[\"x", "[\"y"));
    let mut case = Case { phase: Phase::Resolved, ..Case::new() };
    assert_eq!(case.merge(text, &[], &new), text.replace(":x", ":y"));
}

#[test]
fn keep_keeps_rules_attributes_and_items() {
    let new = [rule("lib", "a", &[("path", Value::String("new".into())), ("srcs", strings(&["new"]))])];
    for text in [
        "# keep\nlib(\n    name = \"a\",\n    srcs = [\"x\"],\n    path = \"old\",\n)\n",
        "lib(\n    name = \"a\",\n    srcs = [\"x\"],\n    path = \"old\",\n)  # keep\n",
        "lib(\n    name = \"a\",\n    # keep: because\n    srcs = [\"x\"],\n    path = \"old\",  # keep\n)\n",
    ] {
        assert_eq!(merged(text, &new), text);
    }
    assert_eq!(
        value("srcs", "[\n        \"x\",\n        \"y\",  # keep\n        Z,  # keep\n    ]", Some(strings(&["new"]))),
        "[\n        \"new\",\n        \"y\",  # keep\n        Z,  # keep\n    ]".replace(
            "        \"new\",\n        \"y\",  # keep\n        Z,  # keep\n",
            "        \"y\",  # keep\n        Z,  # keep\n        \"new\",\n"
        )
    );
}

#[test]
fn keep_goes_where_it_keeps_nothing() {
    let mut case = Case { drop_keep: true, ..Case::new() };
    let text = "lib(\n    name = \"a\",\n    srcs = [\n        \"x\",  # keep\n        \"y\",  # keep\n    ],\n    path = \"p\",  # keep\n)\n";
    let new = [rule("lib", "a", &[("path", Value::String("p".into())), ("srcs", strings(&["x"]))])];
    assert_eq!(
        case.merge(text, &[], &new),
        "lib(\n    name = \"a\",\n    srcs = [\n        \"x\",\n        \"y\",  # keep\n    ],\n    path = \"p\",\n)\n"
    );
}

#[test]
fn lists_keep_order_and_comments_of_what_stays() {
    let old = "[\n        # Before b.\n        \"b\",  # behind\n        \"gone\",\n        \"a\",\n    ]";
    assert_eq!(
        value("opts", old, Some(strings(&["a", "b", "c"]))),
        "[\n        # Before b.\n        \"b\",  # behind\n        \"a\",\n        \"c\",\n    ]"
    );
    assert_eq!(
        value("opts", "[\"a\"]", Some(Value::SortedStrings(vec!["a".into(), "0".into()]))),
        "[\n        \"0\",\n        \"a\",\n    ]"
    );
    assert_eq!(value("opts", "[ \"a\"]", Some(strings(&["a"]))), "[ \"a\"]", "the same value is no change");
    assert_eq!(value("opts", "[\"a\"]", None), "gone");
}

#[test]
fn scalars_are_replaced() {
    assert_eq!(value("path", "\"a\"", Some(Value::String("b".into()))), "\"b\"");
    assert_eq!(value("path", "X", Some(Value::String("b".into()))), "\"b\"");
    assert_eq!(value("path", "[\"a\"]", Some(Value::Bool(true))), "True");
    assert_eq!(value("path", "'a'", Some(Value::String("a".into()))), "'a'");
    assert_eq!(value("path", "\"a\"", None), "gone");
}

#[test]
fn selects_by_platform_are_merged() {
    let branch = |condition: &str, values: &[&str]| SelectBranch {
        condition: condition.into(),
        values: values.iter().map(ToString::to_string).collect(),
    };
    let new = |values: &[&str]| {
        Value::Concat(vec![
            Term::Strings(values.iter().map(ToString::to_string).collect()),
            Term::Select(vec![branch("//conditions:default", &[]), branch("@io//p:linux", &["l", "m"])]),
        ])
    };
    let select = |body: &str| format!("select({{\n{body}        \"//conditions:default\": [],\n    }})");
    let linux = "        \"@io//p:linux\": [\n            \"l\",\n            \"m\",\n        ],\n";
    assert_eq!(value("opts", "[\"a\"]", Some(new(&["a"]))), format!("[\n        \"a\",\n    ] + {}", select(linux)));
    let windows =
        "        \"@io//p:linux\": [\"l\"],\n        \"@io//p:windows\": [\n            \"w\",  # keep\n        ],\n";
    let kept = &windows[windows.find("        \"@io//p:windows").unwrap()..];
    assert_eq!(
        value("opts", &select(windows), Some(new(&["a"]))),
        format!("[\n        \"a\",\n    ] + {}", select(&format!("{linux}{kept}")))
    );
    assert_eq!(value("opts", &select(windows), None), select(kept));
    let bare = "select({\n        \"//conditions:default\": [\"d\"],\n    })";
    assert_eq!(value("opts", bare, None), "gone");
}

#[test]
fn what_is_not_understood_stays() {
    for old in
        ["glob([\"*\"])", "select({\n        \":mine\": [],\n    })", "[\"a\"] + [\"b\"]", "select(X)", "f(1)[0](2)"]
    {
        assert_eq!(value("opts", old, Some(strings(&["a"]))), old);
        assert_eq!(value("opts", old, None), old);
    }
    let mut case = Case::new();
    let text = "# c\nlib(\n    name = \"a\",\n    srcs = glob([\"*\"]),\n)\n";
    assert_eq!(case.merge(text, &[], &[rule("lib", "a", &[("srcs", strings(&["a"]))])]), text);
    assert_eq!(case.unmerged, [Unmerged { line: 4, rule: "lib a".into(), why: Why::Form { attr: "srcs".into() } }]);
}

#[test]
fn what_somebody_computes_stays() {
    for old in [
        "X",
        "X + [\"a\"]",
        "[\"a\"] + X",
        "[\"a\"] + f(X)",
        "[x for x in Y]",
        "[\"a\"] + [x for x in Y]",
        "a.b",
        "(X)",
        "[\"%s\" % X]",
        "[X]",
        "X[\"a\"]",
        "select({\n        \"//os:linux\": X,\n    })",
        "select({\n        \"//os:linux\": [X],\n    })",
        "{\"a\": [\"b\"]}",
    ] {
        for new in [Some(strings(&["a", "b"])), Some(strings(&[])), None] {
            assert_eq!(value("opts", old, new), old);
        }
    }
    // These are no lists, and nobody has computed them.
    for old in ["None", "\"a\"", "1"] {
        assert_eq!(value("opts", old, Some(strings(&["a"]))), "[\"a\"]");
        assert_eq!(value("opts", old, None), "gone");
    }
}

#[test]
fn branches_of_a_select_stay() {
    let select = |body: &str| format!("select({{\n{body}    }})");
    let default = "        \"//conditions:default\": [\n            \"d\",  # keep\n        ],\n";
    let empty_default = "        \"//conditions:default\": [],\n";
    let linux = "        \"//os:linux\": [],\n";
    // Without the branch the default would hold.
    let empty = select(&format!("{linux}{default}"));
    assert_eq!(value("opts", &empty, None), empty);
    let gone = select(&format!("        \"//os:linux\": [\"l\"],\n{default}"));
    assert_eq!(value("opts", &gone, None), empty);
    assert_eq!(value("opts", &gone, Some(strings(&["a"]))), format!("[\n        \"a\",\n    ] + {empty}"));
    // Without a default the condition would match nothing.
    let no_default =
        select("        \"//os:linux\": [\"l\"],\n        \"//os:osx\": [\n            \"m\",  # keep\n        ],\n");
    assert_eq!(value("opts", &no_default, None), no_default.replace("[\"l\"]", "[]"));
    // It says nothing that the default doesn't say.
    let kept = "        \"//os:osx\": [\n            \"m\",  # keep\n        ],\n";
    let some = select(&format!("        \"//os:linux\": [\"l\"],\n{kept}{empty_default}"));
    assert_eq!(value("opts", &some, None), select(&format!("{kept}{empty_default}")));
    // Nothing is left.
    let all = select(&format!("        \"//os:linux\": [\"l\"],\n        \"//os:osx\": [],\n{empty_default}"));
    assert_eq!(value("opts", &all, None), "gone");
    for kept in [
        select(&format!("        \"//os:linux\": [\"l\"],  # keep\n{empty_default}")),
        select(&format!("        # keep\n        \"//os:linux\": X,\n{empty_default}")),
        select(&format!("        # keep\n        \"//os:linux\": [],\n{empty_default}")),
        select("        \"//conditions:default\": [\"l\"],  # keep\n"),
    ] {
        assert_eq!(value("opts", &kept, None), kept);
        assert_eq!(value("opts", &kept, Some(strings(&["a"]))), format!("[\n        \"a\",\n    ] + {kept}"));
    }
    let commented = select(&format!(
        "        # About it.\n        \"//os:linux\": [\n            \"a\",\n            \"b\",  # keep\n        ],\n{empty_default}"
    ));
    assert_eq!(value("opts", &commented, None), commented.replace("            \"a\",\n", ""));
}

#[test]
fn dicts_are_merged_entry_by_entry() {
    let entry = |key: &str, value: &str| StringEntry { key: key.into(), value: value.into() };
    let old = "{\n        # about a\n        \"a\": \"1\",  # behind\n        \"b\": \"2\",\n        \"k\": \"3\",  # keep\n    }";
    assert_eq!(
        value("env", old, Some(Value::StringDict(vec![entry("a", "9"), entry("c", "0")]))),
        "{\n        # about a\n        \"a\": \"9\",  # behind\n        \"c\": \"0\",\n        \"k\": \"3\",  # keep\n    }"
    );
    let entry = |key: &str, values: &[&str]| ListEntry {
        key: key.into(),
        values: values.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(
        value(
            "lists",
            "{\n        \"a\": [\n            \"x\",  # keep\n        ],\n    }",
            Some(Value::ListDict(vec![entry("a", &["y"])]))
        ),
        "{\n        \"a\": [\n            \"x\",  # keep\n            \"y\",\n        ],\n    }"
    );
}

#[test]
fn new_attributes_are_put_in_order() {
    let new = rule("lib", "a", &[("deps", strings(&["//z:z", ":b"])), ("srcs", strings(&["y", "x"]))]);
    assert_eq!(
        merged("lib(\n    name = \"a\",\n    **kwargs\n)\n", &[new]),
        "lib(\n    **kwargs,\n    name = \"a\",\n    srcs = [\n        \"x\",\n        \"y\",\n    ],\n    deps = [\n        \":b\",\n        \"//z\",\n    ],\n)\n"
    );
}

#[test]
fn what_buildifier_is_to_leave_alone_is_not_sorted() {
    let mut case = Case { phase: Phase::Resolved, ..Case::new() };
    let text = "# buildifier: leave-alone\nlib(\n    name = \"a\",\n    deps = [\"//z:z\"],\n)\n";
    let new = rule("lib", "a", &[("deps", strings(&["//z:z", "//b:b"]))]);
    assert_eq!(
        case.merge(text, &[], &[new]),
        text.replace("[\"//z:z\"]", "[\n        \"//z:z\",\n        \"//b:b\",\n    ]")
    );
}

/// Files with rules of the kind `lib`, and rules that are generated for them. An attribute that is an empty list comes
/// and goes, in Gazelle as well. No two rules share a source: one that is merged into a rule of another name, because
/// their sources are the same, is a rule of its own the next time, when they no longer are.
fn cases() -> impl Strategy<Value = (String, Vec<message::Rule>)> {
    let item = prop_oneof!["\"[xyz]\",", "\"[xyz]\",  # keep\n", "\n# c\n \"[xyz]\","];
    let list = prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.concat()));
    let select = list.clone().prop_map(|list| format!("select({{\"//:linux\": {list}}})"));
    let value = prop_oneof![
        list.clone(),
        select.clone(),
        (list, select).prop_map(|(list, select)| format!("{list} + {select}")),
        Just("glob([\"*\"])".to_owned())
    ];
    let file = prop::collection::vec((prop_oneof!["# c\n", "# keep\n", ""], "[ab]", value), 0..3).prop_map(|rules| {
        let mut names = HashSet::new();
        let unique = rules.into_iter().filter(|(_, name, _)| names.insert(name.clone()));
        let text = |(comment, name, value): (_, String, String)| {
            let value = ["x", "y", "z"]
                .iter()
                .fold(value, |value, src| value.replace(&format!("\"{src}\""), &format!("\"{name}{src}\"")));
            format!("{comment}lib(name = \"{name}\", srcs = {value})\n\n")
        };
        unique.map(text).collect::<Vec<_>>().concat()
    });
    let new =
        prop::collection::btree_map("[abc]", prop::collection::btree_set("[xyz]", 1..3), 0..3).prop_map(|rules| {
            let new = |(name, srcs): (String, std::collections::BTreeSet<String>)| {
                let srcs = srcs.into_iter().map(|src| format!("{name}{src}")).collect();
                rule("lib", &name, &[("srcs", Value::SortedStrings(srcs))])
            };
            rules.into_iter().map(new).collect()
        });
    (file, new)
}

proptest! {
    #[test]
    fn to_merge_twice_is_to_merge_once((text, new) in cases()) {
        let once = merged(&text, &new);
        prop_assert_eq!(merged(&once, &new), once);
    }
}

/// The work of a merge, and how it ends.
fn work(text: &str, rules: &[message::Rule], work: u64) -> Result<Vec<Unmerged>, Cause> {
    let (known, mappings, aliases) = (known(), Mappings::default(), Aliases::default());
    let kinds = Kinds::new(&known, &mappings, &aliases);
    let merge = Merge { kinds: &kinds, package: Package { repo: "", rel: "p" }, drop_keep: false, trace: None, work };
    let mut file = BuildFile::parse("BUILD", text.into()).unwrap();
    let mut incoming: Vec<_> = rules.iter().cloned().map(Incoming::new).collect();
    merge.merge(&mut file, &[], &mut incoming, Phase::Generated)
}

#[test]
fn rules_that_are_found_by_their_names_are_cheap() {
    let text = (0..2_000).map(|n| format!("lib(name = \"a{n}\")")).collect::<Vec<_>>().join("\n\n");
    let rules: Vec<_> = (0..2_000).map(|n| rule("lib", &format!("a{n}"), &[])).collect();
    // Each has one argument here and there.
    work(&text, &rules, 2_000 * 4).unwrap();
}

/// Of a kind that is matched by these attributes, and has nothing else.
fn matched_by(attrs: impl IntoIterator<Item = String>) -> HashMap<String, Kind> {
    let kind = Kind { name: "lib".into(), match_attrs: attrs.into_iter().collect(), ..Kind::default() };
    HashMap::from([("lib".into(), kind)])
}

/// The work of bringing rules, and empty ones, into a file, found out by halving.
fn least_work(known: &HashMap<String, Kind>, text: &str, empty: &[message::Rule], rules: &[message::Rule]) -> u64 {
    let (mappings, aliases) = (Mappings::default(), Aliases::default());
    let kinds = Kinds::new(known, &mappings, &aliases);
    let is_enough = |work: u64| {
        let merge =
            Merge { kinds: &kinds, package: Package { repo: "", rel: "p" }, drop_keep: false, trace: None, work };
        let mut file = BuildFile::parse("BUILD", text.into()).unwrap();
        let mut incoming: Vec<_> = rules.iter().cloned().map(Incoming::new).collect();
        merge.merge(&mut file, empty, &mut incoming, Phase::Generated).is_ok()
    };
    let (mut least, mut most) = (0, 1 << 30);
    while least < most {
        let middle = u64::midpoint(least, most);
        if is_enough(middle) { most = middle } else { least = middle + 1 }
    }
    least
}

#[test]
fn rules_that_are_looked_for_by_their_attributes_cost_what_they_are_long() {
    let known = matched_by(["path".into(), "srcs".into()]);
    let cost = |count: usize| {
        let text = |n| format!("lib(name = \"a{n}\", path = \"a{n}\", srcs = [\"{n}\", \"x\"])");
        let text = (0..count).map(text).collect::<Vec<_>>().join("\n\n");
        let attrs =
            |n: usize| [("path", Value::String("x".into())), ("srcs", Value::Strings(vec!["y".into(), n.to_string()]))];
        let rules: Vec<_> = (0..count).map(|n| rule("lib", &format!("b{n}"), &attrs(n))).collect();
        least_work(&known, &text, &rules, &rules)
    };
    let (some, many) = (cost(50), cost(200));
    assert!(many <= 4 * some && many <= 200 * 40, "{some} {many}");
}

#[test]
fn attributes_by_which_a_kind_is_matched_are_looked_at_once() {
    // To look for each of them in each empty rule would be a hundred million.
    let known = matched_by((0..10_000).map(|n| format!("m{n:05}")));
    let empty: Vec<_> = (0..10_000).map(|n| rule("lib", &format!("e{n}"), &[])).collect();
    let text = "lib(name = \"a\", m00005 = \"x\", m00007 = \"y\")\n";
    let work = least_work(&known, text, &empty, &[]);
    assert!((10_000..50_000).contains(&work), "{work}");
}

/// What is found by looking at each rule for each attribute.
fn found_slowly(kinds: &Kinds<'_>, text: &str, new: &message::Rule) -> Option<String> {
    let file = BuildFile::parse("BUILD", text.into()).unwrap();
    let info = kinds.info(&new.kind)?;
    let same_kind: Vec<_> =
        file.rules().map(|(_, other)| other).filter(|other| kinds.match_up(other.kind(), &new.kind)).collect();
    for name in &info.match_attrs {
        let Some(attr) = new.attrs.iter().find(|attr| attr.name == *name) else { continue };
        let is_same = |other: &&&Rule| match &attr.value {
            Value::String(text) => !text.is_empty() && other.attr(name).and_then(Expr::as_str) == Some(text.as_str()),
            Value::Strings(list) => other.strings(name).is_some_and(|mut known| {
                let mut list: Vec<&str> = list.iter().map(String::as_str).collect();
                known.sort_unstable();
                list.sort_unstable();
                known == list
            }),
            _ => false,
        };
        let found: Vec<_> = same_kind.iter().filter(is_same).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Some(one.name().to_owned()),
            _ => return Some("ambiguous".into()),
        }
    }
    None
}

proptest! {
    #[test]
    fn an_index_finds_what_looking_at_all_finds(
        file in prop::collection::vec(("lib|other|macro", prop::collection::btree_map("[pqr]", "\"[xy]?\"|\\[(\"[xy]\", ){0,2}\\]", 0..3)), 0..5),
        attrs in prop::collection::btree_map("[pqr]", prop_oneof![
            "[xy]?".prop_map(Value::String),
            prop::collection::vec("[xy]", 0..3).prop_map(Value::Strings),
        ], 0..3),
    ) {
        let statement = |(index, (kind, attrs)): (usize, &(String, BTreeMap<String, String>))| {
            let name = [("name", format!("\"r{index}\""))].into_iter();
            let attrs = name.chain(attrs.iter().map(|(name, value)| (name.as_str(), value.clone())));
            let attrs: Vec<_> = attrs.map(|(name, value)| format!("{name} = {value}")).collect();
            format!("{kind}({})\n", attrs.join(", "))
        };
        let text: String = file.iter().enumerate().map(statement).collect();
        let known = matched_by(["q", "r", "p"].map(String::from));
        let (mappings, mut aliases) = (Mappings::default(), Aliases::default());
        aliases.add("macro lib").unwrap();
        let kinds = Kinds::new(&known, &mappings, &aliases);
        let attrs: Vec<_> = attrs.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let new = rule("lib", "new", &attrs);
        let merge = Merge { kinds: &kinds, package: Package { repo: "", rel: "p" }, drop_keep: false, trace: None, work: u64::MAX };
        let mut built = BuildFile::parse("BUILD", text.clone()).unwrap();
        let mut incoming = [Incoming::new(new.clone())];
        merge.merge(&mut built, &[], &mut incoming, Phase::Generated).unwrap();
        let expected = found_slowly(&kinds, &text, &new);
        let found = match (&incoming[0].name, incoming[0].inserted) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(_)) => None,
            (None, None) => Some("ambiguous".into()),
        };
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn attributes_cost_the_square_of_their_number() {
    let names: Vec<_> = (0..1_000).map(|n| format!("a{n:04}")).collect();
    let attrs: Vec<_> = names.iter().map(|name| (name.as_str(), Value::Bool(true))).collect();
    let new = [rule("lib", "a", &attrs)];
    assert!(matches!(work("lib(name = \"a\")\n", &new, 1_000_000), Err(Cause::TooMuchWork { .. })));
    work("lib(name = \"a\")\n", &new, 1_002 * 1_002).unwrap();
}
