//! Is what a clause forbids refused, by the name of the clause?
//!
//! The specification says of some clauses that a host need not see them. Each of the others that a guest MUST keep is broken
//! here by some guest, which the host or a run refuses by that name.

mod support;

use dorcas_abi::{
    Method,
    clause::{self, Check, Level},
    message::{
        Attr, Command, ConfigureResponse, Diagnostic, Edit, EmptyRule, FindAnswer, FindResponse, FixResponse, Flag,
        FlagType, GenerateResponse, GeneratedRule, GuestError, ImportSpec, ImportsResponse, Input, Kind, LoadInfo,
        Manifest, Methods, Position, Provided, Provider, Query, Reply, ResolveResponse, ResolvedRule, Rule,
        RuleImports, Value, Want, error_code,
    },
    method,
    wire::{self, Message},
};
use dorcas_conformance::{GOOD, bad};
use dorcas_gazelle::{GuestLanguage, Options, run};
use dorcas_host::Engine;
use serde::Serialize;
use std::{collections::BTreeSet, fmt::Write as _};
use support::{attr, escaped, repo};

/// A guest that answers with these bytes, a method each, and otherwise so that one rule goes through all methods.
struct Guest {
    replies: Vec<(&'static str, Vec<u8>)>,
    alloc: &'static str,
}

impl Guest {
    fn new() -> Self {
        let rule = Rule { kind: "thing".into(), name: "one".into(), ..Rule::default() };
        let imports = vec![ImportSpec { lang: "wat".into(), imp: "x".into() }];
        let rules = vec![GeneratedRule { rule, imports, ..GeneratedRule::default() }];
        let answer = RuleImports { importable: true, ..RuleImports::default() };
        Self { replies: Vec::new(), alloc: "(global.get $top)" }
            .ok::<method::Manifest>(&manifest())
            .ok::<method::Configure>(&ConfigureResponse::default())
            .ok::<method::Fix>(&FixResponse::default())
            .ok::<method::GenerateRules>(&GenerateResponse { rules, ..GenerateResponse::default() })
            .ok::<method::Imports>(&ImportsResponse { rules: vec![answer] })
            .ok::<method::Resolve>(&ResolveResponse::Resolved {
                rules: vec![ResolvedRule::default()],
                diagnostics: vec![],
            })
            .ok::<method::Find>(&FindResponse { found: vec![FindAnswer::default()] })
    }

    fn ok<M: Method>(self, response: &M::Response) -> Self
    where
        M::Response: Message + Serialize + Clone,
    {
        let reply: Reply<M::Response> = Ok(response.clone());
        self.bytes(M::EXPORT, wire::encode(&reply).unwrap())
    }

    fn bytes(mut self, method: &'static str, bytes: Vec<u8>) -> Self {
        self.replies.retain(|(known, _)| *known != method);
        self.replies.push((method, bytes));
        self
    }

    fn wasm(&self) -> Vec<u8> {
        let (mut data, mut functions, mut at) = (String::new(), String::new(), 1024_usize);
        for (method, bytes) in &self.replies {
            write!(data, "(data (i32.const {at}) \"{}\")", escaped(bytes)).unwrap();
            let word = u64::try_from(at << 32 | bytes.len()).unwrap();
            write!(functions, "(func (export \"{method}\") (param i32 i32) (result i64) (i64.const {word}))").unwrap();
            at += bytes.len();
        }
        let alloc = self.alloc;
        wat::parse_str(format!(
            r#"(module (memory (export "memory") 4) (data (i32.const 16) "wat") {data}
                (global $top i32 (i32.const 65536))
                (func (export "dorcas_abi_v1"))
                (func (export "alloc") (param i32) (result i32) {alloc})
                (func (export "free") (param i32 i32))
                (func (export "lang_name") (result i64) (i64.const {})) {functions})"#,
            16_u64 << 32 | 3
        ))
        .unwrap()
    }
}

fn manifest() -> Manifest {
    let kind = Kind { name: "thing".into(), ..Kind::default() };
    let inputs =
        vec![Input { glob: "*.txt".into(), want: Want::Content, methods: Methods::GENERATE_RULES, ..Input::default() }];
    Manifest { kinds: vec![kind], inputs, ..Manifest::default() }
}

