use crate::wire::{Fault, Message, Payload, Reader, Segment, Shape, Type, Variant, Wire, enums, structs};
use alloc::string::String;

/// What every method but `lang_name` returns: variant 0 and the response, or variant 1 and a [`GuestError`]
/// (`result.reply`).
pub type Reply<T> = Result<T, GuestError>;

/// Most bytes of an error's message that a host has to show (`error.size`).
pub const MAX_ERROR_BYTES: u32 = 4096;

structs! {
    /// A guest's own error: the call did not work out, and nothing of it counts.
    pub struct GuestError {
        /// 1: the request could not be decoded. 2: the guest doesn't support what was asked. 3: it failed inside,
        /// by a panic that it caught for instance. 4: the run must end, and nothing may be written. Others below 1000 are
        /// reserved; from 1000 on they are the guest's own.
        code: u32,
        /// What happened, for people.
        message: String [non_empty],
    }

    /// Something that the user should know; the result counts all the same (Gazelle: `log.Print`).
    pub struct Diagnostic {
        /// How grave it is.
        severity: Severity,
        /// What it is, in a line.
        message: String [non_empty],
        /// The file it is about, relative to the directory; `None` if it is about the directory, or about a place that says
        /// which file is meant.
        file: Option<String>,
        /// Where in the file.
        position: Position,
    }
}

enums! {
    /// How grave a diagnostic is.
    pub enum Severity default Error {
        /// The user has to do something: the run's exit status is not 0.
        Error,
        /// The user may want to do something.
        Warning,
        /// Good to know.
        Note,
    }

    /// A place in a file.
    pub enum Position default Unknown {
        /// The file as a whole.
        Unknown,
        /// A line, from 1.
        Line(u32),
        /// A byte, from 0; the host finds the line.
        Offset(u32),
        /// A match, by its index in the file's `Matches` in the request, in `resolve` in that of `generate_rules`; the host
        /// finds the line.
        MatchIndex(u32),
        /// A directive, by its index among the directory's directives that the guest's manifest names; the host finds file
        /// and line. The diagnostic has no `file`.
        DirectiveIndex(u32),
        /// A rule, by its index in the `build_file` of the request; the host finds file and line. The diagnostic has no
        /// `file`.
        RuleIndex(u32),
    }
}

/// The values of [`GuestError::code`] that mean something to a host.
pub mod error_code {
    /// The request could not be decoded.
    pub const UNDECODABLE: u32 = 1;
    /// The guest doesn't support what was asked.
    pub const UNSUPPORTED: u32 = 2;
    /// The guest failed inside.
    pub const INTERNAL: u32 = 3;
    /// The run must end, and nothing may be written.
    pub const STOP: u32 = 4;
    /// The first of the guest's own codes.
    pub const FIRST_OWN: u32 = 1000;
}

impl<T: Wire> Wire for Reply<T> {
    const TYPE: Type = Type::Named("Reply");
    const MIN_LEN: u32 = 1;
    fn check(reader: &mut Reader<'_>) -> Result<(), Fault> {
        match reader.variant("Reply", 2)? {
            0 => T::check(reader).map_err(|fault| fault.within(Segment::Field("Ok"))),
            _ => GuestError::check(reader).map_err(|fault| fault.within(Segment::Field("Err"))),
        }
    }
}

impl<T: Wire> Message for Reply<T> {
    const DEFINITION: crate::wire::Definition = crate::wire::Definition {
        name: "Reply",
        doc: &[" What every method but `lang_name` returns."],
        shape: Shape::Enum(&[
            Variant { name: "Ok", doc: &[" The method's response."], payload: Payload::One(T::TYPE) },
            Variant { name: "Err", doc: &[" The guest's own error."], payload: Payload::One(GuestError::TYPE) },
        ]),
    };
}
