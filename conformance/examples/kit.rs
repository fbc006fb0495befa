//! Writes a kit for testing another host: bad guests as modules, with the verdict that a host has to come to.
//!
//! ```text
//! cargo run -p dorcas-conformance --example kit -- DIR
//! ```
//!
//! `DIR/kit.json` is a list of guests. Each has the name of its module, in the same folder; the clauses that it is known to
//! break; what comes of loading it; and calls, each with its request and what comes of it. An outcome is `loads`, `reply`,
//! `error`, `limit`, `trap`, `refused`, or a clause, by which the guest is refused. A host that looks at more of a reply
//! than the wire may refuse a guest by one of its clauses where the kit says `loads` or `reply`.

use dorcas_conformance::bad;
use dorcas_host::{
    CallError, Engine, Guest, LoadError,
    abi::{Method, message, method, wire},
};
use serde_json::{Value, json};
use std::{env, error::Error, fmt::Write, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let Some(dir) = env::args_os().nth(1) else {
        eprintln!("usage: kit DIR");
        return ExitCode::from(2);
    };
    match write(Path::new(&dir)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kit: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(dir: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(dir)?;
    let mut list = vec![examined(dir, "good", &[], &bad::good()?)?];
    for guest in bad::ALL {
        list.push(examined(dir, guest.name, &guest.fails(), &guest.wasm()?)?);
    }
    // The tests of the host have more of them, which are not known by their clauses.
    let faults = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/tests/guests");
    let mut files: Vec<_> =
        fs::read_dir(faults)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "wat")) {
        let name = format!("faults/{}", file.file_stem().unwrap_or_default().to_string_lossy());
        if let Ok(wasm) = wat::parse_file(file) {
            list.push(examined(dir, &name, &[], &wasm)?);
        }
    }
    fs::write(dir.join("kit.json"), serde_json::to_string_pretty(&list)?)?;
    println!("{} guests", list.len());
    Ok(())
}

fn examined(dir: &Path, name: &str, fails: &[&str], wasm: &[u8]) -> Result<Value, Box<dyn Error>> {
    let file = format!("{}.wasm", name.replace('/', "__"));
    fs::write(dir.join(&file), wasm)?;
    let (load, calls) = match Engine::default().load(wasm) {
        Ok(guest) => ("loads".to_owned(), calls(&guest)?),
        Err(error) => (of_load(&error), Vec::new()),
    };
    Ok(json!({"name": name, "module": file, "breaks": fails, "load": load, "calls": calls}))
}

fn of_load(error: &LoadError) -> String {
    match error {
        LoadError::Call(error) => of_call(error),
        // Several clauses at once, of which another host may name another.
        LoadError::Exports(_) => "refused".into(),
        LoadError::TooMuch { .. } => "limit".into(),
        error => error.clause().map_or_else(|| "refused".into(), |clause| clause.name.into()),
    }
}

fn of_call(error: &CallError) -> String {
    match error {
        CallError::Violation { clause, .. } => clause.name.into(),
        CallError::Guest { .. } => "error".into(),
        CallError::Limit { .. } => "limit".into(),
        CallError::Trap { .. } => "trap".into(),
        error => format!("refused: {error}"),
    }
}

fn calls(guest: &Guest) -> Result<Vec<Value>, Box<dyn Error>> {
    let rule = message::Rule { kind: "thing".into(), name: "a".into(), ..Default::default() };
    let import = message::ImportSpec { lang: "thing".into(), imp: "x".into() };
    let mut calls = Vec::new();
    let run = message::RunInfo { languages: vec![guest.name().into()], ..Default::default() };
    call::<method::Setup>(guest, &message::SetupRequest { run: run.clone(), files: Vec::new() }, &mut calls)?;
    for name in ["a.thing", "b"] {
        let scan = message::ScanRequest { name: name.into(), content: wire::Bytes::from(b"thing x\n".as_slice()) };
        call::<method::Scan>(guest, &scan, &mut calls)?;
    }
    let root = message::ConfigureRequest { run: Some(run), ..Default::default() };
    let state =
        call::<method::Configure>(guest, &root, &mut calls)?.map(|configured| configured.state).unwrap_or_default();
    let build_file = message::BuildFile { name: "BUILD".into(), rules: vec![rule.clone()], ..Default::default() };
    let fix = message::FixRequest { state: state.clone(), build_file, ..Default::default() };
    call::<method::Fix>(guest, &fix, &mut calls)?;
    call::<method::GenerateRules>(
        guest,
        &message::GenerateRequest { state: state.clone(), ..Default::default() },
        &mut calls,
    )?;
    let data = message::FileData::Name;
    let files = vec![message::File { name: "a.thing".into(), data }];
    let generate = message::GenerateRequest { rel: "p".into(), state: state.clone(), files, ..Default::default() };
    call::<method::GenerateRules>(guest, &generate, &mut calls)?;
    let one = message::ImportsRule { rule: rule.clone(), ..Default::default() };
    let imports = message::ImportsRequest { state: state.clone(), rules: vec![one.clone(), one], ..Default::default() };
    call::<method::Imports>(guest, &imports, &mut calls)?;
    let one = message::ResolveRule { rule, imports: vec![import.clone()], ..Default::default() };
    let resolve = message::ResolveRequest { state: state.clone(), rules: vec![one], ..Default::default() };
    call::<method::Resolve>(guest, &resolve, &mut calls)?;
    let query = message::Query { import, lang: "thing".into() };
    let summaries = ["", "p"].map(|rel| message::Summary { rel: rel.into(), ..Default::default() });
    let finish = message::FinishRequest { state: state.clone(), summaries: summaries.into() };
    call::<method::Finish>(guest, &finish, &mut calls)?;
    let find = message::FindRequest { state, queries: vec![query], ..Default::default() };
    call::<method::Find>(guest, &find, &mut calls)?;
    Ok(calls)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Makes a call in a fresh instance, and notes what comes of it.
fn call<M: Method>(
    guest: &Guest,
    request: &M::Request,
    calls: &mut Vec<Value>,
) -> Result<Option<M::Response>, Box<dyn Error>> {
    if !guest.has(M::EXPORT) {
        return Ok(None);
    }
    let bytes = wire::encode(request).map_err(|fault| fault.to_string())?;
    let answer = guest.call::<M>(request);
    let (outcome, reply) = match &answer {
        Ok(response) => ("reply".to_owned(), hex(&wire::encode(response).map_err(|fault| fault.to_string())?)),
        Err(error) => (of_call(error), String::new()),
    };
    calls.push(json!({"method": M::EXPORT, "request": hex(&bytes), "outcome": outcome, "response": reply}));
    Ok(answer.ok())
}