/// All that the host and two runs have against a module, and whether each complaint names its language.
fn complaints(wasm: &[u8], language: &str) -> Vec<String> {
    let guest = match Engine::default().load(wasm) {
        Ok(guest) => guest,
        Err(error) => return vec![error.to_string()],
    };
    let dir = repo(&[
        ("p/a.txt", "#c\nuse b\nuse c\n"),
        (
            "p/BUILD.bazel",
            "load(\"//:defs.bzl\", \"y\")\n\nthing(\n    name = \"one\",\n)\n\nfilegroup(name = \"txt\")\n",
        ),
        ("q/b.txt", ""),
        ("a/b/c.txt", ""),
    ]);
    let mut all = Vec::new();
    for command in [Command::Update, Command::Fix] {
        let Ok(guest) = GuestLanguage::new(guest.clone()) else { continue };
        let options = Options { command, ..Options::new(dir.path()) };
        match run(&options, &[&guest], &()) {
            Ok(outcome) => {
                all.extend(outcome.failures.iter().map(ToString::to_string));
                // A file that can't be scanned is one.
                let errors =
                    outcome.diagnostics.iter().filter(|said| said.severity == dorcas_abi::message::Severity::Error);
                all.extend(
                    errors.map(|said| format!("{}: {}", said.language.as_deref().unwrap_or_default(), said.message)),
                );
            }
            Err(error) => all.push(error.to_string()),
        }
    }
    for complaint in &all {
        assert!(complaint.contains(language), "{complaint}");
    }
    all
}

/// The clauses that complaints name.
fn named(complaints: &[String]) -> BTreeSet<&'static str> {
    let words = complaints.iter().flat_map(|text| text.split(['(', ')']));
    words.filter_map(clause::find).map(|clause| clause.name).collect()
}

