//! `dorcas build`: scripts become modules, and say why not.

mod support;

use std::{fs, path::Path, process::Command};
use support::{Ran, dorcas_in, line_in, repo};

/// The example of the design that interfaces follow.
const INTERFACE: &str = "\
declare module 'main' {
  export function greet(): I32;
  export function sum(a: I64, b: F64): I64;
}
declare module 'extism:host' {
  interface user {
    myHostFunction1(p: I32, q: I32): I32;
    myHostFunction2(p: I32): I64;
  }
}
";

const PLUGIN: &str = "\
import { myHostFunction1, myHostFunction2 } from 'extism:host/user';
import { double } from './lib/double.js';
const { myHostFunction1: same } = Host.getFunctions();
export function another() { return 1; }
export function greet() { return myHostFunction1(20, 1) + double(same(0, 0)); }
export function sum(a, b) { return myHostFunction2(7) + a + BigInt(b); }
";

fn build(dir: &Path) -> Ran {
    let line = "build plugin.js --interface interface.d.ts -o plugin.wasm --limit fuel_per_call=100000000";
    line_in(dir, line)
}

fn script(interface: &str, script: &str) -> (tempfile::TempDir, Ran) {
    let dir = repo(&[("interface.d.ts", interface), ("plugin.js", script)]);
    let ran = build(dir.path());
    (dir, ran)
}

#[test]
fn numbers_are_exact() {
    let interface = "declare module 'main' {
        function i32(a: I32): I32; function i64(a: I64): I64; function f32(a: F32): F32; function f64(a: F64): F64;
        function nothing(): void; function many(a: I32, b: I64, c: F32, d: F64): F64; function big(): I64;
        function number(): I64; function unsigned(): I32; function later(): I32; }";
    let (dir, ran) = script(
        interface,
        "let calls = 0;
        // Sorted before all that the interface declares.
        export const a = 1;
        export const aa = () => 'never';
        export function i32(x) { calls++; return x; }
        export function i64(x) { return x; }
        export function f32(x) { return x; }
        export function f64(x) { return x; }
        export function nothing() { return 'not looked at'; }
        export function many(a, b, c, d) { return a + Number(b) * 10 + c * 100 + d * 1000; }
        export const big = () => 2n ** 64n - 1n;
        export const number = () => Number.MAX_SAFE_INTEGER;
        export const unsigned = () => 0xffffffff;
        export async function later() { return await Promise.resolve(7); }",
    );
    assert_eq!((ran.code, &*ran.err), (0, ""));
    for (call, result) in [
        ("i32 -2147483648", "-2147483648"),
        ("i32 2147483647", "2147483647"),
        ("i64 9007199254740993", "9007199254740993"),
        ("i64 -1", "-1"),
        ("i64 -9223372036854775808", "-9223372036854775808"),
        ("i64 9223372036854775807", "9223372036854775807"),
        ("f32 nan", "NaN"),
        ("f32 -0", "-0.0"),
        ("f32 0.1", "0.1"),
        ("f32 3.4028235e38", "3.4028235e38"),
        ("f64 0.1", "0.1"),
        ("f64 -inf", "-inf"),
        ("f64 -0", "-0.0"),
        ("many 1 2 3 4", "4321.0"),
        ("big", "-1"),
        ("number", "9007199254740991"),
        ("unsigned", "-1"),
        ("later", "7"),
    ] {
        let ran = line_in(dir.path(), &format!("run plugin.wasm {call}"));
        assert_eq!((ran.code, ran.out.trim_end(), &*ran.err), (0, result, ""), "{call}");
    }
    let ran = line_in(dir.path(), "run plugin.wasm nothing");
    assert_eq!((ran.code, &*ran.out, &*ran.err), (0, "", ""));
}

