use super::Diagnostic;
use crate::wire::{Bytes, structs};
use alloc::{string::String, vec::Vec};

structs! {
    /// The argument of `scan`, which is called for a file that an input wants `Scan` of.
    pub struct ScanRequest {
        /// Base name of the file.
        name: String [non_empty],
        /// All its bytes.
        content: Bytes,
    }

    /// The result of `scan`.
    pub struct ScanResponse {
        /// What the guest wants to be told of the file in the other methods. The host doesn't look into it.
        facts: Bytes,
        /// What the user should know. The `file` of one is the `name` of the request, if it has any.
        diagnostics: Vec<Diagnostic>,
    }
}
