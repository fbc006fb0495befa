//! The messages of ABI version 1: one file a method, and what they share.
//!
//! The schema is closed (`wire.closed`): a field or variant more is another version of the ABI. That is why
//! everything is here from the start, what a host makes use of later included.
//!
//! Paths are slash-separated and relative to the root of the repository; the root itself is the empty text.
//! Labels are written as in a BUILD file. Lists are in the order in which things stand in their file, except
//! where they are said to be sorted: those are in strictly rising byte order of their key.

mod catalogue;
mod configure;
mod find;
mod finish;
mod fix;
mod generate;
mod imports;
mod manifest;
mod reply;
mod resolve;
mod rule;
mod scan;
mod setup;

pub use catalogue::{DEFINITIONS, Visitor, definition, visit};
pub use configure::{BazelModule, Command, ConfigureRequest, ConfigureResponse, FlagValue, Indexing, RunInfo};
pub use find::{FindAnswer, FindRequest, FindResponse, Provider};
pub use finish::{FinishRequest, FinishResponse, Summary};
pub use fix::{Edit, FixRequest, FixResponse};
pub use generate::{Child, EmptyRule, File, FileData, GenerateRequest, GenerateResponse, GeneratedRule, Match};
pub use imports::{ImportsRequest, ImportsResponse, ImportsRule, Provided, RuleImports};
pub use manifest::{
    DirectiveInfo, Flag, FlagType, Input, Kind, LoadInfo, MAX_PATTERN_BYTES, MAX_PATTERN_CELLS, MAX_PATTERN_DEPTH,
    MAX_PATTERN_POSITIONS, Manifest, ManifestRequest, Methods, Reach, Want,
};
pub use reply::{Diagnostic, GuestError, MAX_ERROR_BYTES, Position, Reply, Severity, error_code};
pub use resolve::{ImportSpec, Lookup, Origin, Query, ResolveRequest, ResolveResponse, ResolveRule, ResolvedRule};
pub use rule::{Attr, BuildFile, Directive, ListEntry, Load, Rule, SelectBranch, StringEntry, Symbol, Term, Value};
pub use scan::{ScanRequest, ScanResponse};
pub use setup::{Catalogue, SetupRequest};