/// Guests whose replies break one clause each.
#[allow(clippy::too_many_lines)] // It is one list.
fn bad_replies() -> Vec<(&'static str, Guest)> {
    let rule = |change: fn(&mut Rule)| {
        let mut rule = Rule { kind: "thing".into(), name: "one".into(), ..Rule::default() };
        change(&mut rule);
        rule
    };
    let generate = |rules: Vec<Rule>| {
        let rules = rules.into_iter().map(|rule| GeneratedRule { rule, ..GeneratedRule::default() }).collect();
        Guest::new().ok::<method::GenerateRules>(&GenerateResponse { rules, ..GenerateResponse::default() })
    };
    let with = |change: fn(&mut GenerateResponse)| {
        let mut response = GenerateResponse::default();
        change(&mut response);
        Guest::new().ok::<method::GenerateRules>(&response)
    };
    let fix = |edits: Vec<Edit>| Guest::new().ok::<method::Fix>(&FixResponse { edits, ..FixResponse::default() });
    let resolve = |set: Vec<Attr>, delete: &[&str]| {
        let delete = delete.iter().map(|name| (*name).to_owned()).collect();
        let rules = vec![ResolvedRule { set, delete }];
        Guest::new().ok::<method::Resolve>(&ResolveResponse::Resolved { rules, diagnostics: vec![] })
    };
    let find = |label: &str| {
        let matches = vec![Provider { label: label.into(), ..Provider::default() }];
        Guest::new().ok::<method::Find>(&FindResponse { found: vec![FindAnswer { matches }] })
    };
    let declare = |change: fn(&mut Manifest)| {
        let mut all = manifest();
        change(&mut all);
        Guest::new().ok::<method::Manifest>(&all)
    };
    let error = |code| {
        let reply: Reply<GenerateResponse> = Err(GuestError { code, message: "no".into() });
        Guest::new().bytes("generate_rules", wire::encode(&reply).unwrap())
    };
    let say = |file: Option<&str>, position| Diagnostic {
        message: "m".into(),
        file: file.map(String::from),
        position,
        ..Diagnostic::default()
    };
    let configure = |diagnostic| {
        let diagnostics = vec![diagnostic];
        Guest::new().ok::<method::Configure>(&ConfigureResponse { diagnostics, ..ConfigureResponse::default() })
    };
    let import = |imp: &str| Query { import: ImportSpec { lang: "wat".into(), imp: imp.into() }, lang: "wat".into() };
    let need = |queries| Guest::new().ok::<method::Resolve>(&ResolveResponse::Need(queries));
    vec![
        ("mem.alloc-bounds", Guest { alloc: "(i32.const -2)", ..Guest::new() }),
        ("error.code", error(5)),
        ("error.code", error(0)),
        ("error.code", error(999)),
        (
            "manifest.load-files",
            declare(|manifest| {
                manifest.loads = vec![LoadInfo { file: "defs.bzl".into(), ..LoadInfo::default() }];
            }),
        ),
        (
            "manifest.flag-defaults",
            declare(|manifest| {
                manifest.flags =
                    vec![Flag { name: "f".into(), ty: FlagType::Int, default: "x".into(), ..Flag::default() }];
            }),
        ),
        ("rule.identifiers", declare(|manifest| manifest.kinds[0].name = "load".into())),
        ("fix.indices", fix(vec![Edit::DeleteAttr { rule: 7, name: "x".into() }])),
        ("fix.indices", fix(vec![Edit::InsertLoad { load: 7, name: ":x.bzl".into(), symbols: vec![] }])),
        ("fix.deleted", fix(vec![Edit::DeleteRule { rule: 0 }, Edit::DeleteRule { rule: 0 }])),
        ("fix.should-fix", fix(vec![Edit::SetName { rule: 0, name: "x".into() }])),
        ("rule.name-apart", fix(vec![Edit::DeleteAttr { rule: 0, name: "name".into() }])),
        ("rule.labels", fix(vec![Edit::SetLoad { load: 0, name: "a:b:c".into(), symbols: vec![] }])),
        ("rule.identifiers", fix(vec![Edit::AppendRule { rule: rule(|rule| rule.kind = "load".into()) }])),
        ("generate_rules.kinds", generate(vec![rule(|rule| rule.kind = "load".into())])),
        (
            "generate_rules.kinds",
            with(|response| {
                response.empty = vec![EmptyRule { kind: "other".into(), name: "one".into(), attrs: vec![] }];
            }),
        ),
        ("generate_rules.unique", generate(vec![rule(|_| ()), rule(|_| ())])),
        (
            "provided.absolute",
            with(|response| {
                response.provided = vec![Provided { label: ":a".into(), ..Provided::default() }];
            }),
        ),
        (
            "provided.absolute",
            Guest::new().ok::<method::Configure>(&ConfigureResponse {
                provided: vec![Provided { label: "a".into(), ..Provided::default() }],
                ..ConfigureResponse::default()
            }),
        ),
        ("generate_rules.rels", with(|response| response.rels_to_index = vec!["/etc".into()])),
        ("generate_rules.rels", with(|response| response.rels_to_index = vec!["../..".into()])),
        ("imports.per-rule", Guest::new().ok::<method::Imports>(&ImportsResponse { rules: vec![] })),
        (
            "rule.labels",
            Guest::new().ok::<method::Imports>(&ImportsResponse {
                rules: vec![RuleImports { importable: true, embeds: vec!["a:b:c".into()], ..RuleImports::default() }],
            }),
        ),
        (
            "resolve.per-rule",
            Guest::new().ok::<method::Resolve>(&ResolveResponse::Resolved { rules: vec![], diagnostics: vec![] }),
        ),
        ("resolve.set-or-delete", resolve(vec![attr("deps", Value::Strings(vec![]))], &["deps"])),
        ("resolve.new-queries", need(vec![])),
        ("resolve.new-queries", need(vec![import("x")])),
        // The second time it is told.
        ("resolve.new-queries", need(vec![import("y")])),
        ("find.per-query", Guest::new().ok::<method::Find>(&FindResponse { found: vec![] })),
        ("find.absolute", find(":one")),
        ("rule.labels", find("//a:b:c")),
        ("rule.identifiers", generate(vec![rule(|rule| rule.attrs = vec![attr("a b", Value::Bool(true))])])),
        ("rule.names", generate(vec![rule(|rule| rule.name = "a:b".into())])),
        ("rule.names", generate(vec![rule(|rule| rule.name = "a\n".into())])),
        ("rule.labels", generate(vec![rule(|rule| rule.attrs = vec![attr("d", Value::Label("a:b:c".into()))])])),
        ("rule.comments", generate(vec![rule(|rule| rule.comments = vec!["#\nevil()".into()])])),
        ("rule.raw", generate(vec![rule(|rule| rule.attrs = vec![attr("d", Value::Raw("1, e = 2".into()))])])),
        ("rule.raw", generate(vec![rule(|rule| rule.args = vec!["1)\nevil(".into()])])),
        ("rule.raw", resolve(vec![attr("deps", Value::Raw("[".into()))], &[])),
        ("diagnostic.position", configure(say(None, Position::Line(1)))),
        ("diagnostic.file", configure(say(Some("../x"), Position::Line(1)))),
    ]
}

