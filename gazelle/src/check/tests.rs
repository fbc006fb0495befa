use super::*;
use dorcas_abi::clause;
use dorcas_abi::message::{
    Attr, ConfigureResponse, Diagnostic, Edit, EmptyRule, FindAnswer, FindResponse, FixResponse, Flag, FlagType,
    GenerateResponse, GeneratedRule, Kind, LoadInfo, Manifest, Position, Provider, ResolveRequest, ResolveResponse,
    ResolveRule, ResolvedRule, Rule, SelectBranch, Term, Value,
};

/// The clause that a reply breaks; empty where it keeps them all.
fn clause(checked: Result<(), Breach>) -> &'static str {
    checked.err().map_or("", |breach| breach.clause.name)
}

fn attr(name: &str, value: Value) -> Attr {
    Attr { name: name.into(), value, ..Attr::default() }
}

fn thing(name: &str) -> Rule {
    Rule { kind: "thing".into(), name: name.into(), ..Rule::default() }
}

fn own() -> Manifest {
    let kind = Kind { name: "thing".into(), ..Kind::default() };
    Manifest { kinds: vec![kind], ..Manifest::default() }
}

fn generated(rules: Vec<Rule>) -> &'static str {
    let rules = rules.into_iter().map(|rule| GeneratedRule { rule, ..GeneratedRule::default() }).collect();
    clause(generate(&own(), &GenerateResponse { rules, ..GenerateResponse::default() }))
}

/// The clause that an attribute breaks, which is the same wherever a guest has one.
fn of_attr(attr: &Attr) -> &'static str {
    let rule = Rule { attrs: vec![attr.clone()], ..thing("a") };
    let in_rule = generated(vec![rule.clone()]);
    let private = GeneratedRule { rule: thing("a"), private: vec![attr.clone()], ..GeneratedRule::default() };
    let empty = EmptyRule { kind: "thing".into(), name: "a".into(), attrs: vec![attr.clone()] };
    let fixed = |edit| clause(fix(&FixResponse { edits: vec![edit], ..FixResponse::default() }));
    let request = ResolveRequest { rules: vec![ResolveRule::default()], ..ResolveRequest::default() };
    let resolved = ResolvedRule { set: vec![attr.clone()], delete: vec![] };
    let others = [
        clause(generate(&own(), &GenerateResponse { rules: vec![private], ..GenerateResponse::default() })),
        clause(generate(&own(), &GenerateResponse { empty: vec![empty], ..GenerateResponse::default() })),
        fixed(Edit::AppendRule { rule }),
        fixed(Edit::SetAttr { rule: 0, attr: attr.clone() }),
        clause(resolve(&request, &ResolveResponse::Resolved { rules: vec![resolved], diagnostics: vec![] })),
    ];
    assert_eq!(others, [in_rule; 5], "{attr:?}");
    in_rule
}

#[test]
fn attributes_wherever_they_stand() {
    let branch = |condition: &str| vec![SelectBranch { condition: condition.into(), values: vec![] }];
    for (attr, broken) in [
        (attr("srcs", Value::Strings(vec!["a\0\n\u{202e}".into()])), ""),
        (attr("name", Value::Bool(true)), clause::RULE_NAME_APART.name),
        (attr("a-b", Value::Bool(true)), clause::RULE_IDENTIFIERS.name),
        (attr("a = 1, b", Value::Bool(true)), clause::RULE_IDENTIFIERS.name),
        (attr("def", Value::Bool(true)), clause::RULE_IDENTIFIERS.name),
        (attr("d", Value::Label("//a:b:c".into())), clause::RULE_LABELS.name),
        (attr("d", Value::Label(String::new())), clause::RULE_LABELS.name),
        (attr("d", Value::Labels(vec![":a".into(), "//a\n:b".into()])), clause::RULE_LABELS.name),
        (attr("d", Value::Select(branch("//a:b\\c"))), clause::RULE_LABELS.name),
        (attr("d", Value::Select(branch("//conditions:default"))), ""),
        (attr("d", Value::Concat(vec![Term::Select(branch("a:b"))])), clause::RULE_LABELS.name),
        (attr("d", Value::Raw("a, b".into())), clause::RULE_RAW.name),
        (attr("d", Value::Raw("a)\nevil(".into())), clause::RULE_RAW.name),
        (attr("d", Value::Raw("a + [\"b\"]".into())), ""),
        (Attr { comments: vec!["no".into()], ..attr("d", Value::Bool(true)) }, clause::RULE_COMMENTS.name),
        (Attr { comments: vec!["# a\nevil()".into()], ..attr("d", Value::Bool(true)) }, clause::RULE_COMMENTS.name),
    ] {
        assert_eq!(of_attr(&attr), broken, "{attr:?}");
    }
}

