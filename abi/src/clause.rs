//! The names of the clauses of `abi-spec.md` that a host or this crate refers to.
