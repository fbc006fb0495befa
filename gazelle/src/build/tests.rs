use super::*;
use crate::label::Label;
use dorcas_abi::message::{ListEntry, LoadInfo, Rule, SelectBranch, StringEntry, Term, Value};
use std::collections::BTreeMap;

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn rule(kind: &str, name: &str, attrs: &[(&str, Value)]) -> Rule {
    let attr =
        |(name, value): &(&str, Value)| Attr { name: (*name).into(), value: value.clone(), comments: Vec::new() };
    Rule { kind: kind.into(), name: name.into(), attrs: attrs.iter().map(attr).collect(), ..Rule::default() }
}

fn loads() -> KnownLoads {
    let load = |module: &str, file: &str, symbols: &[&str]| LoadInfo {
        repo: module.into(),
        file: file.into(),
        symbols: strings(symbols),
        ..LoadInfo::default()
    };
    KnownLoads::new(
        &[
            load("rules_proto", "//proto:defs.bzl", &["proto_library"]),
            load("rules_cc", "//cc:defs.bzl", &["cc_library", "cc_test", "CC_FLAGS"]),
        ],
        &BTreeMap::new(),
    )
}

fn text(rules: &[Rule]) -> String {
    compose("BUILD", &rules.iter().collect::<Vec<_>>(), &loads(), Package { repo: "me", rel: "a/b" }).unwrap().text()
}

fn fault(rule: &Rule) -> String {
    compose("BUILD", &[rule], &loads(), Package { repo: "", rel: "" }).unwrap_err().to_string()
}

fn attr(name: &str, value: Value) -> String {
    text(&[rule("x", "", &[(name, value)])])
}

#[test]
fn a_file_has_loads_then_rules() {
    let proto = rule(
        "proto_library",
        "b_proto",
        &[
            ("deps", Value::Labels(strings(&["@me//a/b:c", "//a/b:a", "//x:x", "@r//:r", "//x"]))),
            ("srcs", Value::SortedStrings(strings(&["b.proto", "a.proto", "a.proto"]))),
            ("visibility", Value::Strings(strings(&["//visibility:public"]))),
        ],
    );
    let cc = [rule("cc_test", "t", &[("size", Value::String("small".into()))]), rule("cc_library", "l", &[])];
    assert_eq!(
        text(&[proto, cc[0].clone(), cc[1].clone()]),
        r#"load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load("@rules_proto//proto:defs.bzl", "proto_library")

proto_library(
    name = "b_proto",
    srcs = [
        "a.proto",
        "b.proto",
    ],
    visibility = ["//visibility:public"],
    deps = [
        ":c",
        "//a/b:a",
        "//x",
        "@r",
    ],
)

cc_test(
    name = "t",
    size = "small",
)

cc_library(name = "l")
"# // As in Gazelle, `//a/b:a` without the name of the repository is not made relative where the repository has one.
    );
}

#[test]
fn scalars() {
    let all = rule(
        "x",
        "",
        &[
            ("a", Value::Bool(true)),
            ("b", Value::Bool(false)),
            ("c", Value::Int(-7)),
            ("d", Value::String("\"\\\n\u{e9}".into())),
            ("e", Value::Label("@me//a/b:e".into())),
        ],
    );
    assert_eq!(
        text(&[all]),
        "x(\n    a = True,\n    b = False,\n    c = -7,\n    d = \"\\\"\\\\\\n\\303\\251\",\n    e = \":e\",\n)\n"
    );
}

#[test]
fn a_list_keeps_its_order_unless_buildifier_sorts_it() {
    let list = Value::Strings(strings(&["b", "a", "b"]));
    let kept = "[\n    \"b\",\n    \"a\",\n    \"b\",\n]";
    let sorted = "[\n    \"a\",\n    \"b\",\n]";
    assert_eq!(attr("copts", list.clone()), format!("x(copts = {kept})\n"));
    assert_eq!(attr("tags", list.clone()), format!("x(tags = {sorted})\n"));
    assert_eq!(text(&[rule("genrule", "", &[("srcs", list)])]), format!("genrule(srcs = {kept})\n"));
    assert_eq!(attr("copts", Value::Strings(vec![])), "x(copts = [])\n");
}

#[test]
fn do_not_sort_is_obeyed() {
    let mut rule = rule("x", "", &[("deps", Value::Strings(strings(&["b", "a", "b"])))]);
    rule.attrs[0].comments = strings(&["# Do not sort: it matters."]);
    rule.comments = strings(&["# About x.", " #b "]);
    assert_eq!(
        text(&[rule]),
        "# About x.\n#b\nx(\n    # Do not sort: it matters.\n    deps = [\n        \"b\",\n        \"a\",\n    ],\n)\n"
    );
}

#[test]
fn dicts() {
    let entry = |key: &str, value: &str| StringEntry { key: key.into(), value: value.into() };
    assert_eq!(
        attr("env", Value::StringDict(vec![entry("a", "b"), entry("c", "d")])),
        "x(env = {\n    \"a\": \"b\",\n    \"c\": \"d\",\n})\n"
    );
    assert_eq!(attr("env", Value::StringDict(vec![])), "x(env = {\n})\n");
    let entry = |key: &str, values: &[&str]| ListEntry { key: key.into(), values: strings(values) };
    assert_eq!(
        attr("m", Value::ListDict(vec![entry("a", &["b"]), entry("c", &[])])),
        "x(m = {\n    \"a\": [\n        \"b\",\n    ],\n    \"c\": [\n    ],\n})\n"
    );
}

