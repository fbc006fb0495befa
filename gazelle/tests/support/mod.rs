//! A language written in Rust, and repositories in temporary directories.
#![allow(dead_code, reason = "each test file uses a part")]

use dorcas_abi::{
    message::{
        Attr, ConfigureRequest, ConfigureResponse, FileData, FindRequest, FindResponse, GenerateRequest,
        GenerateResponse, GeneratedRule, ImportSpec, ImportsRequest, ImportsResponse, Input, Kind, LoadInfo, Manifest,
        Methods, ResolveRequest, ResolveResponse, ResolvedRule, Rule, RuleImports, Value, Want,
    },
    wire::Bytes,
};
use dorcas_gazelle::{Language, Measured, Options, Outcome, print, run};
use dorcas_host::Digest;
use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    io::Write as _,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// A `toy_library` for each directory with `.toy` files. Their lines are `import "path"` and `# comment`.
pub(crate) struct Toy {
    pub(crate) name: &'static str,
    pub(crate) manifest: Manifest,
    pub(crate) request_bytes: u32,
    pub(crate) identity: Option<Digest>,
    /// Method and directory in which it fails.
    pub(crate) fails: Option<(&'static str, &'static str)>,
    /// What was called where, in order.
    pub(crate) calls: Mutex<Vec<String>>,
    /// Sources of the rules that it was asked to resolve.
    pub(crate) sources_seen: AtomicUsize,
}

/// Bytes as the text of a data segment has them.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("\\{byte:02x}"))
}

pub(crate) type Failed = Box<dyn Error + Send + Sync>;

impl Toy {
    pub(crate) fn new() -> Self {
        let kind = Kind { name: "toy_library".into(), ..Kind::default() };
        let load = LoadInfo {
            repo: "rules_toy".into(),
            file: "//:defs.bzl".into(),
            symbols: vec!["toy_library".into()],
            ..LoadInfo::default()
        };
        let patterns = vec!["#[^\n]*".into(), r#"import "([^"\n]*)""#.into()];
        let manifest = Manifest {
            kinds: vec![kind],
            loads: vec![load],
            inputs: vec![Input {
                glob: "*.toy".into(),
                want: Want::Matches(patterns),
                methods: Methods::GENERATE_RULES,
                ..Input::default()
            }],
            ..Manifest::default()
        };
        Self {
            name: "toy",
            manifest,
            request_bytes: 1 << 20,
            identity: None,
            fails: None,
            calls: Mutex::default(),
            sources_seen: AtomicUsize::new(0),
        }
    }

    fn call<T>(&self, method: &'static str, rel: &str, answer: impl FnOnce() -> T) -> Measured<T> {
        self.calls.lock().unwrap().push(format!("{method} {rel}"));
        let result: Result<T, Failed> =
            if self.fails == Some((method, rel)) { Err("it feels unwell".into()) } else { Ok(answer()) };
        result.into()
    }
}

impl Language for Toy {
    fn name(&self) -> &str {
        self.name
    }
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    fn has(&self, method: &str) -> bool {
        !["find", "setup", "scan", "finish"].contains(&method)
    }
    fn request_bytes(&self) -> u32 {
        self.request_bytes
    }
    fn identity(&self) -> Option<Digest> {
        self.identity
    }

    /// The state is the way from the root, so that a wrong parent shows.
    fn configure(&self, request: &ConfigureRequest) -> Measured<ConfigureResponse> {
        assert_eq!(request.run.is_some(), request.rel.is_empty());
        self.call("configure", &request.rel, || {
            let base = request.rel.rsplit('/').next().unwrap();
            let state = [&request.parent[..], base.as_bytes(), b"/"].concat();
            ConfigureResponse { state: state.into(), ..ConfigureResponse::default() }
        })
    }

    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        assert_eq!(&request.state[..], format!("/{}/", request.rel).replace("//", "/").as_bytes());
        self.call("generate_rules", &request.rel, || {
            if request.files.is_empty() {
                return GenerateResponse::default();
            }
            let imports: BTreeSet<String> = request.files.iter().flat_map(|file| imports(&file.data)).collect();
            let srcs = request.files.iter().map(|file| file.name.clone()).collect();
            let rule = Rule {
                kind: "toy_library".into(),
                name: name(&request.rel),
                attrs: vec![attr("srcs", Value::SortedStrings(srcs))],
                ..Rule::default()
            };
            let imports = imports.into_iter().map(|imp| ImportSpec { lang: "toy".into(), imp }).collect();
            let generated = GeneratedRule { rule, imports, note: Bytes::from("note"), ..GeneratedRule::default() };
            GenerateResponse { rules: vec![generated], ..GenerateResponse::default() }
        })
    }

    fn imports(&self, request: &ImportsRequest) -> Measured<ImportsResponse> {
        self.call("imports", &request.rel, || {
            let imports = vec![ImportSpec { lang: "toy".into(), imp: request.rel.clone() }];
            let rules = request.rules.iter();
            let rules =
                rules.map(|_| RuleImports { importable: true, imports: imports.clone(), ..RuleImports::default() });
            ImportsResponse { rules: rules.collect() }
        })
    }

    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        self.call("resolve", &request.rel, || {
            let rules = request.rules.iter().map(|rule| {
                assert_eq!(&rule.note[..], b"note");
                for attr in &rule.rule.attrs {
                    if let Value::SortedStrings(srcs) = &attr.value {
                        self.sources_seen.fetch_add(srcs.len(), Relaxed);
                    }
                }
                let found = request.found.iter().filter(|found| rule.imports.contains(&found.query.import));
                let deps: Vec<String> =
                    found.flat_map(|found| &found.matches).map(|found| found.label.clone()).collect();
                let set = if deps.is_empty() { vec![] } else { vec![attr("deps", Value::Labels(deps))] };
                ResolvedRule { set, delete: Vec::new() }
            });
            ResolveResponse::Resolved { rules: rules.collect(), diagnostics: Vec::new() }
        })
    }

    fn find(&self, _: &FindRequest) -> Measured<FindResponse> {
        unreachable!("it says that it has no `find`")
    }
}

fn imports(data: &FileData) -> Vec<String> {
    let FileData::Matches(matches) = data else { panic!("asked for matches") };
    let group = |groups: &[Option<Bytes>]| String::from_utf8(groups[0].as_ref().unwrap().0.clone()).unwrap();
    matches.iter().map(|found| group(&found.groups)).collect()
}

pub(crate) fn attr(name: &str, value: Value) -> Attr {
    Attr { name: name.into(), value, comments: Vec::new() }
}

fn name(rel: &str) -> String {
    let base = rel.rsplit('/').next().unwrap();
    if base.is_empty() { "root".into() } else { base.into() }
}

/// A repository with these files.
pub(crate) fn repo<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.as_ref()).unwrap();
    }
    dir
}

pub(crate) fn outcome(options: &Options, languages: &[&dyn Language]) -> Outcome {
    run(options, languages, &()).unwrap()
}

/// All that a run shows, with the path of the repository as `ROOT`.
pub(crate) fn shown(outcome: &Outcome) -> String {
    let mut out = Vec::new();
    print(outcome, &mut out).unwrap();
    for failure in &outcome.failures {
        writeln!(out, "failure: {failure}").unwrap();
    }
    for diagnostic in &outcome.diagnostics {
        writeln!(out, "diagnostic: {diagnostic}").unwrap();
    }
    let text = String::from_utf8(out).unwrap();
    text.replace(outcome.root.to_str().unwrap(), "ROOT")
}

/// The files below a directory and what is in them.
pub(crate) fn contents(dir: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.is_file() {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
