//! Do the specification, the schema file, the golden vectors and the code say the same?
//!
//! What is generated is written again by `DORCAS_UPDATE=1 cargo test -p dorcas-abi`: the tables of `abi-spec.md` between
//! their markers, `abi/schema.json`, and the bytes of the good vectors in `abi/golden`. Look at the difference before
//! you commit it: a change of the schema or of a vector is another version of the ABI.

mod golden;
mod guest_table;
mod properties;
mod random;
mod schema;
mod spec;
mod tables;
mod update;
mod walk;
