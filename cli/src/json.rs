//! How is a document for machines written?

use dorcas_host::printable_json;
use serde::Serialize;
use std::io::{self, Write};

/// A document and a line break. What a terminal would obey, or nobody sees, is in it by its number.
pub(crate) fn write(document: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    out.write_all(printable_json(&text).as_bytes())?;
    out.write_all(b"\n")
}
