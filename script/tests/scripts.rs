//! Scripts that are no modules, and what is said about them: many scripts, one engine.

use dorcas_script::{Builder, Interface, Options};
use std::io;

const INTERFACE: &str = "declare module 'main' { function f(): I32; }
declare module 'env' { function g(a: I64): void; interface a { h(): I32 } interface b { h(): F64; i(): void } }";

fn builder() -> Builder {
    let interface: Interface = INTERFACE.parse().unwrap();
    let mut options = Options::default();
    options.config.limits.fuel_per_call = 100_000_000;
    Builder::new(Some(&interface), &options).unwrap()
}

fn read(text: &str) -> impl FnMut(&str) -> io::Result<String> {
    move |name| match name {
        "plugin.js" => Ok(text.to_owned()),
        "lib/a.js" => Ok("export { b } from './../b.js'; export * from '../../up.js';".to_owned()),
        "b.js" => Ok("import { f } from './plugin.js'; export const b = 1; export const later = () => f();".to_owned()),
        "../up.js" => Ok("import './side/../other.js'; export const up = 2;".to_owned()),
        "../other.js" => Ok("import './other.js';".to_owned()),
        "broken.js" => Ok("\n  }".to_owned()),
        "fine.js" => Ok(String::new()),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

#[test]
fn a_script_that_is_no_module_is_told_why_and_where() {
    let builder = builder();
    for (text, error) in [
        ("export function f() {\n  return 1 +;\n}", "plugin.js:2:13: SyntaxError: "),
        ("\u{feff}export function f() {", "plugin.js:1:"),
        ("export const f = 1;\nnull.x;", "plugin.js:2:"),
        (
            "function deep() { throw new Error('why\\nnot'); }\n\n deep();",
            "Error: why\nnot; at <anonymous> (plugin.js:3:",
        ),
        ("throw 'a text'", "thrown: a text"),
        ("throw { toString() { throw 1; } }", "thrown: a value that can't be shown"),
        ("throw '\\ud800'", "thrown: \u{fffd}"),
        ("export const f = () => 1;\nawait new Promise(() => {});", "a promise is awaited that nothing settles"),
        ("export const f = () => 1; await Promise.reject(new Error('late'));", "Error: late"),
        ("\n  import x from 'lodash';", "plugin.js:2:17: there is no module 'lodash': a script imports its own files"),
        ("import 'env/c';", "'./env/c.js', and what its interface declares: 'env', 'env/a', 'env/b'"),
        ("import './gone.js';", "can't read gone.js, which plugin.js:1:8 imports: "),
        ("import './broken.js';", "broken.js:2:3: SyntaxError: "),
        ("import { nothing } from './fine.js';", "SyntaxError: "),
        ("import { nothing } from 'env/a';", "SyntaxError: "),
        ("import { i } from 'env/a';", "SyntaxError: "),
        ("const n = await import('./late.js'); export const f = () => n;", "there is no module 'late.js'"),
        ("import { g } from 'env';\ng(1n);", "it calls `env.g`, and there is no host while a module is built"),
        (
            "import { g } from 'env';\n g(1.5);",
            "plugin.js:2:2: TypeError: argument 1 of `g` is 1.5, and its type is I64",
        ),
        ("import { g } from 'env';\n g();", "argument 1 of `g` is undefined, and its type is I64"),
        (
            "export function g() {} export const h = 1;",
            "plugin.js has no `export function f`, which the interface declares at 1:34; it exports `g`",
        ),
        (
            "export const f = 1;",
            "plugin.js has no `export function f`, which the interface declares at 1:34; it exports no function",
        ),
        ("export let f; export const later = () => { f = () => 1; };", "plugin.js has no `export function f`"),
        (
            "while (1);",
            "the script's top level can't be run: it used up its fuel of 100000000 (`Limits::fuel_per_call`)",
        ),
        ("const all = []; for (;;) all.push(new Uint8Array(1 << 20));", "plugin.js:1:"),
        ("require('fs')", "require is not defined"),
        ("fetch('x')", "fetch is not defined"),
    ] {
        let said = builder.build("plugin.js", read(text)).map(|built| built.files);
        let said = said.expect_err(text).to_string();
        assert!(said.contains(error), "{text}: {said}");
    }
}

#[test]
fn files_import_each_other_and_are_read_once() {
    let text = "import { b, up } from './lib/a.js'; import * as same from './lib/../lib/./a.js';
        export function f() { return b + up + same.b; } if (Host.getFunctions().h) throw 1; Host.getFunctions().i.name;";
    let built = builder().build("plugin.js", read(text)).unwrap();
    assert_eq!(built.files, ["plugin.js", "lib/a.js", "b.js", "../up.js", "../other.js"]);
    assert!(built.warnings.is_empty());
}

#[test]
fn calls_that_are_too_deep_are_a_range_error_whichever_way_they_go() {
    let kinds = [
        ("plain", "const f = () => f() + 1; f();"),
        ("for_each", "const f = () => [1].forEach(f); f();"),
        ("sort", "const f = () => [2, 1].sort(f); f();"),
        ("replace", "const f = () => 'a'.replace(/a/, f); f();"),
        ("to_json", "const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o);"),
        ("getter", "const o = { get x() { return o.x; } }; o.x;"),
        ("proxy", "const p = new Proxy({}, { get: (_, name) => p[name] }); p.x;"),
        ("class_", "class A { constructor() { new A(); } } new A();"),
        ("spread", "const f = (...x) => f(...x, 1); f();"),
        ("generator", "function* f() { yield* f(); } [...f()];"),
        ("nested", "let x = []; for (let i = 0; i < 5e3; i++) x = [x]; String(x);"),
    ];
    let declared: Vec<_> = kinds.iter().map(|(name, _)| format!("function {name}(): I32;")).collect();
    let interface: Interface = format!("declare module 'main' {{ {} }}", declared.join(" ")).parse().unwrap();
    let function = |(name, body): &(&str, &str)| {
        format!("export function {name}() {{ try {{ {body} }} catch (e) {{ return e instanceof RangeError; }} }}")
    };
    let script = kinds.iter().map(function).collect::<Vec<_>>().join("\n");
    let built = dorcas_script::build("plugin.js", read(&script), Some(&interface), &Options::default()).unwrap();
    let module = dorcas_host::Engine::default().module(&built.wasm).unwrap();
    // One instance: it goes on after each.
    let mut instance = module.start().unwrap();
    for (name, _) in kinds {
        let function = module.export::<(), i32>(name).unwrap();
        assert_eq!(instance.call(&function, ()), Ok(1), "{name}");
    }
}

#[test]
fn the_engine_is_of_the_schema_that_is_there() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = std::fs::read_to_string(folder.join("../abi/schema.json")).unwrap();
    let (_, rest) = schema.split_once("\"fingerprint\": \"").unwrap();
    let words = format!("dorcas schema {}", rest.split('"').next().unwrap());
    let engine = std::fs::read(folder.join("src/engine.wasm")).unwrap();
    assert!(engine.windows(words.len()).any(|bytes| bytes == words.as_bytes()), "run guest/js/build");
}
