//! `dorcas call` with the same requests, for guests in all languages.
//!
//! What a guest makes of its own sources its golden folders show; here they get what is nobody's, or anybody's.

mod support;

use dorcas_abi::{
    Method,
    message::{GenerateResponse, ResolveResponse},
    method::{self, Visitor},
};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    process::{Output, Stdio},
};
use support::{Ran, binary, project};

/// The prebuilt guests, the methods that each has beside `generate_rules` and `manifest`, and a source of its own.
const GUESTS: &[(&str, &[&str], &str)] = &[
    ("cc", &["configure", "imports", "resolve"], "a.cc"),
    ("proto", &["configure", "fix", "imports", "resolve", "find"], "a.proto"),
    ("ts", &["configure", "imports", "resolve"], "a.ts"),
    ("visibility", &["configure"], "none"),
    ("zig", &["imports", "resolve"], "a.zig"),
];

fn call(guest: &str, method: &str, request: &Value) -> Ran {
    let path = project("guest/prebuilt").join(guest).with_extension("wasm");
    let mut command = binary();
    command.arg("call").arg(path).args([method, "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

/// What comes out is the method's response, with every field.
struct Response<'a>(&'a str);

impl Visitor for Response<'_> {
    type Output = Value;

    fn visit<M: Method>(self) -> Value {
        let response: M::Response = serde_json::from_str(self.0).unwrap_or_else(|error| panic!("{error}: {}", self.0));
        let all = serde_json::to_value(response).unwrap();
        assert_eq!(all, serde_json::from_str::<Value>(self.0).unwrap());
        all
    }
}

/// Calls a guest that has to answer.
fn answered(guest: &str, method: &str, request: &Value) -> Value {
    let ran = call(guest, method, request);
    assert_eq!(ran.code, 0, "{}, from `{method}` of {guest}, {request}", ran.err);
    assert!(ran.err.contains(" fuel, ") && ran.err.ends_with(" bytes out\n"), "{}", ran.err);
    method::visit(method, Response(&ran.out)).unwrap()
}

/// The state of the root directory, as the guest would have it; empty where it has none.
fn state(guest: &str, methods: &[&str]) -> Value {
    if !methods.contains(&"configure") {
        return json!("");
    }
    answered(guest, "configure", &json!({"run": {"command": "Update", "repo_name": "r", "languages": ["a"]}}))["state"]
        .clone()
}

/// A request, with a state.
fn with_state(mut request: Value, state: &Value) -> Value {
    request["state"] = state.clone();
    request
}

#[test]
fn a_source_goes_all_the_way() {
    for &(guest, methods, source) in GUESTS {
        let manifest = answered(guest, "manifest", &json!({"host": "dorcas"}));
        let state = state(guest, methods);
        let files = json!([{"name": source, "data": {"Matches": []}}]);
        let files = if guest == "visibility" { json!([]) } else { files };
        let request = with_state(json!({"rel": "d", "files": files}), &state);
        let generated = answered(guest, "generate_rules", &request);
        let generated: GenerateResponse = serde_json::from_value(generated).unwrap();
        let kinds = manifest["kinds"].as_array().unwrap();
        for rule in &generated.rules {
            assert!(kinds.iter().any(|kind| kind["name"] == *rule.rule.kind), "{guest}: {rule:?}");
        }
        assert_eq!(generated.rules.len(), usize::from(guest != "visibility"), "{guest}");
        let rules: Vec<_> = generated.rules.iter().map(|rule| &rule.rule).collect();
        if methods.contains(&"imports") {
            let told: Vec<_> = rules.iter().map(|rule| json!({"rule": rule})).collect();
            let imports = answered(guest, "imports", &with_state(json!({"rel": "d", "rules": told}), &state));
            assert_eq!(imports["rules"].as_array().unwrap().len(), rules.len(), "{guest}");
            assert_eq!(imports["rules"][0]["importable"], true, "{guest}: other rules can depend on it");
        }
        if methods.contains(&"resolve") {
            let rules: Vec<_> = generated.rules.iter().map(|of| json!({"rule": of.rule, "note": of.note})).collect();
            let resolved = answered(guest, "resolve", &with_state(json!({"rel": "d", "rules": rules}), &state));
            let ResolveResponse::Resolved { rules: resolved, diagnostics } = serde_json::from_value(resolved).unwrap()
            else {
                panic!("{guest} asks for what nothing imports");
            };
            assert_eq!((resolved.len(), diagnostics), (rules.len(), vec![]), "{guest}");
        }
    }
}

#[test]
fn requests_that_are_nobodys() {
    let rule = json!({"kind": "nobodys_rule", "name": "é", "attrs": [
        {"name": "deps", "value": {"Select": [{"condition": "//conditions:default", "values": ["a", "b"]}]}},
        {"name": "main", "value": {"Raw": "f(x)"}},
        {"name": "srcs", "value": {"Glob": {"include": ["*"], "exclude": ["x"]}}},
    ]});
    let build_file = json!({"name": "BUILD", "loads": [{"name": "@x//:y.bzl", "symbols": [{"from": "a", "to": "b"}]}],
        "rules": [rule, {"kind": "package"}]});
    let long = "x".repeat(20_000);
    let query = json!({"import": {"lang": "nobody", "imp": "😀"}, "lang": "nobody"});
    let found =
        json!([{"query": query, "override_label": "//o:o", "matches": [{"label": "//m:m", "embeds": ["//n:n"]}]}]);
    let requests = [
        ("manifest", json!({})),
        ("manifest", json!({"host": long})),
        ("configure", json!({})),
        (
            "configure",
            json!({"rel": "ü/\u{1}/😀", "directives": [{"key": "nobodys", "value": "é\u{7f}"}, {"key": "", "value": ""}]}),
        ),
        (
            "configure",
            json!({"run": {"command": "Fix", "modules": [{"name": "m", "apparent": ""}],
            "flags": [{"name": "nobodys", "value": long}]}, "build_file": build_file}),
        ),
        ("fix", json!({"rel": "d", "build_file": build_file, "should_fix": true})),
        ("generate_rules", json!({})),
        ("generate_rules", json!({"rel": long, "build_file": build_file})),
        (
            "generate_rules",
            json!({"rel": "d", "files": [
            {"name": "a.nobody", "data": "Name"},
            {"name": "b.nobody", "data": {"Content": {"hex": "00ff"}}},
            {"name": "c.nobody", "data": {"Matches": [{"pattern": 4_294_967_295_u32, "groups": [null, {"hex": "ff"}, "é"]}]}},
        ], "subdirs": ["s"], "generated_files": ["g"], "other_rules": [{"rule": rule}],
            "other_empty": [{"kind": "nobodys_rule", "name": "gone"}]}),
        ),
        ("imports", json!({"rel": "d", "rules": []})),
        ("imports", json!({"rel": "d", "rules": [{"rule": rule}, {"rule": rule, "note": "n"}], "other_rules": [rule]})),
        ("resolve", json!({"rel": "d", "rules": []})),
        (
            "resolve",
            json!({"rel": "d", "rules": [{"rule": rule, "imports": [query["import"]]}], "found": found, "round": 7}),
        ),
        ("find", json!({"rel": "d", "queries": []})),
        ("find", json!({"rel": "d", "queries": [query]})),
    ];
    for &(guest, methods, _) in GUESTS {
        let state = state(guest, methods);
        for (method, request) in &requests {
            if !["manifest", "generate_rules"].contains(method) && !methods.contains(method) {
                continue;
            }
            let takes_state = !["manifest", "configure"].contains(method);
            let request = if takes_state { with_state(request.clone(), &state) } else { request.clone() };
            let response = answered(guest, method, &request);
            let count = |list: &Value| list.as_array().map(Vec::len);
            match *method {
                "imports" => assert_eq!(count(&response["rules"]), count(&request["rules"]), "{guest}"),
                "resolve" => assert_eq!(count(&response["Resolved"]["rules"]), count(&request["rules"]), "{guest}"),
                "find" => assert_eq!(count(&response["found"]), count(&request["queries"]), "{guest}"),
                // Whose files are somebody else's is for the host to know, by the manifest: a guest may take what it gets.
                "generate_rules" if request["files"].is_null() => assert_eq!(response["rules"], json!([]), "{guest}"),
                _ => {}
            }
        }
    }
}

#[test]
fn a_state_that_is_none_of_its_own() {
    for &(guest, ..) in GUESTS {
        let ran = call(guest, "generate_rules", &json!({"state": {"hex": "ffffffffff"}}));
        // The state of `ts` is lines of text, of which none of these bytes is one, and `zig` has none.
        if ["ts", "zig"].contains(&guest) {
            assert_eq!(ran.code, 0, "{guest}: {}", ran.err);
        } else {
            let said = ran.err.contains("`generate_rules` of guest `") && ran.err.contains(" failed with error 100");
            assert!(ran.code == 1 && ran.out.is_empty() && said, "{guest}: {}", ran.err);
        }
    }
}

#[test]
fn what_is_no_request_reaches_no_guest() {
    for (request, error) in [
        (json!({"rel": 3}), "error: the request doesn't fit `generate_rules`: invalid type: integer `3`"),
        (
            json!({"subdirs": ["b", "a"]}),
            "error: the request has no encoding: byte 8, in `subdirs[1]`: item sorts before",
        ),
        (
            json!({"files": [{"name": ""}]}),
            "error: the request has no encoding: byte 4, in `files[0].name`: text is empty",
        ),
    ] {
        for &(guest, ..) in GUESTS {
            let ran = call(guest, "generate_rules", &request);
            assert!(ran.code == 2 && ran.out.is_empty() && ran.err.starts_with(error), "{guest}: {}", ran.err);
        }
    }
}
