//! Writes what follows from the schema of the ABI, so that a field of a message is written down once, in `dorcas-abi`.
//!
//! ```text
//! cargo run -p dorcas-generate              writes all of it
//! cargo run -p dorcas-generate -- --check   says which files are out of date; exit status 1 if any is
//! ```
//!
//! | file | what follows |
//! |---|---|
//! | `abi/schema.json` | the schema for programs: `schema.rs` |
//! | `abi-spec.md` | the tables between its markers, and the table in its guest: `spec.rs`, `guest_table.rs` |
//! | `abi/golden/*.json` | the bytes of good vectors, from their values: `golden.rs` |
//! | `conformance/src/clauses.md` | the clauses of the specification, alone: `spec.rs` |
//! | `conformance/good.wat` | the table of the good guest: `guest_table.rs` |
//! | `guest/go/*.go` | types and codec: `go.rs` |
//! | `adapter/internal/abi/*.go` | the same for the other side, with the reader and writer of `guest/go`: `go.rs` |
//! | `guest/c/dorcas.h`, `dorcas.c`, `tests/golden.inc` | types, macros, the codec's table, vectors: `c.rs`, `c_golden.rs` |
//! | `guest/assemblyscript/**/*.ts` | classes, the codec's table, JSON for tests: `assemblyscript.rs` |
//! | `guest/js/schema.inc`, `dorcas.d.ts` | the names in the codec's table of C, types: `js.rs` |
//! | `guest/zig/src/message.zig` | types: `zig.rs` |
//!
//! The SDK for Rust has the types themselves, from `dorcas-abi`. No other toolchain is needed: the text of each language
//! is written as its formatter would have it.
// A line of another language is read most easily as one `format!`; this program runs when the schema changes.
#![allow(clippy::format_push_string)]

mod assemblyscript;
mod c;
mod c_golden;
mod go;
pub mod golden;
mod guest_table;
mod js;
mod names;
pub mod schema;
mod spec;
pub mod walk;
mod zig;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The root of the repository.
#[derive(Clone, Debug)]
pub struct Root(PathBuf);

/// A file that follows from the schema, whole or in parts.
#[derive(Debug)]
pub struct Output {
    /// Path from the root of the repository.
    pub path: String,
    /// The text that the file should have.
    pub text: String,
}

impl Root {
    /// The repository that this crate is in.
    #[must_use]
    pub fn of_this_repository() -> Self {
        Self(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
    }

    /// A file's place, by its path from the root.
    #[must_use]
    pub fn path(&self, relative: &str) -> PathBuf {
        self.0.join(relative)
    }

    /// A file's text.
    ///
    /// # Panics
    ///
    /// If the file can't be read.
    #[must_use]
    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }
}

/// The files of good vectors, of which the others are made.
///
/// # Panics
///
/// If a golden vector's value doesn't fit its type.
#[must_use]
pub fn golden_files(root: &Root) -> Vec<Output> {
    let output = |file: &&str| Output { path: format!("abi/golden/{file}.json"), text: golden::text(root, file) };
    golden::GOOD_FILES.iter().map(output).collect()
}

/// All files that follow from the schema.
///
/// # Panics
///
/// If a golden vector's value doesn't fit its type, a marker is missing, or an SDK has no form for a type.
#[must_use]
pub fn outputs(root: &Root) -> Vec<Output> {
    let types = c::Types::new();
    let c_part = |file: &str, parts: &[(&str, String)]| {
        parts.iter().fold(root.read(file), |text, (name, part)| {
            replace(&text, &format!("/* begin generated: {name} */\n"), &format!("/* end generated: {name} */\n"), part)
        })
    };
    let header = [("messages", types.messages()), ("lists", types.lists()), ("methods", c::methods())];
    let good = replace(
        &root.read("conformance/good.wat"),
        "  ;; begin generated: guest-table\n",
        "  ;; end generated: guest-table\n",
        &guest_table::of_the_good_guest(),
    );
    let mut outputs = golden_files(root);
    outputs.extend(
        [
            ("abi/schema.json", schema::json()),
            ("abi-spec.md", spec::text(root)),
            ("conformance/good.wat", good),
            ("conformance/src/clauses.md", spec::clauses_alone(root)),
            ("guest/go/message.go", go::messages()),
            ("guest/go/codec.go", go::codec()),
            ("guest/go/messages_test.go", go::list()),
            ("adapter/internal/abi/message.go", go::of_adapter(&go::messages())),
            ("adapter/internal/abi/codec.go", go::of_adapter(&go::codec())),
            ("adapter/internal/abi/messages_test.go", go::of_adapter(&go::list())),
            ("adapter/internal/abi/reader.go", go::of_adapter(&root.read("guest/go/reader.go"))),
            ("adapter/internal/abi/writer.go", go::of_adapter(&root.read("guest/go/writer.go"))),
            ("adapter/internal/abi/fault.go", go::of_adapter(&root.read("guest/go/fault.go"))),
            ("adapter/internal/abi/golden_test.go", go::of_adapter(&root.read("guest/go/golden_test.go"))),
            ("guest/c/dorcas.h", c_part("guest/c/dorcas.h", &header)),
            ("guest/c/dorcas.c", c_part("guest/c/dorcas.c", &[("tables", types.tables())])),
            ("guest/c/tests/golden.inc", c_golden::text(root)),
            ("guest/assemblyscript/assembly/messages.ts", assemblyscript::messages()),
            ("guest/assemblyscript/assembly/schema.ts", assemblyscript::table()),
            ("guest/assemblyscript/tests/json.ts", assemblyscript::shown()),
            ("guest/js/schema.inc", js::names(&types)),
            ("guest/js/dorcas.d.ts", js::declarations()),
            ("guest/zig/src/message.zig", zig::messages()),
        ]
        .map(|(path, text)| Output { path: path.into(), text }),
    );
    outputs
}

impl Output {
    /// The first line that differs from the file's, from 1; `None` if the file is as it should be.
    #[must_use]
    pub fn difference(&self, root: &Root) -> Option<usize> {
        let present = fs::read_to_string(root.path(&self.path)).unwrap_or_default();
        let same = present.lines().zip(self.text.lines()).take_while(|(present, text)| present == text).count();
        (present != self.text).then_some(same + 1)
    }

    /// Writes the file.
    pub fn write(&self, root: &Root) -> io::Result<()> {
        fs::write(root.path(&self.path), &self.text)
    }
}

/// A text with the part between two markers replaced.
fn replace(text: &str, begin: &str, end: &str, part: &str) -> String {
    let (before, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no line {begin:?}"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("no line {end:?}"));
    format!("{before}{begin}{part}{end}{after}")
}