#[test]
fn what_a_type_has_no_room_for_ends_the_call() {
    let interface =
        "declare module 'main' { function a(): I32; function b(): I64; function c(): F64; function d(): I32;
        function e(): I64; function f(): I32; function deep(): I32; function slow(): I32; }";
    let (dir, ran) = script(
        interface,
        "export const a = () => 1.5; export const b = () => 2 ** 53; export const c = () => '1'; export const d = () => {};
        export const e = () => 2n ** 64n; export const f = () => { throw new Error('as asked'); };
        const again = (n) => again(n + 1) + 1;
        export const deep = () => { try { again(0); } catch (e) { return e instanceof RangeError ? 1 : 0; } };
        export const slow = () => { for (;;); };",
    );
    assert_eq!((ran.code, &*ran.err), (0, ""));
    for (call, error) in [
        ("a", "the result of `a` is 1.5, and its type is I32"),
        ("b", "the result of `b` is 9007199254740992, and its type is I64: a BigInt"),
        ("c", "the result of `c` is a string, and its type is F64"),
        ("d", "the result of `d` is undefined, and its type is I32"),
        ("e", "the result of `e` is 18446744073709551616n, and its type is I64"),
        ("f", "Error: as asked"),
        ("f", "plugin.js:2:"),
        ("slow", "used up its fuel of 200000000"),
    ] {
        let ran = line_in(dir.path(), &format!("run plugin.wasm {call}"));
        assert_eq!(ran.code, 1, "{call}");
        assert!(ran.err.contains(error), "{call}: {}", ran.err);
    }
    let ran = line_in(dir.path(), "run plugin.wasm deep");
    assert_eq!((&*ran.out, &*ran.err), ("1\n", ""));
}

#[test]
fn the_same_script_is_the_same_module_wherever_it_is() {
    let files = [
        ("interface.d.ts", INTERFACE),
        ("plugin.js", PLUGIN),
        ("lib/double.js", "export const double = (x) => x * 2;"),
    ];
    let (one, other) = (repo(&files), repo(&files));
    let ran = build(one.path());
    assert_eq!((ran.code, &*ran.err), (0, ""));
    assert!(ran.out.ends_with(" bytes of 2 files, 2 exports, 2 imports\n"), "{}", ran.out);
    let place = other.path().join("plugin.js");
    let line =
        ["build", place.to_str().unwrap(), "--interface", "interface.d.ts", "-o", "plugin.wasm", "--emit", "shims"];
    assert_eq!(dorcas_in(other.path(), line).code, 0);
    let module = |dir: &Path| fs::read(dir.join("plugin.wasm")).unwrap();
    assert_eq!(module(one.path()), module(other.path()));
    let text = String::from_utf8_lossy(&module(other.path())).into_owned();
    assert!(!text.contains(other.path().to_str().unwrap()));
    let ran = line_in(one.path(), "inspect plugin.wasm");
    let imports: Vec<_> = ran.out.lines().filter(|line| line.contains("extism:host/user.")).collect();
    assert_eq!(imports.len(), 2, "{}", ran.out);
    let (before, _) = ran.out.split_once("\nsealed\n").unwrap();
    assert!(!before.contains("wasi") && !before.contains("js_"), "{}", ran.out);
}

#[test]
fn a_module_runs_in_node_with_plain_imports() {
    if Command::new("node").arg("--version").output().is_err() {
        eprintln!("skipped: there is no Node here");
        return;
    }
    let dir = repo(&[
        ("interface.d.ts", INTERFACE),
        ("plugin.js", PLUGIN),
        ("lib/double.js", "export const double = (x) => x * 2;"),
        (
            "host.mjs",
            "import { readFileSync } from 'node:fs';
            const user = { myHostFunction1: (p, q) => p * 2 + q, myHostFunction2: (p) => BigInt(p) + 2n ** 53n };
            const module = new WebAssembly.Module(readFileSync('plugin.wasm'));
            const { exports } = new WebAssembly.Instance(module, { 'extism:host/user': user });
            console.log(exports.greet(), exports.sum(-8n, 2), exports.sum(-(2n ** 53n) - 8n, 0));",
        ),
    ]);
    assert_eq!(build(dir.path()).code, 0);
    let output = Command::new("node").arg("host.mjs").current_dir(dir.path()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("41 9007199254740993n -1n\n".to_owned(), String::new()));
}