#[test]
fn rules() {
    assert_eq!(generated(vec![thing("a"), thing("b"), thing(""), thing("")]), "");
    assert_eq!(generated(vec![thing("a"), thing("b"), thing("a")]), clause::GENERATE_RULES_UNIQUE.name);
    for kind in ["other", "", "load", "package", "thing.x", "thing\n"] {
        assert_eq!(
            generated(vec![Rule { kind: kind.into(), ..thing("a") }]),
            clause::GENERATE_RULES_KINDS.name,
            "{kind}"
        );
        let empty = vec![EmptyRule { kind: kind.into(), ..EmptyRule::default() }];
        let response = GenerateResponse { empty, ..GenerateResponse::default() };
        assert_eq!(clause(generate(&own(), &response)), clause::GENERATE_RULES_KINDS.name, "{kind}");
    }
    for native in crate::merge::native() {
        assert_eq!(generated(vec![Rule { kind: native.name, ..thing("a") }]), "");
    }
    for name in ["a:b", "a\nb", "a\\b", "\u{1b}[2J", "a\0"] {
        assert_eq!(generated(vec![thing(name)]), clause::RULE_NAMES.name, "{name:?}");
        let edits = vec![Edit::SetName { rule: 0, name: name.into() }];
        assert_eq!(clause(fix(&FixResponse { edits, ..FixResponse::default() })), clause::RULE_NAMES.name, "{name:?}");
    }
    let args = |arg: &str| vec![Rule { args: vec![arg.into()], ..thing("a") }];
    assert_eq!(
        [generated(args("x")), generated(args("x = 1")), generated(args("*x, y"))],
        ["", clause::RULE_RAW.name, clause::RULE_RAW.name]
    );
    let comments = vec!["# a".into(), "b".into()];
    assert_eq!(generated(vec![Rule { comments, ..thing("a") }]), clause::RULE_COMMENTS.name);
}

#[test]
fn edits() {
    let broken = |edit| clause(fix(&FixResponse { edits: vec![edit], ..FixResponse::default() }));
    let load = |name: &str| Edit::SetLoad { load: 0, name: name.into(), symbols: vec![] };
    let insert = |name: &str| Edit::InsertLoad { load: 0, name: name.into(), symbols: vec![] };
    let delete = |name: &str| Edit::DeleteAttr { rule: 0, name: name.into() };
    let kind = |kind: &str| Edit::SetKind { rule: 0, kind: kind.into() };
    assert_eq!([load("//a:b.bzl"), insert(":b.bzl"), delete("deps"), kind("a.b")].map(broken), [""; 4]);
    assert_eq!([load("//a:b:c"), insert("")].map(broken), [clause::RULE_LABELS.name; 2]);
    assert_eq!(
        [delete("name"), delete("a b")].map(broken),
        [clause::RULE_NAME_APART.name, clause::RULE_IDENTIFIERS.name]
    );
    assert_eq!([kind("a-b"), kind("a."), kind("if")].map(broken), [clause::RULE_IDENTIFIERS.name; 3]);
}

#[test]
fn dependencies() {
    let request = ResolveRequest { rules: vec![ResolveRule::default()], ..ResolveRequest::default() };
    let broken = |set: Vec<Attr>, delete: &[&str]| {
        let delete = delete.iter().map(|name| (*name).to_owned()).collect();
        let rules = vec![ResolvedRule { set, delete }];
        clause(resolve(&request, &ResolveResponse::Resolved { rules, diagnostics: vec![] }))
    };
    let deps = || attr("deps", Value::Labels(vec![":a".into()]));
    assert_eq!(broken(vec![deps()], &["srcs"]), "");
    assert_eq!(broken(vec![deps()], &["data", "deps"]), clause::RESOLVE_SET_OR_DELETE.name);
    assert_eq!(broken(vec![], &["name"]), clause::RULE_NAME_APART.name);
    assert_eq!(broken(vec![], &["a b"]), clause::RULE_IDENTIFIERS.name);
    assert_eq!(clause(resolve(&request, &ResolveResponse::Need(vec![]))), clause::RESOLVE_NEW_QUERIES.name);
}

#[test]
fn what_was_found() {
    let broken = |label: &str, embeds: &[&str]| {
        let embeds = embeds.iter().map(|embed| (*embed).to_owned()).collect();
        let matches = vec![Provider { label: label.into(), embeds, ..Provider::default() }];
        clause(find(&FindResponse { found: vec![FindAnswer { matches }] }))
    };
    assert_eq!([broken("//a:b", &[":c"]), broken("@r", &[])], [""; 2]);
    assert_eq!([broken(":b", &[]), broken("b", &[])], [clause::FIND_ABSOLUTE.name; 2]);
    assert_eq!([broken("//a:b:c", &[]), broken("@r!//a", &[]), broken("//a", &["b\n"])], [clause::RULE_LABELS.name; 3]);
}