#[test]
fn globs() {
    let glob =
        |include: &[&str], exclude: &[&str]| Value::Glob { include: strings(include), exclude: strings(exclude) };
    assert_eq!(attr("x", glob(&["*.a"], &[])), "x(x = glob([\"*.a\"]))\n");
    assert_eq!(
        attr("srcs", glob(&["b", "a"], &["c"])),
        "x(srcs = glob(\n    [\n        \"a\",\n        \"b\",\n    ],\n    exclude = [\"c\"],\n))\n"
    );
    assert_eq!(attr("hdrs", glob(&["b", "a"], &[])), "x(hdrs = glob([\n    \"b\",\n    \"a\",\n]))\n");
}

#[test]
fn selects_and_sums() {
    let branch =
        |condition: &str, values: &[&str]| SelectBranch { condition: condition.into(), values: strings(values) };
    let branches = vec![branch("//conditions:default", &[]), branch("//os:a", &["b", "a"]), branch("@z//:z", &[])];
    let written = "select({\n    \"//os:a\": [\n        \"a\",\n        \"b\",\n    ],\n    \"@z//:z\": [],\n    \
                   \"//conditions:default\": [],\n})";
    assert_eq!(attr("deps", Value::Select(branches.clone())), format!("x(deps = {written})\n"));
    let list = Term::Strings(strings(&["//c:c"]));
    assert_eq!(
        attr("deps", Value::Concat(vec![list.clone(), Term::Select(branches)])),
        format!("x(deps = [\n    \"//c\",\n] + {written})\n")
    );
    assert_eq!(attr("deps", Value::Concat(vec![list])), "x(deps = [\"//c\"])\n");
    assert_eq!(attr("deps", Value::Concat(vec![])), "x(deps = [])\n");
}

#[test]
fn attributes_have_buildifiers_order() {
    let names = ["aa", "alwayslink", "deps", "exports", "out", "size", "testonly", "zz"];
    let attrs = names.map(|name| (name, Value::Int(1)));
    let text = text(&[rule("x", "n", &attrs)]);
    let order: Vec<_> = text.lines().filter_map(|line| line.trim().split_once(" = ")).map(|(name, _)| name).collect();
    assert_eq!(order, ["name", "size", "testonly", "out", "aa", "zz", "exports", "deps", "alwayslink"]);
}

#[test]
fn an_only_attribute_needs_no_line_of_its_own() {
    let visibility = Value::Strings(strings(&["//b:c", "//a:a"]));
    assert_eq!(
        text(&[rule("package", "", &[("default_visibility", visibility)])]),
        "package(default_visibility = [\n    \"//a\",\n    \"//b:c\",\n])\n"
    );
}

// Where Gazelle loads a name only if it is called, or is a value or an item of a list itself, any name in the text
// counts here: what a guest writes should not lack its load.
#[test]
fn raw_text_is_loaded_for() {
    let mut rule = rule("maybe", "x", &[("copts", Value::Raw(" CC_FLAGS + [\"a\"]\n".into()))]);
    rule.args = strings(&["cc_library"]);
    assert_eq!(
        text(&[rule]),
        "load(\"@rules_cc//cc:defs.bzl\", \"CC_FLAGS\", \"cc_library\")\n\n\
         maybe(\n    cc_library,\n    name = \"x\",\n    copts = CC_FLAGS + [\"a\"],\n)\n"
    );
}

#[test]
fn what_cannot_be_written() {
    assert_eq!(fault(&rule("a b", "n", &[])), "rule a b \"n\": \"a b\" is not a name of a kind (rule.identifiers)");
    assert_eq!(fault(&rule("for", "n", &[])), "rule for \"n\": \"for\" is not a name of a kind (rule.identifiers)");
    let bad = |name: &str, value: Value| fault(&rule("x", "n", &[(name, value)]));
    assert_eq!(bad("a)", Value::Int(1)), "rule x \"n\": \"a)\" is not a name of an attribute (rule.identifiers)");
    assert_eq!(bad("name", Value::Int(1)), "rule x \"n\": the name stands among the attributes (rule.name-apart)");
    assert_eq!(
        bad("deps", Value::Label("//".into())),
        format!("rule x \"n\": attribute deps: {} (rule.labels)", Label::parse("//").unwrap_err())
    );
    assert_eq!(
        bad("a", Value::Raw("1, b = 2".into())),
        "rule x \"n\": attribute a: \"1, b = 2\" is not Starlark: line 1, column 2: cannot make \
         sense of `, b = 2` (rule.raw)"
    );
    assert_eq!(
        bad("a", Value::Raw("1, 2".into())),
        "rule x \"n\": attribute a: \"1, 2\" is not Starlark: line 1, column 2: cannot make sense of `, 2` (rule.raw)"
    );
    let mut rule = rule("x", "n", &[]);
    for (comment, shown) in [
        ("# a\nb()", "# a\\nb()"),
        ("# a\0b()", "# a\\0b()"),
        ("# a\rb()", "# a\\rb()"),
        ("# \u{1b}[1A", "# \\u{1b}[1A"),
        ("# \u{7f}", "# \\u{7f}"),
        ("# \u{9b}2K", "# \\u{9b}2K"),
        ("# \u{202e}b", "# \\u{202e}b"),
        ("# \u{61c}b", "# \\u{61c}b"),
        ("# \u{2028}b", "# \\u{2028}b"),
        ("a", "a"),
    ] {
        rule.comments = strings(&[comment]);
        assert_eq!(
            fault(&rule),
            format!(
                "rule x \"n\": \"{shown}\" is not a comment: it has to begin with # and have no control characters (rule.comments)"
            )
        );
    }
}
