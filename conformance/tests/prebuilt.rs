//! The prebuilt guests are as small as their languages promise, and the table that says so is what they are.
//!
//! Fuel is the same on every machine, so that the table can hold it too. `DORCAS_UPDATE=1` writes the table again.

use dorcas_abi::{
    message::{
        BuildFile, ConfigureRequest, Directive, File, FileData, GenerateRequest, ManifestRequest, ResolveRequest,
        ResolveResponse, ResolveRule, RunInfo,
    },
    method::{Configure, GenerateRules, Manifest, Resolve},
    wire::Bytes,
};
use dorcas_host::{Digest, Engine, Guest};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

/// A prebuilt guest.
struct Prebuilt {
    name: &'static str,
    sdk: &'static str,
    /// What its sources end in; none where it looks at none.
    extension: Option<&'static str>,
    /// It has fewer bytes than this.
    bound: usize,
}

// Two bounds have grown once: the messages got what is provided, payloads, summaries, files and notes of `imports`, and the
// run. Of each type that a guest is sent it has a decoder.
const GUESTS: &[Prebuilt] = &[
    Prebuilt { name: "cc", sdk: "C", extension: Some("cc"), bound: 64_000 },
    Prebuilt { name: "proto", sdk: "Rust", extension: Some("proto"), bound: 212_000 },
    // A whole parser for Python, and the names of all characters.
    Prebuilt { name: "python", sdk: "Rust", extension: Some("py"), bound: 2_000_000 },
    Prebuilt { name: "ts", sdk: "AssemblyScript", extension: Some("ts"), bound: 65_000 },
    Prebuilt { name: "visibility", sdk: "Rust", extension: None, bound: 200_000 },
    Prebuilt { name: "zig", sdk: "Zig", extension: Some("zig"), bound: 64_000 },
];

/// Sources beside the first.
const FURTHER: u32 = 100;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../guest/prebuilt")
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name).with_extension("wasm")).unwrap()
}

/// A directory with so many sources in which nothing was found, a BUILD file without rules, and a directive that one of
/// these guests understands.
fn directory(guest: &Guest, prebuilt: &Prebuilt, sources: u32) -> GenerateRequest {
    let build_file = Some(BuildFile { name: "BUILD.bazel".into(), ..BuildFile::default() });
    let directive = Directive { key: "default_visibility".into(), value: "//a:__subpackages__".into() };
    let configure = ConfigureRequest {
        rel: "a".into(),
        run: Some(RunInfo::default()),
        directives: vec![directive],
        build_file: build_file.clone(),
        ..ConfigureRequest::default()
    };
    let state =
        if guest.has("configure") { guest.call::<Configure>(&configure).unwrap().state } else { Bytes::default() };
    let source = |number| {
        let name = prebuilt.extension.map(|extension| format!("source_{number:03}.{extension}"));
        name.map(|name| File { name, data: FileData::Matches(Vec::new()) })
    };
    GenerateRequest {
        rel: "a".into(),
        state,
        build_file,
        files: (0..sources).filter_map(source).collect(),
        ..GenerateRequest::default()
    }
}

/// Fuel for a directory with so many sources, and the rules that it gets.
fn generate(guest: &Guest, prebuilt: &Prebuilt, sources: u32) -> (u64, usize) {
    let (response, stats) = guest.call_measured::<GenerateRules>(&directory(guest, prebuilt, sources));
    (stats.fuel, response.unwrap().rules.len())
}

/// Fuel for the rule of a directory with one source, which has no imports, to be resolved.
fn resolve(guest: &Guest, prebuilt: &Prebuilt) -> Option<u64> {
    let request = directory(guest, prebuilt, 1);
    let generated = guest.call::<GenerateRules>(&request).unwrap();
    let rules = generated.rules.into_iter().map(|rule| ResolveRule { rule: rule.rule, ..ResolveRule::default() });
    let request =
        ResolveRequest { rel: request.rel, state: request.state, rules: rules.collect(), ..ResolveRequest::default() };
    guest.has("resolve").then(|| {
        let (response, stats) = guest.call_measured::<Resolve>(&request);
        assert!(matches!(response.unwrap(), ResolveResponse::Resolved { rules, .. } if rules.len() == 1));
        stats.fuel
    })
}

/// A number with a comma after each thousand.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let groups = [&digits[..first]].into_iter().chain((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    groups.filter(|group| !group.is_empty()).collect::<Vec<_>>().join(",")
}

fn table() -> String {
    let mut table = String::from(
        "| guest | SDK | bytes | fewer than | `manifest` | `generate_rules` | each further source | `resolve` |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for prebuilt in GUESTS {
        let bytes = bytes(prebuilt.name);
        let guest = Engine::default().load(&bytes).unwrap();
        let (manifest, stats) = guest.call_measured::<Manifest>(&ManifestRequest::default());
        manifest.unwrap();
        let (one, rules) = generate(&guest, prebuilt, 1);
        assert_eq!(rules, 1, "{}: the table counts the fuel of one rule", prebuilt.name);
        let (many, rules) = generate(&guest, prebuilt, 1 + FURTHER);
        let further = match prebuilt.extension {
            Some(_) if rules == 1 => format!("{}, a source of the rule", grouped((many - one) / u64::from(FURTHER))),
            Some(_) => format!("{}, a rule", grouped((many - one) / u64::from(FURTHER))),
            None => String::new(),
        };
        let resolve = resolve(&guest, prebuilt).map(grouped).unwrap_or_default();
        writeln!(
            table,
            "| `{}.wasm` | {} | {} | {} | {} | {} | {further} | {resolve} |",
            prebuilt.name,
            prebuilt.sdk,
            grouped(bytes.len() as u64),
            grouped(prebuilt.bound as u64),
            grouped(stats.fuel),
            grouped(one),
        )
        .unwrap();
    }
    table
}

#[test]
fn every_guest_in_the_folder_is_in_the_table_and_has_its_digest() {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<_> = files.filter_map(|name| name.strip_suffix(".wasm").map(str::to_owned)).collect();
    assert_eq!(there, GUESTS.iter().map(|prebuilt| prebuilt.name.to_owned()).collect());
    let sums = GUESTS.iter().map(|prebuilt| format!("{}  {}.wasm\n", Digest::of(&bytes(prebuilt.name)), prebuilt.name));
    assert_eq!(fs::read_to_string(folder().join("SHA256SUMS")).unwrap(), sums.collect::<String>());
}

#[test]
fn guests_are_as_small_as_their_languages_promise() {
    for prebuilt in GUESTS {
        let len = bytes(prebuilt.name).len();
        assert!(len < prebuilt.bound, "{}.wasm has {len} bytes, and may have {}", prebuilt.name, prebuilt.bound - 1);
    }
}

#[test]
fn the_table_of_sizes_and_fuel_is_true() {
    let path = folder().join("README.md");
    let present = fs::read_to_string(&path).unwrap();
    let (before, rest) = present.split_once("<!-- sizes -->\n").expect("where the table begins");
    let (_, after) = rest.split_once("<!-- end of sizes -->\n").expect("where the table ends");
    let text = format!("{before}<!-- sizes -->\n{}<!-- end of sizes -->\n{after}", table());
    if text == present {
        return;
    }
    if std::env::var_os("DORCAS_UPDATE").is_some_and(|value| value == "1") {
        fs::write(path, text).unwrap();
        return;
    }
    let differ = present.lines().zip(text.lines()).find(|(present, text)| present != text);
    panic!("guest/prebuilt/README.md is out of date; DORCAS_UPDATE=1 writes it again: {differ:#?}");
}