#[test]
fn diagnostics_of_each_method() {
    let said = |file: Option<&str>, position| Diagnostic {
        message: "m".into(),
        file: file.map(String::from),
        position,
        ..Diagnostic::default()
    };
    let request = ResolveRequest::default();
    for (diagnostic, broken) in [
        (said(None, Position::Unknown), ""),
        (said(Some("a/b"), Position::Line(1)), ""),
        (said(Some("a"), Position::Offset(0)), ""),
        (said(Some("a"), Position::Line(0)), clause::DIAGNOSTIC_POSITION.name),
        (said(None, Position::Line(1)), clause::DIAGNOSTIC_POSITION.name),
        (said(None, Position::Offset(1)), clause::DIAGNOSTIC_POSITION.name),
        (said(Some(""), Position::Unknown), clause::DIAGNOSTIC_FILE.name),
        (said(Some("/etc/passwd"), Position::Unknown), clause::DIAGNOSTIC_FILE.name),
        (said(Some("../a"), Position::Line(1)), clause::DIAGNOSTIC_FILE.name),
    ] {
        let all = vec![diagnostic.clone()];
        let seen = [
            clause(configure(&ConfigureResponse { diagnostics: all.clone(), ..ConfigureResponse::default() })),
            clause(fix(&FixResponse { diagnostics: all.clone(), ..FixResponse::default() })),
            clause(generate(&own(), &GenerateResponse { diagnostics: all.clone(), ..GenerateResponse::default() })),
            clause(resolve(&request, &ResolveResponse::Resolved { rules: vec![], diagnostics: all })),
        ];
        assert_eq!(seen, [broken; 4], "{diagnostic:?}");
    }
}

#[test]
fn manifests() {
    let kind = |change: fn(&mut Kind)| {
        let mut kind = Kind { name: "thing".into(), ..Kind::default() };
        change(&mut kind);
        clause(manifest(&Manifest { kinds: vec![kind], ..Manifest::default() }))
    };
    assert_eq!(kind(|_| ()), "");
    assert_eq!(kind(|kind| kind.name = "a-b".into()), clause::RULE_IDENTIFIERS.name);
    assert_eq!(kind(|kind| kind.match_attrs = vec!["a b".into()]), clause::RULE_IDENTIFIERS.name);
    assert_eq!(kind(|kind| kind.mergeable_attrs = vec![String::new()]), clause::RULE_IDENTIFIERS.name);
    let load = |change: fn(&mut LoadInfo)| {
        let mut load = LoadInfo { file: "//a:b.bzl".into(), symbols: vec!["thing".into()], ..LoadInfo::default() };
        change(&mut load);
        clause(manifest(&Manifest { loads: vec![load], ..Manifest::default() }))
    };
    assert_eq!(load(|_| ()), "");
    assert_eq!(load(|load| load.file = "a:b.bzl".into()), clause::MANIFEST_LOAD_FILES.name);
    assert_eq!(load(|load| load.file = "//a/b.bzl".into()), clause::MANIFEST_LOAD_FILES.name);
    assert_eq!(load(|load| load.file = "//a:b\n.bzl".into()), clause::MANIFEST_LOAD_FILES.name);
    assert_eq!(load(|load| load.repo = "@r".into()), clause::MANIFEST_LOAD_FILES.name);
    assert_eq!(load(|load| load.module = "a//b".into()), clause::MANIFEST_LOAD_FILES.name);
    assert_eq!(load(|load| load.symbols = vec!["a = b".into()]), clause::RULE_IDENTIFIERS.name);
    let flag = |ty: FlagType, default: &str| {
        let flag = Flag { name: "f".into(), ty, default: default.into(), ..Flag::default() };
        clause(manifest(&Manifest { flags: vec![flag], ..Manifest::default() }))
    };
    assert_eq!([flag(FlagType::Bool, "true"), flag(FlagType::Int, "-1"), flag(FlagType::String, "\n")], [""; 3]);
    let bad = [flag(FlagType::Bool, "yes"), flag(FlagType::Int, "+1"), flag(FlagType::Int, "9223372036854775808")];
    assert_eq!(bad, [clause::MANIFEST_FLAG_DEFAULTS.name; 3]);
}

#[test]
fn a_breach_says_where_it_was_seen() {
    let rule = Rule { attrs: vec![attr("deps", Value::Label("a:b".into()))], ..thing("one") };
    let rules = vec![GeneratedRule { rule, ..GeneratedRule::default() }];
    let breach = generate(&own(), &GenerateResponse { rules, ..GenerateResponse::default() }).unwrap_err();
    let text = r#"rule thing "one": attribute deps: "a:b" is not a label: it has a character that is not allowed (rule.labels)"#;
    assert_eq!(breach.to_string(), text);
}
