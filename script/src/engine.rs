//! What is in the engine, and where?

use crate::BuildError;
use wasmparser::{Operator, Parser, Payload, TypeRef};

/// The engine with what is in `guest/js`, a reactor that imports some of WASI: `guest/js/build` makes it.
pub(crate) const WASM: &[u8] = include_bytes!("engine.wasm");

/// The functions of the engine that shims call, with their types.
pub(crate) const FUNCTIONS: [(&str, &str); 9] = [
    ("js_arg_i32", "(param i32)"),
    ("js_arg_i64", "(param i64)"),
    ("js_arg_f32", "(param f32)"),
    ("js_arg_f64", "(param f64)"),
    ("js_invoke_void", "(param i32 i32)"),
    ("js_invoke_i32", "(param i32 i32) (result i32)"),
    ("js_invoke_i64", "(param i32 i32) (result i64)"),
    ("js_invoke_f32", "(param i32 i32) (result f32)"),
    ("js_invoke_f64", "(param i32 i32) (result f64)"),
];

/// Places in the engine that shims have to know.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    /// The first free place of the table.
    pub(crate) table: u32,
    /// Where names of exports are to be.
    pub(crate) names: u32,
}

impl Places {
    pub(crate) fn of(wasm: &[u8]) -> Result<Self, BuildError> {
        let (mut table, mut globals, mut names) = (None, Vec::new(), None);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if !matches!(import?.ty, TypeRef::Func(_)) {
                            return Err(BuildError::defect("the engine imports more than functions"));
                        }
                    }
                }
                Payload::TableSection(section) => {
                    for one in section {
                        table = table.or(u32::try_from(one?.ty.initial).ok());
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        let value = global?.init_expr.get_operators_reader().read()?;
                        globals.push(if let Operator::I32Const { value } = value {
                            Some(value.cast_unsigned())
                        } else {
                            None
                        });
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.name == "js_names" {
                            names = globals.get(export.index as usize).copied().flatten();
                        }
                    }
                }
                _ => {}
            }
        }
        match (table, names) {
            (Some(table), Some(names)) => Ok(Self { table, names }),
            _ => Err(BuildError::defect("the engine has no table, or no `js_names`")),
        }
    }
}
