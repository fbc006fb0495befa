//! Which requests would a host make of this guest?
//!
//! They are made from the guest's manifest alone: its kinds, flags, directives and inputs in a small repository that
//! nobody has. State and notes are always those that the guest itself has returned.

use crate::{dialect, reply_checks::Facts};
use dorcas_abi::{
    message::{
        Attr, BazelModule, BuildFile, Child, Command, ConfigureRequest, Directive, EmptyRule, File, FileData,
        FindRequest, FinishRequest, FixRequest, FlagType, FlagValue, GenerateRequest, GeneratedRule, ImportSpec,
        ImportsRequest, ImportsRule, Indexing, Input, Load, Lookup, Match, Methods, Origin, Provider, Query, Reach,
        ResolveRequest, ResolveRule, Rule, RunInfo, ScanRequest, SetupRequest, Summary, Symbol, Value, Want,
    },
    wire::Bytes,
};

/// Most kinds, flags, inputs and so on that are looked at: a guest may have any number of them.
const MOST: usize = 8;

/// How this runner calls itself to guests.
pub(crate) const HOST: &str = concat!("dorcas-conformance ", env!("CARGO_PKG_VERSION"));

pub(crate) fn configure_root(facts: &Facts, command: Command) -> ConfigureRequest {
    let manifest = &facts.manifest;
    let files = files(&manifest.inputs, |methods| methods.configure);
    ConfigureRequest { run: Some(run_info(facts, command)), files, ..ConfigureRequest::default() }
}

fn run_info(facts: &Facts, command: Command) -> RunInfo {
    let flags = facts.manifest.flags.iter().filter(|flag| flag.ty != FlagType::Strings);
    RunInfo {
        command,
        repo_name: "examples".into(),
        root_name: "checkout".into(),
        build_file_names: vec!["BUILD.bazel".into(), "BUILD".into()],
        indexing: Indexing::All,
        modules: vec![
            BazelModule { name: "examples".into(), apparent: "examples".into() },
            BazelModule { name: "protobuf".into(), apparent: "com_google_protobuf".into() },
        ],
        flags: flags.map(|flag| FlagValue { name: flag.name.clone(), value: flag.default.clone() }).collect(),
        languages: vec!["other".into(), language(facts)],
    }
}

pub(crate) fn setup(facts: &Facts) -> SetupRequest {
    let files = files(&facts.manifest.inputs, |methods| methods.setup);
    SetupRequest { run: run_info(facts, Command::Update), files }
}

/// A request for each file that the guest wants to look at itself: one that is empty, and one with some bytes.
pub(crate) fn scans(facts: &Facts) -> Vec<ScanRequest> {
    let wanted = facts.manifest.inputs.iter().filter(|input| input.want == Want::Scan).take(MOST);
    let names = wanted.filter_map(|input| dialect::glob(&input.glob).ok());
    let names = names.filter(|name| !name.is_empty() && !name.ends_with('/'));
    let base = |name: String| name.rsplit('/').next().unwrap_or_default().to_owned();
    names
        .map(base)
        .flat_map(|name| {
            [&b""[..], &b"a line\nno text: \xff\x00\n"[..]]
                .map(|content| ScanRequest { name: name.clone(), content: Bytes::from(content) })
        })
        .collect()
}

pub(crate) fn finish(state: &Bytes) -> FinishRequest {
    let failed = Summary { rel: "api/v1".into(), failed: true, summary: Bytes::default() };
    FinishRequest { state: state.clone(), summaries: vec![failed] }
}

pub(crate) fn configure_child(facts: &Facts, parent: &Bytes) -> ConfigureRequest {
    let directives = facts.manifest.directives.iter().take(MOST).flat_map(|directive| {
        ["", "on", "//a:b x"].map(|value| Directive { key: directive.name.clone(), value: value.into() })
    });
    ConfigureRequest {
        rel: "api/v1".into(),
        parent: parent.clone(),
        directives: directives.collect(),
        build_file: Some(build_file(facts)),
        ..ConfigureRequest::default()
    }
}

pub(crate) fn fix(facts: &Facts, state: &Bytes, should_fix: bool) -> FixRequest {
    let build_file = build_file(facts);
    let files = files(&facts.manifest.inputs, |methods| methods.fix);
    FixRequest { rel: "api/v1".into(), state: state.clone(), build_file, should_fix, files, above: Vec::new() }
}

/// A directory in which there is nothing.
pub(crate) fn generate_nothing(state: &Bytes) -> GenerateRequest {
    GenerateRequest { rel: "empty".into(), state: state.clone(), ..GenerateRequest::default() }
}

