//! Properties of the codec, over every type of the schema.

use crate::random;
use dorcas_abi::{
    clause,
    message::{self, DEFINITIONS},
    method,
    wire::{self, Fault, Message},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde::{Serialize, de::DeserializeOwned};

/// Every type that can stand alone: those of the schema, and the replies of all methods.
fn type_names() -> Vec<String> {
    struct Response;
    impl method::Visitor for Response {
        type Output = &'static str;
        fn visit<M: dorcas_abi::Method>(self) -> &'static str {
            <M::Response as Message>::DEFINITION.name
        }
    }
    let named = DEFINITIONS.iter().map(|definition| definition.name.to_owned());
    let replies = method::NAMES.iter().map(|name| format!("Reply<{}>", method::visit(name, Response).unwrap()));
    named.chain(replies).collect()
}

/// Decodes, encodes again, and checks without building; and the same by way of JSON.
struct RoundTrip<'a>(&'a [u8]);

impl message::Visitor for RoundTrip<'_> {
    type Output = Result<Vec<u8>, Fault>;
    fn visit<T: Message + Serialize + DeserializeOwned>(self) -> Self::Output {
        let value = match wire::decode::<T>(self.0) {
            Ok(value) => value,
            Err(fault) => {
                assert_eq!(wire::check::<T>(self.0), Err(fault.clone()));
                return Err(fault);
            }
        };
        let json = serde_json::to_string(&value).unwrap();
        let from_json: T = serde_json::from_str(&json).unwrap();
        let bytes = wire::encode(&value).expect("what decodes encodes");
        assert_eq!(wire::encode(&from_json).as_ref(), Ok(&bytes), "JSON says something else: {json}");
        Ok(bytes)
    }
}

fn round_trip(type_name: &str, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    message::visit(type_name, RoundTrip(bytes)).expect(type_name)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_message_decodes_and_encodes_to_the_same_bytes(
        type_name in select(type_names()),
        source in vec(any::<u8>(), 0..600),
    ) {
        let bytes = random::message(&type_name, &source);
        prop_assert_eq!(round_trip(&type_name, &bytes), Ok(bytes));
    }

    #[test]
    fn a_message_that_is_cut_off_is_refused(
        type_name in select(type_names()),
        source in vec(any::<u8>(), 0..600),
        cut: prop::sample::Index,
    ) {
        let bytes = random::message(&type_name, &source);
        let fault = round_trip(&type_name, &bytes[..cut.index(bytes.len())]).unwrap_err();
        prop_assert!(matches!(fault.clause(), clause::WIRE_EXACT | clause::WIRE_LENGTH), "{fault}");
    }

    #[test]
    fn a_message_with_a_byte_more_is_refused(
        type_name in select(type_names()),
        source in vec(any::<u8>(), 0..600),
        byte: u8,
    ) {
        let mut bytes = random::message(&type_name, &source);
        let len = bytes.len();
        bytes.push(byte);
        let fault = round_trip(&type_name, &bytes).unwrap_err();
        prop_assert_eq!((fault.clause(), fault.offset()), (clause::WIRE_EXACT, len));
    }

    #[test]
    fn a_changed_message_is_refused_or_means_exactly_its_bytes(
        type_name in select(type_names()),
        source in vec(any::<u8>(), 0..600),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = random::message(&type_name, &source);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(again) = round_trip(&type_name, &bytes) {
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_mean_exactly_themselves(
        type_name in select(type_names()),
        bytes in vec(prop_oneof![0u8..8, any::<u8>()], 0..60),
    ) {
        match round_trip(&type_name, &bytes) {
            Ok(again) => prop_assert_eq!(again, bytes),
            Err(fault) => prop_assert!(fault.offset() <= bytes.len(), "{fault}"),
        }
    }
}