#[test]
fn what_is_right_is_not_refused() {
    assert_eq!(complaints(&Guest::new().wasm(), "wat"), [""; 0]);
    assert_eq!(complaints(&wat::parse_str(GOOD).unwrap(), "txt"), [""; 0]);
}

#[test]
fn each_clause_is_refused_by_its_name_or_said_to_be_missed() {
    let mut refused = BTreeSet::new();
    for (name, guest) in bad_replies() {
        let complaints = complaints(&guest.wasm(), "wat");
        let names = named(&complaints);
        assert!(names.contains(name), "{name}: {complaints:?}");
        refused.extend(names);
    }
    let mut needlessly = Vec::new();
    for guest in bad::ALL {
        let Ok(wasm) = guest.wasm() else { continue };
        let names = named(&complaints(&wasm, ""));
        // What is refused is broken, by the suite's own account.
        let broken: BTreeSet<_> = guest.fails().iter().map(|check| check.split('/').next().unwrap()).collect();
        // Whether bytes are another method's reply only the suite looks at.
        let other_reply = |name: &&str| broken.contains("result.reply") && name.starts_with("wire.");
        let more: Vec<_> = names.difference(&broken).filter(|name| !other_reply(name)).collect();
        if !more.is_empty() {
            needlessly.push(format!("{}: {more:?} beside {broken:?}", guest.name));
        }
        refused.extend(names);
    }
    assert_eq!(needlessly, [""; 0], "these are refused for what is not broken");
    let spec = clause::parse(include_str!("../../abi-spec.md")).unwrap();
    let binding =
        spec.iter().filter(|wording| wording.clause.level == Level::Must && wording.clause.check != Check::Host);
    let (missed, seen): (Vec<_>, Vec<_>) = binding.partition(|wording| wording.may_be_missed());
    let names =
        |wordings: &[&clause::Wording<'_>]| -> BTreeSet<_> { wordings.iter().map(|one| one.clause.name).collect() };
    let unseen: Vec<_> = names(&seen).difference(&refused).copied().collect();
    assert_eq!(unseen, [""; 0], "these are not refused by their name");
    let needless: Vec<_> = names(&missed).intersection(&refused).copied().collect();
    assert_eq!(needless, [""; 0], "these are refused, though the specification lets a host miss them");
    // A host never refuses what a SHOULD advises against.
    assert!(refused.iter().all(|name| clause::find(name).is_some_and(|clause| clause.level == Level::Must)));
}

/// `host.stop`: an error of code 4 ends the run, whichever method it is of.
#[test]
fn a_guest_ends_the_run() {
    fn stopped<T: Message + Serialize>() -> Vec<u8> {
        let error = GuestError { code: error_code::STOP, message: "there is no lock file".into() };
        wire::encode::<Reply<T>>(&Err(error)).unwrap()
    }
    let replies = [
        ("configure", stopped::<ConfigureResponse>()),
        ("fix", stopped::<FixResponse>()),
        ("generate_rules", stopped::<GenerateResponse>()),
        ("imports", stopped::<ImportsResponse>()),
        ("resolve", stopped::<ResolveResponse>()),
        ("find", stopped::<FindResponse>()),
    ];
    for (method, bytes) in replies {
        for threads in [1, 4] {
            let guest = Engine::default().load(&Guest::new().bytes(method, bytes.clone()).wasm()).unwrap();
            let dir = repo(&[("a/b/c.txt", ""), ("p/BUILD.bazel", "thing(name = \"one\")\n"), ("q/b.txt", "")]);
            let options = Options { threads, ..Options::new(dir.path()) };
            let error = run(&options, &[&GuestLanguage::new(guest).unwrap()], &()).unwrap_err().to_string();
            let place = match method {
                "configure" => ".",
                "fix" => "p",
                _ => "a/b",
            };
            assert_eq!(
                error,
                format!("language wat ended the run at {place}: there is no lock file; nothing was written")
            );
        }
    }
}
