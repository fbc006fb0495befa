//! Is the one blamed whose answer was too much?

mod support;

use dorcas_abi::{
    Method,
    message::{
        ConfigureRequest, ConfigureResponse, Edit, FindAnswer, FindRequest, FindResponse, FixRequest, FixResponse,
        GenerateRequest, GenerateResponse, GeneratedRule, ImportSpec, ImportsRequest, ImportsResponse, Input, Kind,
        Manifest, Methods, Provider, Reply, ResolveRequest, ResolveResponse, ResolvedRule, Rule, Want,
    },
    method, wire,
};
use dorcas_gazelle::{GuestLanguage, Language, Measured, Options, Outcome};
use dorcas_host::{Config, Engine, Limits};
use support::{Failed, escaped, outcome, repo};

/// A language that has much to say.
struct Large {
    manifest: Manifest,
    /// Edits, rules, imports of its one rule, and what it finds for each import.
    edits: usize,
    rules: usize,
    imports: usize,
    finds: usize,
}

impl Large {
    fn new() -> Self {
        let kind = Kind { name: "large".into(), ..Kind::default() };
        let manifest = Manifest { kinds: vec![kind], ..Manifest::default() };
        Self { manifest, edits: 0, rules: 0, imports: 0, finds: 0 }
    }

    fn rule(number: usize) -> Rule {
        Rule { kind: "large".into(), name: format!("large{number}"), ..Rule::default() }
    }
}

fn ok<T>(value: T) -> Measured<T> {
    Ok::<T, Failed>(value).into()
}

impl Language for Large {
    fn name(&self) -> &'static str {
        "large"
    }
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    fn has(&self, method: &str) -> bool {
        matches!(method, "fix" | "resolve" | "find")
    }
    fn configure(&self, _: &ConfigureRequest) -> Measured<ConfigureResponse> {
        unreachable!("it says that it has no `configure`")
    }
    fn fix(&self, _: &FixRequest) -> Measured<FixResponse> {
        let edits = (0..self.edits).map(|number| Edit::AppendRule { rule: Self::rule(number) }).collect();
        ok(FixResponse { edits, ..FixResponse::default() })
    }
    fn generate(&self, request: &GenerateRequest) -> Measured<GenerateResponse> {
        if request.rel.is_empty() {
            return ok(GenerateResponse::default());
        }
        let rule = |number| GeneratedRule { rule: Self::rule(number), ..GeneratedRule::default() };
        let mut rules: Vec<_> = (0..self.rules).map(rule).collect();
        if self.imports > 0 {
            let import = |number| ImportSpec { lang: "l".into(), imp: format!("{number:06}") };
            rules.push(GeneratedRule { imports: (0..self.imports).map(import).collect(), ..rule(0) });
        }
        ok(GenerateResponse { rules, ..GenerateResponse::default() })
    }
    fn imports(&self, _: &ImportsRequest) -> Measured<ImportsResponse> {
        unreachable!("it says that it has no `imports`")
    }
    fn resolve(&self, request: &ResolveRequest) -> Measured<ResolveResponse> {
        let rules = request.rules.iter().map(|_| ResolvedRule::default()).collect();
        ok(ResolveResponse::Resolved { rules, diagnostics: vec![] })
    }
    fn find(&self, request: &FindRequest) -> Measured<FindResponse> {
        let result = |number| Provider { label: format!("@x//y:{number}"), ..Provider::default() };
        let matches: Vec<_> = (0..self.finds).map(result).collect();
        ok(FindResponse { found: request.queries.iter().map(|_| FindAnswer { matches: matches.clone() }).collect() })
    }
}

