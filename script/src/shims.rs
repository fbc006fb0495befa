//! What stands between the functions of an interface and the script?
//!
//! One function for each export, which hands its arguments over and has the script's function called by its name; and
//! one for each import, all of one type, which the engine calls through the table. They are written as text, which people
//! can look at, and which is what the module gets.

use crate::{
    engine::{FUNCTIONS, Places},
    interface::{Function, Interface, Type},
};
use std::fmt::Write as _;

/// The shims of an interface, as a module in text that imports the engine's part.
pub(crate) struct Shims {
    pub(crate) text: String,
    /// How many functions of the engine it imports; those are the first.
    pub(crate) engine_functions: u32,
    /// For each function of the host: its module, its name, its types, and the place of its shim in the table.
    pub(crate) host: Vec<HostFunction>,
}

pub(crate) struct HostFunction {
    pub(crate) module: String,
    pub(crate) name: String,
    /// `ij>f`: the parameters, and the result or `v`.
    pub(crate) types: String,
    pub(crate) place: u32,
}

impl Shims {
    pub(crate) fn of(interface: &Interface, places: Places) -> Self {
        let host = host(interface, places);
        let body = body(interface, &host, places);
        let mut text = String::from("(module\n");
        let mut engine_functions = 0;
        line(&mut text, "  (import \"engine\" \"memory\" (memory 1))");
        if !host.is_empty() {
            let entries = places.table as usize + host.len();
            line(&mut text, &format!("  (import \"engine\" \"__indirect_function_table\" (table {entries} funcref))"));
        }
        for (name, ty) in FUNCTIONS {
            if body.contains(&format!("${name} ")) {
                line(&mut text, &format!("  (import \"engine\" \"{name}\" (func ${name} {ty}))"));
                engine_functions += 1;
            }
        }
        let mut number = 0..;
        for one in &interface.imports {
            for function in &one.functions {
                let number = number.next().unwrap_or(0);
                let (module, name) = (string(&one.name()), string(&function.name));
                line(&mut text, &format!("  (import {module} {name} (func $host{number}{}))", signature(function)));
            }
        }
        text += &body;
        text.push_str(")\n");
        Self { text, engine_functions, host }
    }
}

fn host(interface: &Interface, places: Places) -> Vec<HostFunction> {
    let functions = interface.imports.iter().flat_map(|host| host.functions.iter().map(move |one| (host, one)));
    (places.table..)
        .zip(functions)
        .map(|(place, (host, function))| {
            let mut types: String = function.params.iter().map(|(_, ty)| letter(*ty)).collect();
            types.push('>');
            types.push(function.result.map_or('v', letter));
            HostFunction { module: host.name(), name: function.name.clone(), types, place }
        })
        .collect()
}

fn body(interface: &Interface, host: &[HostFunction], places: Places) -> String {
    let mut text = String::new();
    let (mut names, mut at) = (String::new(), places.names);
    for function in &interface.exports {
        let bytes = u32::try_from(function.name.len()).unwrap_or(u32::MAX);
        line(&mut text, &format!("  ;; {function}"));
        line(&mut text, &format!("  (func (export {}){}", string(&function.name), signature(function)));
        for (param, (_, ty)) in function.params.iter().enumerate() {
            line(&mut text, &format!("    (call $js_arg_{} (local.get {param}))", wat(*ty)));
        }
        let invoke = function.result.map_or("void", wat);
        line(&mut text, &format!("    (call $js_invoke_{invoke} (i32.const {at}) (i32.const {bytes})))"));
        names += &function.name;
        at = at.saturating_add(bytes);
    }
    let functions = interface.imports.iter().flat_map(|host| &host.functions);
    for (number, (function, one)) in functions.zip(host).enumerate() {
        line(&mut text, &format!("  ;; {}: {function}", comment(&one.module)));
        line(&mut text, &format!("  (func $shim{number} (param i32)"));
        let mut call = format!("(call $host{number}");
        for (param, (_, ty)) in function.params.iter().enumerate() {
            write!(call, "\n      ({}.load offset={} (local.get 0))", wat(*ty), param * 8).expect("it is a string");
        }
        call.push(')');
        match function.result {
            Some(ty) => line(&mut text, &format!("    ({}.store (local.get 0) {call}))", wat(ty))),
            None => line(&mut text, &format!("    {call})")),
        }
    }
    if !host.is_empty() {
        let shims: Vec<_> = (0..host.len()).map(|number| format!("$shim{number}")).collect();
        line(&mut text, &format!("  (elem (i32.const {}) {})", places.table, shims.join(" ")));
    }
    if !names.is_empty() {
        line(&mut text, &format!("  (data (i32.const {}) {})", places.names, string(&names)));
    }
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn signature(function: &Function) -> String {
    let mut text = String::new();
    if !function.params.is_empty() {
        text += " (param";
        for (_, ty) in &function.params {
            text.push(' ');
            text += wat(*ty);
        }
        text.push(')');
    }
    if let Some(ty) = function.result {
        write!(text, " (result {})", wat(ty)).expect("it is a string");
    }
    text
}

fn wat(ty: Type) -> &'static str {
    match ty {
        Type::I32 => "i32",
        Type::I64 => "i64",
        Type::F32 => "f32",
        Type::F64 => "f64",
    }
}

