//! Any text as the interface of a script.

use dorcas_script::{Interface, InterfaceError, shims};
use wasmparser::{Validator, WasmFeatures};

/// Pieces of which declarations are made: bytes choose among them, so that some texts are accepted.
const PIECES: [&str; 32] = [
    "declare module 'main' {",
    "declare module 'env' {",
    "declare module \"a/b\" {",
    "}",
    "export function ",
    "function ",
    "interface ",
    "f",
    "g",
    "ünï$",
    "main",
    "(",
    ")",
    "()",
    ": I32",
    ": I64",
    ": F32",
    ": F64",
    ": void",
    "a: I32",
    "b: I64",
    ", ",
    ";",
    "\n",
    "// x\n",
    "/* ",
    " */",
    "type I64 = bigint;",
    "'",
    "\\",
    "\u{2028}",
    "memory",
];

/// Declarations are read, or refused with a place inside the text. What is read prints, and reads back as the same; its shims are
/// a module of the first version of WebAssembly.
pub fn interface(data: &[u8]) {
    read(&String::from_utf8_lossy(data));
    let pieces: String = data.iter().map(|byte| PIECES[usize::from(*byte) % PIECES.len()]).collect();
    read(&pieces);
    // Whole declarations, of which each is right.
    let mut whole = String::new();
    for (number, byte) in data.iter().take(64).enumerate() {
        let ty = ["I32", "I64", "F32", "F64"][usize::from(byte >> 2) % 4];
        let params: Vec<_> = (0..byte >> 5).map(|param| format!("p{param}: {ty}")).collect();
        let function = format!("f{number}({}): {}", params.join(","), if byte & 16 == 0 { ty } else { "void" });
        let declaration = match byte % 3 {
            0 => format!("declare module 'main' {{ export function {function} }}"),
            1 => format!("declare module 'm{}' {{ interface i{} {{ {function}; }} }}\n", byte >> 6, byte >> 4 & 1),
            _ => format!("declare module 'm' {{ function {function}; }}\n"),
        };
        whole.push_str(&declaration);
    }
    assert!(read(&whole), "{whole}");
}

/// Whether it is an interface.
fn read(text: &str) -> bool {
    let interface = match text.parse::<Interface>() {
        Ok(interface) => interface,
        Err(error) => {
            inside(text, &error);
            return false;
        }
    };
    let printed = interface.to_string();
    assert_eq!(printed.parse().as_ref(), Ok(&interface), "{text}");
    assert_eq!(interface.to_string(), printed);
    let shims = shims(&interface).expect("the engine has room for any interface");
    let wasm = wat::parse_str(&shims).unwrap_or_else(|error| panic!("{error}\n{shims}"));
    Validator::new_with_features(WasmFeatures::MVP)
        .validate_all(&wasm)
        .unwrap_or_else(|error| panic!("{error}\n{shims}"));
    true
}

fn inside(text: &str, error: &InterfaceError) {
    let lines = text.split('\n').count();
    let (line, column) = (error.at.line as usize, error.at.column as usize);
    assert!((1..=lines).contains(&line), "{error}\n{text}");
    let chars = text.split('\n').nth(line - 1).unwrap_or("").chars().count();
    assert!((1..=chars + 1).contains(&column), "{error}\n{text}");
}
