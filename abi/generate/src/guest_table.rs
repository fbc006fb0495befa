//! The schema as the hand-written guest of the specification has it: a table of a few bytes a type.
//!
//! A type is one byte: below 8 a primitive, else it stands for the address of a node. A node is a struct (0, its number of fields, their
//! types), an enum (1, its number of variants, what they carry) or a list (2, number of texts in its key, fewest
//! bytes of an item, its type). A bool and an option are enums of two variants.

use crate::schema::least_bytes;
use dorcas_abi::{
    message,
    wire::{Payload, Shape, Type},
};
use std::fmt::Write as _;

/// The first byte that is the name of a node.
const FIRST_NODE: u8 = 8;

/// The address of the first node.
const AT: usize = 1024;

/// Bytes from one name of a node to the next.
const STEP: usize = 2;

#[derive(Default)]
struct Table {
    nodes: Vec<Node>,
}

struct Node {
    address: u8,
    bytes: Vec<u8>,
    names: Vec<String>,
}

impl Table {
    fn ty(&mut self, ty: &Type) -> u8 {
        match *ty {
            Type::U32 => 1,
            Type::I64 => 2,
            Type::Text { non_empty: false } => 3,
            Type::Text { non_empty: true } => 4,
            Type::Bytes => 5,
            Type::Bool => self.node(vec![1, 2, 0, 0], ty.to_string()),
            Type::Option(some) => {
                let some = self.ty(some);
                self.node(vec![1, 2, 0, some], ty.to_string())
            }
            Type::List { item, sorted_by } => {
                let least = if let Type::Named(name) = item { least_bytes(name) } else { 1 };
                let item = self.ty(item);
                self.node(vec![2, sorted_by, u8::try_from(least).unwrap(), item], ty.to_string())
            }
            Type::Named(name) => self.named(name),
        }
    }

    fn named(&mut self, name: &str) -> u8 {
        let mut bytes = Vec::new();
        match message::definition(name).unwrap().shape {
            Shape::Struct(fields) => {
                bytes.extend([0, u8::try_from(fields.len()).unwrap()]);
                bytes.extend(fields.iter().map(|field| self.ty(&field.ty)).collect::<Vec<_>>());
            }
            Shape::Enum(variants) => {
                bytes.extend([1, u8::try_from(variants.len()).unwrap()]);
                for variant in variants {
                    bytes.push(match variant.payload {
                        Payload::Unit => 0,
                        Payload::One(ty) => self.ty(&ty),
                        Payload::Fields(fields) => {
                            let mut payload = vec![0, u8::try_from(fields.len()).unwrap()];
                            payload.extend(fields.iter().map(|field| self.ty(&field.ty)).collect::<Vec<_>>());
                            self.node(payload, format!("{name}::{}", variant.name))
                        }
                    });
                }
            }
        }
        self.node(bytes, name.to_owned())
    }

    /// The address of a node. Equal nodes are one.
    fn node(&mut self, bytes: Vec<u8>, name: String) -> u8 {
        // A node is padded behind what it has.
        if let Some(node) = self.nodes.iter_mut().find(|node| node.bytes.starts_with(&bytes)) {
            if !node.names.contains(&name) {
                node.names.push(name);
            }
            return node.address;
        }
        let mut bytes = bytes;
        bytes.resize(bytes.len().next_multiple_of(STEP), 0);
        let next = |node: &Node| usize::from(node.address) + node.bytes.len() / STEP;
        let address = self.nodes.last().map_or(FIRST_NODE.into(), next);
        let address = u8::try_from(address).expect("a table whose nodes have names below 256");
        self.nodes.push(Node { address, bytes, names: vec![name] });
        address
    }
}

/// The lines of the specification's guest that hold the table, and where its two requests stand in it.
pub(crate) fn of_the_specification() -> String {
    text(&["ManifestRequest", "GenerateRequest"])
}

/// The same lines of the conformance suite's good guest, which has all methods.
pub(crate) fn of_the_good_guest() -> String {
    let requests = [
        "ManifestRequest",
        "SetupRequest",
        "ScanRequest",
        "ConfigureRequest",
        "FixRequest",
        "GenerateRequest",
        "ImportsRequest",
        "ResolveRequest",
        "FindRequest",
        "FinishRequest",
    ];
    text(&requests)
}

fn text(requests: &[&'static str]) -> String {
    let mut table = Table::default();
    let mut globals: Vec<_> = requests.iter().map(|name| (*name, table.ty(&Type::Named(name)))).collect();
    globals.push(("OptionOfBuildFile", table.ty(&Type::Option(&Type::Named("BuildFile")))));
    globals.push(("FileData", table.ty(&Type::Named("FileData"))));
    let mut text = String::new();
    for (name, address) in globals {
        writeln!(text, "  (global ${name} i32 (i32.const {address}))").unwrap();
    }
    writeln!(text, "  (data (i32.const {AT})").unwrap();
    for node in &table.nodes {
        let bytes = node.bytes.iter().fold(String::new(), |mut bytes, byte| {
            write!(bytes, "\\{byte:02x}").unwrap();
            bytes
        });
        let end = if std::ptr::eq(node, table.nodes.last().unwrap()) { ")" } else { "" };
        writeln!(text, "    \"{bytes}\"{end} ;; {}: {}", node.address, node.names.join("; ")).unwrap();
    }
    text
}
