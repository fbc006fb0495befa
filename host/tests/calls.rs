//! Calls of a guest that keeps the rules.

use dorcas_host::{
    CallError, Config, Engine, Guest, Instance, Limits, Outline, Pool, Profile,
    abi::{
        message::{GenerateRequest, GenerateResponse},
        method::{Configure, GenerateRules},
        wire,
    },
};

fn good() -> Guest {
    good_under(Config::default())
}

fn good_under(config: Config) -> Guest {
    let wasm = wat::parse_str(include_str!("guests/good.wat")).unwrap();
    Engine::new(config).load(&wasm).unwrap()
}

fn request() -> GenerateRequest {
    GenerateRequest { rel: "api/v1".into(), ..GenerateRequest::default() }
}

#[test]
fn a_guest_tells_what_it_is() {
    let guest = good();
    assert_eq!(guest.name(), "good");
    assert_eq!(guest.abi_version(), 1);
    assert!(guest.manifest().inputs.is_empty());
    assert!(guest.has("generate_rules") && !guest.has("fix"));
    let outline: &Outline = guest.outline();
    assert_eq!(
        outline.exports.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "`memory`, a 32-bit memory of 1 pages",
            "`dorcas_abi_v1`, a function () -> ()",
            "`alloc`, a function (i32) -> i32",
            "`free`, a function (i32, i32) -> ()",
            "`lang_name`, a function () -> i64",
            "`manifest`, a function (i32, i32) -> i64",
            "`generate_rules`, a function (i32, i32) -> i64",
        ]
    );
}

#[test]
fn typed_calls() {
    assert_eq!(good().call::<GenerateRules>(&request()).unwrap(), GenerateResponse::default());
}

#[test]
fn raw_calls() {
    let bytes = wire::encode(&request()).unwrap();
    assert_eq!(good().call_bytes("generate_rules", &bytes).unwrap(), [0; 5]);
}

#[test]
fn promises_to_threads() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Engine>();
    shared::<Guest>();
    shared::<Pool>();
    shared::<CallError>();
    sent::<Instance>();
    let _ = (Limits::default(), Profile::Fast);
    let _: Result<_, CallError> = good().call::<Configure>(&Default::default());
}