fn letter(ty: Type) -> char {
    match ty {
        Type::I32 => 'i',
        Type::I64 => 'j',
        Type::F32 => 'f',
        Type::F64 => 'd',
    }
}

/// A text as the format has it: what isn't plain is bytes.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(byte.into());
            }
            b' '..=b'~' => quoted.push(byte.into()),
            _ => write!(quoted, "\\{byte:02x}").expect("it is a string"),
        }
    }
    quoted.push('"');
    quoted
}

/// Without the characters that turn a line around: the format has none of them in a comment.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() || c.is_alphanumeric() { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::{Validator, WasmFeatures};

    const PLACES: Places = Places { table: 500, names: 1024 };

    #[test]
    fn the_shims_of_the_example() {
        let interface: Interface = "declare module 'main' { export function greet(): I32; }
            declare module 'extism:host' { interface user { myHostFunction1(p: I32, q: I32): I32; myHostFunction2(p: I32): I64; } }"
            .parse()
            .unwrap();
        let shims = Shims::of(&interface, PLACES);
        assert_eq!(
            shims.text,
            r#"(module
  (import "engine" "memory" (memory 1))
  (import "engine" "__indirect_function_table" (table 502 funcref))
  (import "engine" "js_invoke_i32" (func $js_invoke_i32 (param i32 i32) (result i32)))
  (import "extism:host/user" "myHostFunction1" (func $host0 (param i32 i32) (result i32)))
  (import "extism:host/user" "myHostFunction2" (func $host1 (param i32) (result i64)))
  ;; greet(): I32
  (func (export "greet") (result i32)
    (call $js_invoke_i32 (i32.const 1024) (i32.const 5)))
  ;; extism:host/user: myHostFunction1(p: I32, q: I32): I32
  (func $shim0 (param i32)
    (i32.store (local.get 0) (call $host0
      (i32.load offset=0 (local.get 0))
      (i32.load offset=8 (local.get 0)))))
  ;; extism:host/user: myHostFunction2(p: I32): I64
  (func $shim1 (param i32)
    (i64.store (local.get 0) (call $host1
      (i32.load offset=0 (local.get 0)))))
  (elem (i32.const 500) $shim0 $shim1)
  (data (i32.const 1024) "greet")
)
"#
        );
        assert_eq!((shims.engine_functions, shims.host[1].place, &*shims.host[0].types), (1, 501, "ii>i"));
    }

    #[test]
    fn shims_of_any_types_are_of_the_first_version_of_webassembly() {
        let interface: Interface = r#"
            declare module 'main' { function a(a: I32, b: I64, c: F32, d: F64): void; function ünï$(): I64;
              function f(): F32; function g(): F64; function h(): I32 }
            declare module 'a "quoted" b' { function f(a: F64, b: F32, c: I64, d: I32): F32 }
            declare module "x'@" { interface q { f(): void } interface r { f(): F64 } }
            declare module 'engine' { function js_invoke_i32(): I64; }"#
            .replace('@', "\u{2067}")
            .parse()
            .unwrap();
        let wasm = wat::parse_str(Shims::of(&interface, PLACES).text).unwrap();
        Validator::new_with_features(WasmFeatures::MVP).validate_all(&wasm).unwrap();
        let empty = wat::parse_str(Shims::of(&Interface::default(), PLACES).text).unwrap();
        Validator::new_with_features(WasmFeatures::MVP).validate_all(&empty).unwrap();
    }
}