#[test]
fn an_error_has_the_path_of_the_file_and_its_place() {
    let dir = repo(&[
        ("interface.d.ts", "declare module 'main' { function f(): I32; }"),
        ("src/plugin.js", "import './lib/a.js';\nexport function f(a) { return 1; }"),
        ("src/lib/a.js", "let x = 1;\n  const x = 2;"),
    ]);
    let line = "build src/plugin.js --interface interface.d.ts -o plugin.wasm";
    let ran = line_in(dir.path(), line);
    assert_eq!((ran.code, ran.err.lines().count()), (3, 1));
    assert!(ran.err.starts_with("error: src/lib/a.js:2:11: SyntaxError: "), "{}", ran.err);
    fs::remove_file(dir.path().join("src/lib/a.js")).unwrap();
    let ran = line_in(dir.path(), line);
    assert_eq!(ran.code, 4);
    assert!(ran.err.starts_with("error: can't read src/lib/a.js, which src/plugin.js:1:8 imports: "), "{}", ran.err);
    assert!(!dir.path().join("plugin.wasm").exists());

    fs::write(dir.path().join("src/plugin.js"), "export function f(a) { return 1; }").unwrap();
    let ran = line_in(dir.path(), line);
    let warning = "`f` of src/plugin.js has 1 parameter, and the interface declares none at 1:34: it is undefined";
    assert_eq!((ran.code, &*ran.err), (0, &*format!("warning: {warning}\n")));
}

#[test]
fn a_new_language_is_built_and_passes_its_tests_with_nothing_else() {
    let dir = repo::<&str, &str>(&[]);
    assert_eq!(line_in(dir.path(), "new --lang js toy_2").code, 0);
    let folder = dir.path().join("toy_2");
    let ran = line_in(&folder, "build toy_2.js -o toy_2.wasm");
    assert_eq!((ran.code, &*ran.err), (0, ""));
    assert!(ran.out.ends_with(" bytes of 1 file, the language `toy_2`\n"), "{}", ran.out);
    let ran = line_in(&folder, "golden --strict testdata --guest toy_2.wasm");
    assert_eq!((ran.code, &*ran.out), (0, "pass    simple\n1 case: 1 passed, 0 failed\n"));

    fs::write(folder.join("toy_2.js"), "export const name = 'A B'; export function generate_rules() {}").unwrap();
    let ran = line_in(&folder, "build toy_2.js -o toy_2.wasm");
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("toy_2.js: the language can't be loaded") && ran.err.contains("(lang_name.form)"),
        "{}",
        ran.err
    );
}

#[test]
fn shims_are_shown() {
    let dir = repo(&[("interface.d.ts", INTERFACE)]);
    let ran = line_in(dir.path(), "build --interface interface.d.ts --emit shims");
    assert_eq!((ran.code, &*ran.err), (0, ""));
    wat::parse_str(&ran.out).unwrap();
    assert!(ran.out.contains(";; greet(): I32") && ran.out.contains("(call $js_invoke_i32"), "{}", ran.out);
    let ran = line_in(dir.path(), "build --interface interface.d.ts -o x.wasm");
    assert_eq!(ran.code, 2);
    let wrong = repo(&[("i.d.ts", "declare module 'main' {\n  export function f(x: string): I32;\n}")]);
    let ran = line_in(wrong.path(), "build x.js --interface i.d.ts -o x.wasm");
    assert_eq!(
        (ran.code, &*ran.err),
        (2, "error: i.d.ts:2:24: `string` is no type of a parameter: there are I32, I64, F32 and F64\n")
    );
}