/// A guest that looks at each byte of a request for a hundred units of fuel, and answers with one rule that has one import.
fn thorough(fuel: u64) -> GuestLanguage {
    fn reply<M: Method>(response: M::Response) -> Vec<u8> {
        let reply: Reply<M::Response> = Ok(response);
        wire::encode(&reply).unwrap()
    }
    let data = |bytes: Vec<u8>| escaped(&bytes);
    let kinds = vec![Kind { name: "thing".into(), ..Kind::default() }];
    let inputs =
        vec![Input { glob: "*.own".into(), want: Want::Content, methods: Methods::GENERATE_RULES, ..Input::default() }];
    let manifest = reply::<method::Manifest>(Manifest { kinds, inputs, ..Manifest::default() });
    let rule = Rule { kind: "thing".into(), name: "one".into(), ..Rule::default() };
    let imports = vec![ImportSpec { lang: "l".into(), imp: "x".into() }];
    let rules = vec![GeneratedRule { rule, imports, ..GeneratedRule::default() }];
    let generate = reply::<method::GenerateRules>(GenerateResponse { rules, ..GenerateResponse::default() });
    let rules = vec![ResolvedRule::default()];
    let resolve = reply::<method::Resolve>(ResolveResponse::Resolved { rules, diagnostics: vec![] });
    let text = format!(
        r#"(module
          (memory (export "memory") 128)
          (data (i32.const 16) "wat") (data (i32.const 1000) "{}") (data (i32.const 2000) "{}") (data (i32.const 3000) "{}")
          (func (export "dorcas_abi_v1"))
          (func (export "alloc") (param i32) (result i32) (i32.const 0x80000))
          (func (export "free") (param i32 i32))
          (func $look (param $n i32) (local $i i32)
            (loop $byte
              (local.set $i (i32.const 20))
              (loop $again (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
              (br_if $byte (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "lang_name") (result i64) (i64.const 0x10_0000_0003))
          (func (export "manifest") (param i32 i32) (result i64) (i64.const {}))
          (func (export "generate_rules") (param i32 i32) (result i64) (call $look (local.get 1)) (i64.const {}))
          (func (export "resolve") (param i32 i32) (result i64) (call $look (local.get 1)) (i64.const {}))
          ;; Nothing for each query: their number is copied from behind the directory and the state, which is empty.
          (func (export "find") (param $at i32) (param $n i32) (result i64)
            (local $count i32) (local $shift i32) (local $byte i32) (local $out i32)
            (call $look (local.get $n))
            (local.set $at (i32.add (local.get $at) (i32.add (i32.const 2) (i32.load8_u (local.get $at)))))
            (local.set $out (i32.const 0x20001))
            (loop $more
              (local.set $byte (i32.load8_u (local.get $at)))
              (i32.store8 (local.get $out) (local.get $byte))
              (local.set $count (i32.or (local.get $count)
                (i32.shl (i32.and (local.get $byte) (i32.const 127)) (local.get $shift))))
              (local.set $shift (i32.add (local.get $shift) (i32.const 7)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (local.set $out (i32.add (local.get $out) (i32.const 1)))
              (br_if $more (i32.ge_u (local.get $byte) (i32.const 128))))
            (i64.or (i64.const 0x20000_0000_0000) (i64.extend_i32_u
              (i32.add (local.get $count) (i32.sub (local.get $out) (i32.const 0x20000)))))))"#,
        data(manifest.clone()),
        data(generate.clone()),
        data(resolve.clone()),
        1000_u64 << 32 | manifest.len() as u64,
        2000_u64 << 32 | generate.len() as u64,
        3000_u64 << 32 | resolve.len() as u64,
    );
    let limits = Limits { fuel_per_call: fuel, ..Limits::default() };
    let guest = Engine::new(Config { limits, ..Config::default() }).load(&wat::parse_str(text).unwrap()).unwrap();
    GuestLanguage::new(guest).unwrap()
}

fn ran(large: &Large, fuel: u64, files: &[(&str, &str)]) -> Outcome {
    let thorough = thorough(fuel);
    let mut languages: [&dyn Language; 2] = [large, &thorough];
    if large.imports > 0 {
        // Else the other one is told of them as a part of the rule.
        languages.reverse();
    }
    outcome(&Options::new(repo(files).path()), &languages)
}

/// What failed in the directory `p`.
fn failure(large: &Large, fuel: u64, files: &[(&str, &str)]) -> String {
    let outcome = ran(large, fuel, files);
    let in_p: Vec<_> = outcome.failures.iter().filter(|failure| failure.dir == "p").collect();
    assert_eq!(in_p.len(), 1, "{:?}", outcome.failures);
    in_p[0].to_string()
}

const FUEL: u64 = 1_000_000;
const FILES: &[(&str, &str)] = &[("p/BUILD.bazel", "# Empty.\n")];

#[test]
fn a_request_that_another_has_made_large() {
    for (large, who) in [
        (Large { edits: 20_000, ..Large::new() }, ("fix", "generate_rules")),
        (Large { rules: 20_000, ..Large::new() }, ("generate_rules", "generate_rules")),
        (Large { finds: 20_000, ..Large::new() }, ("find", "resolve")),
        (Large { imports: 9_000, ..Large::new() }, ("resolve", "find")),
    ] {
        let (answered, stopped) = who;
        let text = failure(&large, FUEL, FILES);
        assert!(text.starts_with(&format!("//p: language large: {answered}: its answer is ")), "{text}");
        let end = format!(
            " bytes of a request that was too much for another language: `{stopped}` of guest `wat` used up its fuel"
        );
        assert!(text.contains(&end), "{text}");
    }
}

#[test]
fn a_request_that_is_large_by_itself() {
    let own = "x".repeat(400_000);
    let large = Large { rules: 10, edits: 10, ..Large::new() };
    let text = failure(&large, FUEL, &[FILES[0], ("p/a.own", &own)]);
    assert!(text.starts_with("//p: `generate_rules` of guest `wat` used up its fuel"), "{text}");
}

#[test]
fn what_one_asks_another_answers_in_calls_of_ordinary_size() {
    // All of them at once would take 40 million.
    let outcome = ran(&Large { imports: 25_000, ..Large::new() }, 20_000_000, FILES);
    assert_eq!(outcome.failures.iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    let wat = outcome.languages.iter().find(|language| language.name == "wat").unwrap();
    let finds = wat.methods.iter().find(|(method, _)| *method == "find").unwrap().1;
    // Three for the other's imports, two for its own: in the directory and in the one above.
    assert_eq!(finds.calls, 5);
    assert!(finds.fuel > 30_000_000, "{}", finds.fuel);
}
