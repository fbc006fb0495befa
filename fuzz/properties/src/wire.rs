//! Any bytes as a message.

use dorcas_host::abi::{
    Method,
    message::Reply,
    method::{self, Visitor},
    wire::{self, Wire},
};

/// The first byte says of which method, and whether it is a request, a response or a reply; the others are the message.
///
/// What is accepted is what would have been written for its value: a value has one encoding. The check alone, which
/// builds nothing, says the same.
pub fn wire_decode(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let (place, kind) = (usize::from(kind) / 3 % method::NAMES.len(), kind % 3);
    method::visit(method::NAMES[place], Decode { kind, bytes }).expect("every name is a method");
}

struct Decode<'a> {
    kind: u8,
    bytes: &'a [u8],
}

impl Visitor for Decode<'_> {
    type Output = ();

    fn visit<M: Method>(self) {
        let bytes = self.bytes;
        let written = match self.kind {
            0 => same::<M::Request>(bytes, wire::decode::<M::Request>(bytes).map(|value| wire::encode(&value))),
            1 => same::<M::Response>(bytes, wire::decode::<M::Response>(bytes).map(|value| wire::encode(&value))),
            _ => {
                let decoded = wire::decode::<Reply<M::Response>>(bytes);
                same::<Reply<M::Response>>(bytes, decoded.map(|value| wire::encode(&value)))
            }
        };
        if let Some(written) = written {
            assert_eq!(written, bytes);
        }
    }
}

type Rewritten = Result<Result<Vec<u8>, wire::Fault>, wire::Fault>;

/// What was written for the value that was read, where one was.
fn same<T: Wire>(bytes: &[u8], rewritten: Rewritten) -> Option<Vec<u8>> {
    assert_eq!(wire::check::<T>(bytes).err(), rewritten.as_ref().err().cloned());
    match rewritten {
        Ok(written) => Some(written.expect("what was read can be written")),
        Err(fault) => {
            assert!(fault.offset() <= bytes.len(), "{fault}");
            assert!(!fault.to_string().chars().any(char::is_control), "{fault}");
            assert_ne!(fault.kind(), wire::FaultKind::Library, "check and library agree");
            None
        }
    }
}