/// A directory with files for each input, a BUILD file, and what other languages have made of it.
pub(crate) fn generate(facts: &Facts, state: &Bytes) -> GenerateRequest {
    let other = Rule { kind: "cc_library".into(), name: "other".into(), ..Rule::default() };
    GenerateRequest {
        rel: "api/v1".into(),
        state: state.clone(),
        build_file: Some(build_file(facts)),
        files: files(&facts.manifest.inputs, |methods| methods.generate_rules),
        above: above(&facts.manifest.inputs, |methods| methods.generate_rules),
        subdirs: vec!["internal".into(), "testdata".into()],
        generated_files: vec!["gen.h".into(), "gen.txt".into()],
        other_rules: vec![GeneratedRule {
            rule: Rule { attrs: vec![attr("srcs", Value::Strings(vec!["a.cc".into()]))], ..other },
            imports: vec![ImportSpec { lang: "cc".into(), imp: "a.h".into() }],
            note: Bytes::from(&[0, 255][..]),
            ..GeneratedRule::default()
        }],
        other_empty: vec![EmptyRule { kind: "cc_library".into(), name: "gone".into(), ..EmptyRule::default() }],
        children: vec![Child { name: "internal".into(), failed: true, ..Child::default() }],
    }
}

pub(crate) fn imports(facts: &Facts, state: &Bytes, generated: &[GeneratedRule]) -> ImportsRequest {
    let (own, other_rules): (Vec<_>, Vec<_>) =
        build_file(facts).rules.into_iter().partition(|rule| has_kind(facts, &rule.kind));
    let known = |GeneratedRule { rule, private, note, .. }: &GeneratedRule| ImportsRule {
        rule: rule.clone(),
        private: private.clone(),
        note: note.clone(),
    };
    let old = own.into_iter().map(|rule| ImportsRule { rule, ..ImportsRule::default() });
    let rules = generated.iter().map(known).chain(old).collect();
    let files = files(&facts.manifest.inputs, |methods| methods.imports);
    ImportsRequest { rel: "api/v1".into(), state: state.clone(), rules, other_rules, files, above: Vec::new() }
}

/// `answers` is how many rules provide each import: none, one, or several.
pub(crate) fn resolve(facts: &Facts, state: &Bytes, generated: &[GeneratedRule], answers: usize) -> ResolveRequest {
    let rules: Vec<_> = generated
        .iter()
        .map(|GeneratedRule { rule, imports, note, .. }| ResolveRule {
            rule: rule.clone(),
            imports: imports.clone(),
            note: note.clone(),
        })
        .collect();
    let queries = rules
        .iter()
        .flat_map(|rule| &rule.imports)
        .map(|import| Query { import: import.clone(), lang: language(facts) });
    let mut queries: Vec<_> = queries.collect();
    queries.sort();
    queries.dedup();
    let mut found: Vec<_> = queries.into_iter().map(|query| answer(query, answers)).collect();
    if let (Some(first), true) = (found.first_mut(), answers > 1) {
        first.override_label = Some("//set/by:user".into());
    }
    ResolveRequest { rel: "api/v1".into(), state: state.clone(), rules, found, round: 0 }
}

/// The same request once more, with answers to what the guest needs.
pub(crate) fn resolve_again(before: &ResolveRequest, need: Vec<Query>) -> ResolveRequest {
    let mut found = before.found.clone();
    for query in need {
        if !found.iter().any(|known| known.query == query) {
            found.push(answer(query, 1));
        }
    }
    found.sort_by(|a, b| a.query.cmp(&b.query));
    ResolveRequest { found, round: before.round + 1, ..before.clone() }
}

pub(crate) fn find(facts: &Facts, state: &Bytes, generated: &[GeneratedRule]) -> FindRequest {
    let lang = language(facts);
    let asked = ["a", "google/protobuf/any.proto", "x/y"]
        .map(|imp| ImportSpec { lang: lang.clone(), imp: imp.into() })
        .into_iter()
        .chain(generated.iter().flat_map(|generated| generated.imports.clone()));
    let mut queries: Vec<_> = asked.map(|import| Query { import, lang: lang.clone() }).collect();
    queries.sort();
    queries.dedup();
    FindRequest { rel: "api/v1".into(), state: state.clone(), queries }
}

fn answer(query: Query, answers: usize) -> Lookup {
    let result = |index| Provider { label: format!("//found/p{index}:lib"), ..Provider::default() };
    let origin = if answers > 0 { Origin::Index } else { Origin::Nowhere };
    Lookup { query, override_label: None, origin, matches: (0..answers).map(result).collect() }
}

