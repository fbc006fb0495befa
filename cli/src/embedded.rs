//! What is in the binary: the built-in guests, and the templates and SDKs of `dorcas new`, path and text of each file.
//! `build.rs` writes this from the tree.

include!(concat!(env!("OUT_DIR"), "/files.rs"));
