//! The methods that take a message and return one: which export, which request, which response.
//!
//! Each method is a type without values, so that a call names it once and the compiler knows the rest:
//! `instance.call::<method::GenerateRules>(&request)`.

use crate::{
    clause::{self, Clause},
    message,
    wire::Message,
};
use core::fmt;
use serde::{Serialize, de::DeserializeOwned};

/// A method of the ABI. The set is closed.
pub trait Method {
    /// Name of the export, `generate_rules`.
    const EXPORT: &'static str;
    /// Whether every guest has to have it.
    const REQUIRED: bool;
    /// What the host sends.
    type Request: Message + Serialize + DeserializeOwned;
    /// What the guest answers, inside a [`message::Reply`].
    type Response: Message + Serialize + DeserializeOwned;

    /// Says whether a response can be the answer to a request, beyond what the bytes alone show.
    fn check_answer(_request: &Self::Request, _response: &Self::Response) -> Result<(), Mismatch> {
        Ok(())
    }

    /// What a response has to say to the user.
    fn diagnostics(_response: &Self::Response) -> &[message::Diagnostic] {
        &[]
    }
}

/// Most times in a row that a guest answers a `resolve` with further questions (`resolve.rounds`). The first request has
/// `round` 0, the last one this.
pub const MAX_RESOLVE_ROUNDS: u32 = 8;

/// A response that doesn't answer its request. `{mismatch:#}` leaves the clause out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The list that is too long or too short.
    pub field: &'static str,
    /// Its number of entries.
    pub got: usize,
    /// The number that the request calls for.
    pub want: usize,
    /// The clause that is broken.
    pub clause: Clause,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, got, want, clause } = self;
        write!(f, "`{field}` has {got} entries, the request calls for {want}")?;
        if f.alternate() { Ok(()) } else { write!(f, "{}", clause.suffix()) }
    }
}

impl core::error::Error for Mismatch {}

impl Mismatch {
    fn unless_equal(clause: Clause, field: &'static str, got: usize, want: usize) -> Result<(), Self> {
        if got == want { Ok(()) } else { Err(Self { field, got, want, clause }) }
    }
}

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $name:ident = $export:literal $required:literal: $request:ident => $response:ident
        $({ $($check:tt)* })?;
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}

            impl Method for $name {
                const EXPORT: &'static str = $export;
                const REQUIRED: bool = $required;
                type Request = message::$request;
                type Response = message::$response;
                $($($check)*)?
            }
        )*

        /// The export names of all methods that take a message, in the order in which a run calls them.
        pub const NAMES: &[&str] = &[$($export),*];

        /// Something that can be done with any method: what [`visit`] calls with the method that has a name.
        pub trait Visitor {
            /// What comes out.
            type Output;
            /// Called with the method.
            fn visit<M: Method>(self) -> Self::Output;
        }

        /// Turns the name of an export into a method; none where no method has that name.
        pub fn visit<V: Visitor>(export: &str, visitor: V) -> Option<V::Output> {
            match export {
                $( $export => Some(visitor.visit::<$name>()), )*
                _ => None,
            }
        }
    };
}

methods! {
    /// What the guest is and asks for.
    Manifest = "manifest" false: ManifestRequest => Manifest;
    /// Kinds, loads, directives and inputs of a run.
    Setup = "setup" false: SetupRequest => Catalogue {
        fn diagnostics(response: &Self::Response) -> &[message::Diagnostic] {
            &response.diagnostics
        }
    };
    /// What there is to know of a file.
    Scan = "scan" false: ScanRequest => ScanResponse {
        fn diagnostics(response: &Self::Response) -> &[message::Diagnostic] {
            &response.diagnostics
        }
    };
    /// State of a directory from its parent's and its directives.
    Configure = "configure" false: ConfigureRequest => ConfigureResponse {
        fn diagnostics(response: &Self::Response) -> &[message::Diagnostic] {
            &response.diagnostics
        }
    };
    /// Repair of a BUILD file.
    Fix = "fix" false: FixRequest => FixResponse {
        fn diagnostics(response: &Self::Response) -> &[message::Diagnostic] {
            &response.diagnostics
        }
    };
    /// Rules of a directory.
    GenerateRules = "generate_rules" true: GenerateRequest => GenerateResponse {
        fn diagnostics(response: &Self::Response) -> &[message::Diagnostic] {
            &response.diagnostics
        }
    };
    /// How a directory's rules can be imported.
    Imports = "imports" false: ImportsRequest => ImportsResponse {
        fn check_answer(request: &Self::Request, response: &Self::Response) -> Result<(), Mismatch> {
            Mismatch::unless_equal(clause::IMPORTS_PER_RULE, "rules", response.rules.len(), request.rules.len())
        }
    };
    /// Dependencies of a directory's rules.
    Resolve = "resolve" false: ResolveRequest => ResolveResponse {
        fn check_answer(request: &Self::Request, response: &Self::Response) -> Result<(), Mismatch> {
            match response {
                message::ResolveResponse::Resolved { rules, .. } => {
                    Mismatch::unless_equal(clause::RESOLVE_PER_RULE, "rules", rules.len(), request.rules.len())
                }
                message::ResolveResponse::Need(_) => Ok(()),
            }
        }

        fn diagnostics(response: &Self::Response) -> &[message::Diagnostic] {
            match response {
                message::ResolveResponse::Resolved { diagnostics, .. } => diagnostics,
                message::ResolveResponse::Need(_) => &[],
            }
        }
    };
    /// Imports that the index doesn't have.
    Find = "find" false: FindRequest => FindResponse {
        fn check_answer(request: &Self::Request, response: &Self::Response) -> Result<(), Mismatch> {
            Mismatch::unless_equal(clause::FIND_PER_QUERY, "found", response.found.len(), request.queries.len())
        }
    };
    /// The end of a run.
    Finish = "finish" false: FinishRequest => FinishResponse {
        fn diagnostics(response: &Self::Response) -> &[message::Diagnostic] {
            &response.diagnostics
        }
    };
}
