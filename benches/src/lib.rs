//! Measures Dorcas beside its peers, and writes the report about it.
//!
//! ```text
//! report ──orders──> subject "dorcas"            one process each, in turns
//!    │   ──orders──> subject "wasmi"
//!    │   ──orders──> peers: wazero, wasmtime, ...
//!    └── record (JSON) ──> report.md, report.html
//! ```
//!
//! | question | file |
//! |---|---|
//! | what is measured, under which name? | [`measurement`] |
//! | on which modules and requests? | [`workload`]; [`capture`] hears what a guest is asked |
//! | what does a process that is measured hear and say? | [`protocol`] |
//! | how do Dorcas, wasmi alone, and native code do it? | [`subject`] |
//! | what do other ways of reaching code that is not one's own cost? | [`transport`] |
//! | what do other encodings of a message cost? | [`encoding`] |
//! | who is asked, how often, in which order? | [`session`] |
//! | what does each step of Dorcas take, and each choice? | [`stage`] |
//! | how long does the whole job take, native Gazelle's and ours? | [`job`] |
//! | what came of it, and how sure is it? | [`record`] |
//! | which ratios were aimed at? | [`goal`] |
//! | how is it shown? | [`report`] |
//!
//! A subject says what its work came to (the digest of the last reply), and the session compares that with what Dorcas
//! says. So a subject that does less than the measurement's name promises is found out.

pub mod capture;
pub mod encoding;
pub mod goal;
pub mod job;
pub mod machine;
pub mod measurement;
pub mod protocol;
pub mod record;
pub mod report;
pub mod session;
pub mod stage;
pub mod subject;
pub mod transport;
pub mod workload;