fn language(facts: &Facts) -> String {
    facts.name.clone().unwrap_or_else(|| "guest".into())
}

fn has_kind(facts: &Facts, kind: &str) -> bool {
    facts.manifest.kinds.iter().any(|known| known.name == kind)
}

fn attr(name: &str, value: Value) -> Attr {
    Attr { name: name.into(), value, comments: Vec::new() }
}

/// A BUILD file with a rule of each of the guest's kinds, among others.
fn build_file(facts: &Facts) -> BuildFile {
    let manifest = &facts.manifest;
    let mut rules = vec![Rule {
        kind: "package".into(),
        attrs: vec![attr("default_visibility", Value::Labels(vec!["//visibility:public".into()]))],
        ..Rule::default()
    }];
    for (index, kind) in manifest.kinds.iter().take(MOST).enumerate() {
        let names = kind.mergeable_attrs.iter().chain(&kind.non_empty_attrs).chain(&kind.resolve_attrs);
        let mut names: Vec<_> = names.filter(|name| *name != "name" && !name.is_empty()).take(MOST).collect();
        names.sort();
        names.dedup();
        let value = |name: &str| match name {
            "deps" | "embed" => Value::Labels(vec!["//a:b".into(), ":c".into()]),
            _ if index % 2 == 0 => Value::SortedStrings(vec!["a.txt".into(), "b.txt".into()]),
            _ => Value::Glob { include: vec!["*.txt".into()], exclude: Vec::new() },
        };
        rules.push(Rule {
            kind: kind.name.clone(),
            name: format!("old_{index}"),
            attrs: names.into_iter().map(|name| attr(name, value(name))).collect(),
            comments: vec!["# of old".into()],
            keep: index % 3 == 1,
            ..Rule::default()
        });
    }
    rules.push(Rule { kind: "my_macro".into(), args: vec!["[1, \"a\"]".into()], ..Rule::default() });
    let loads = manifest.loads.iter().take(MOST).map(|load| Load {
        name: load.file.clone(),
        symbols: load.symbols.iter().map(|symbol| Symbol { from: symbol.clone(), to: symbol.clone() }).collect(),
    });
    let directives = manifest.directives.iter().take(MOST);
    let mut directives: Vec<_> =
        directives.map(|directive| Directive { key: directive.name.clone(), value: "x".into() }).collect();
    directives.push(Directive { key: "exclude".into(), value: "third_party".into() });
    BuildFile { name: "BUILD.bazel".into(), loads: loads.collect(), rules, directives }
}

/// For each input a file that it matches, with what it wants of it.
fn files(inputs: &[Input], told: fn(&Methods) -> bool) -> Vec<File> {
    let reaches = [Reach::Here, Reach::Below];
    examples(inputs.iter().filter(|input| told(&input.methods) && reaches.contains(&input.reach)))
}

/// The same for directories above.
fn above(inputs: &[Input], told: fn(&Methods) -> bool) -> Vec<File> {
    let reaches = [Reach::Above, Reach::Root];
    examples(inputs.iter().filter(|input| told(&input.methods) && reaches.contains(&input.reach)))
}

fn examples<'i>(inputs: impl Iterator<Item = &'i Input>) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for input in inputs.take(MOST) {
        let Ok(name) = dialect::glob(&input.glob) else { continue };
        if name.is_empty() || name.ends_with('/') {
            continue;
        }
        let data = match &input.want {
            Want::Name => FileData::Name,
            Want::Content => FileData::Content(Bytes::from(&b"a line\nno text: \xff\x00\n"[..])),
            Want::Matches(patterns) => FileData::Matches(matches(patterns)),
            // Facts are for a guest to make.
            Want::Scan => FileData::Failed,
        };
        // Where the name begins as it likes there can be a second file.
        if input.glob.starts_with('*') && !input.glob.starts_with("**") {
            files.push(File { name: format!("b{name}"), data: data.clone() });
        }
        files.push(File { name, data });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files.dedup_by(|a, b| a.name == b.name);
    files
}

/// A match of each expression that has groups.
fn matches(patterns: &[String]) -> Vec<Match> {
    let mut matches = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let Some(dialect::Example { groups, .. }) = dialect::example(pattern) else { continue };
        if !groups.is_empty() {
            let pattern = u32::try_from(index).unwrap_or(0);
            let groups = groups.into_iter().map(|group| group.map(Bytes::from)).collect();
            matches.push(Match { pattern, groups });
        }
    }
    matches
}
