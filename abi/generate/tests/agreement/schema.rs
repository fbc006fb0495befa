//! The schema is closed, and what follows from it is up to date.

use crate::root;
use dorcas_abi::export;
use dorcas_generate::{outputs, schema};

#[test]
fn version_1_is_closed() {
    // Not a test of the hash: a test of the schema. A change of this line is version 2 of the ABI.
    assert_eq!(
        schema::fingerprint(),
        "83d8a97850728e26",
        "the schema of ABI version {} has changed:\n{}",
        export::VERSION,
        schema::essence()
    );
}

#[test]
fn each_file_that_follows_from_the_schema_is_up_to_date() {
    let outputs = outputs(&root());
    let stale: Vec<_> = outputs
        .iter()
        .filter_map(|output| Some(format!("{}, line {}", output.path, output.difference(&root())?)))
        .collect();
    assert!(stale.is_empty(), "out of date, write them by `cargo run -p dorcas-generate`: {stale:#?}");
    assert_eq!(outputs.len(), 36);
}
