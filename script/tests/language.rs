//! A language that is a script: it keeps the ABI, and its errors are the guest's.

use dorcas_host::{
    CallError, Config, Engine, Guest,
    abi::{
        message::{GenerateRequest, GenerateResponse, ManifestRequest},
        method::{GenerateRules, Manifest},
    },
};
use dorcas_script::{BuildError, Builder, Options};

/// What a call does is in the path of the directory.
const SCRIPT: &str = r#"
export const name = "script";
let calls = 0;
const too_deep = (n) => too_deep(n + 1) + 1;
export async function manifest() { return { version: await Promise.resolve("1") }; }
export function generate_rules(request) {
  calls += 1;
  const rule = (more) => ({ rules: [{ rule: { kind: "k", name: "n", ...more } }] });
  switch (request.rel) {
    case "throw": throw new Error("as asked");
    case "text": throw `x${"é".repeat(5000)}`;
    case "deep": return rule({ name: `${too_deep(0)}` });
    case "caught": try { too_deep(0); } catch (error) { return rule({ name: error.name }); }
    case "waits": return new Promise(() => {});
    case "property": return rule({ atrs: [] });
    case "number": return rule({ name: 5 });
    case "nothing": return undefined;
    case "list": return rule({ attrs: { a: 1 } });
    case "variant": return rule({ attrs: [{ name: "a", value: "None" }] });
    case "getter": return { get rules() { throw new TypeError("of a getter"); } };
    case "loop": for (;;) ;
    case "wide": return rule({ attrs: [{ name: "i", value: { Int: 2n ** 63n } }] });
    case "clock": return rule({ name: `${Date.now()} ${Math.random() < 1} ${typeof fetch} ${typeof require}` });
    case "sorted": return rule({ attrs: ["b", "a", "b"].map((name) => ({ name, value: { Int: 2n ** 62n } })) });
    case "\ud83d\ude00": return rule({ name: request.rel + "\ud800" });
    default: return rule({ name: `${calls}` });
  }
}
export function unknown() {}
"#;

fn guest(text: &str) -> Guest {
    let read = |_: &str| Ok(text.to_owned());
    let built = Builder::new(None, &Options::default()).unwrap().build("script.js", read).unwrap();
    Engine::new(Config::default()).load(&built.wasm).unwrap()
}

fn request(rel: &str) -> GenerateRequest {
    GenerateRequest { rel: rel.into(), ..GenerateRequest::default() }
}

fn name(response: &GenerateResponse) -> &str {
    &response.rules[0].rule.name
}

#[test]
fn a_script_answers_and_fails_as_a_guest() {
    let guest = guest(SCRIPT);
    assert_eq!(guest.name(), "script");
    assert_eq!(guest.call::<Manifest>(&ManifestRequest::default()).unwrap().version, "1");
    let methods: Vec<_> = guest.outline().exports.iter().map(|export| export.name.as_str()).collect();
    assert!(
        methods.contains(&"manifest") && !methods.contains(&"resolve") && !methods.contains(&"unknown"),
        "{methods:?}"
    );

    for (rel, error) in [
        ("throw", "Error: as asked\n    at generate_rules (script.js:10:29)"),
        ("deep", "RangeError: "),
        ("waits", "TypeError: a promise is awaited that nothing settles"),
        (
            "property",
            "what `generate_rules` returned is wrong at `rules[0].rule`: there is no `atrs`; there is `kind`, `written`, ",
        ),
        (
            "number",
            "what `generate_rules` returned is wrong at `rules[0].rule.name`: a number where there should be a string",
        ),
        ("list", "wrong at `rules[0].rule.attrs`: an object where there should be an array"),
        ("variant", "wrong at `rules[0].rule.attrs[0].value`: there is no variant 'None' that carries nothing"),
        ("getter", "TypeError: of a getter"),
        ("wide", "wrong at `rules[0].rule.attrs[0].value.Int`: a BigInt where there should be an integer of 64 bits"),
    ] {
        let said = guest.call::<GenerateRules>(&request(rel)).unwrap_err();
        let CallError::Guest { error: said, .. } = said else { panic!("{rel}: {said}") };
        assert!(said.code == 3 && said.message.contains(error), "{rel}: {}", said.message);
    }
    let CallError::Guest { error, .. } = guest.call::<GenerateRules>(&request("text")).unwrap_err() else { panic!() };
    assert_eq!((error.message.len(), error.message.ends_with('é')), (4095, true));
    assert!(matches!(guest.call::<GenerateRules>(&request("loop")), Err(CallError::Limit { .. })));

    let answer = |rel: &str| guest.call::<GenerateRules>(&request(rel)).unwrap();
    assert_eq!(name(&answer("caught")), "RangeError");
    assert!(answer("nothing").rules.is_empty());
    // 2000-01-01, and some microseconds.
    assert!(
        name(&answer("clock")).starts_with("94668480000")
            && name(&answer("clock")).ends_with(" true undefined undefined")
    );
    let sorted = answer("sorted");
    let names: Vec<_> = sorted.rules[0].rule.attrs.iter().map(|attr| attr.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(name(&answer("\u{1f600}")), "\u{1f600}\u{fffd}");
    // Each instance begins where the top level ended.
    assert_eq!((name(&answer("")), name(&answer(""))), ("1", "1"));
}

#[test]
fn an_instance_goes_on_after_errors_and_keeps_its_memory() {
    let guest = guest(SCRIPT);
    let mut instance = guest.instantiate().unwrap();
    let call = |instance: &mut dorcas_host::GuestInstance, times: usize| {
        for _ in 0..times {
            for rel in ["throw", "", "property", "waits", "caught", "sorted", "getter"] {
                let _ = instance.call::<GenerateRules>(&request(rel));
            }
        }
    };
    call(&mut instance, 30);
    let memory = instance.memory_bytes();
    call(&mut instance, 300);
    assert_eq!(instance.memory_bytes(), memory);
    let response = instance.call::<GenerateRules>(&request("")).unwrap();
    assert_eq!(name(&response), "2311");
}

#[test]
fn a_script_that_is_no_language_is_told_what_it_lacks() {
    let builder = Builder::new(None, &Options::default()).unwrap();
    let error = |text: &str| builder.build("script.js", |_| Ok(text.to_owned())).unwrap_err();
    for (text, lacking) in [
        ("export const name = 'a';", "function generate_rules(request)"),
        ("export function generate_rules() {}", "const name = \"NAME\""),
        ("export const name = 1; export function generate_rules() {}", "const name = \"NAME\""),
        ("export const name = 'a', generate_rules = 1;", "function generate_rules(request)"),
    ] {
        assert!(matches!(error(text), BuildError::NoLanguage { lacking: found, .. } if found == lacking), "{text}");
    }
}
