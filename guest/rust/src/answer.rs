//! From the bytes of a request to the bytes of a reply.

use crate::Result;
use dorcas_abi::{
    Method,
    message::{GuestError, Reply, error_code},
    wire,
};

/// Decodes a request, has it answered, and encodes the reply.
pub fn answer<M: Method>(argument: &[u8], method: impl FnOnce(M::Request) -> Result<M::Response>) -> Vec<u8> {
    let reply: Reply<M::Response> = wire::decode(argument)
        .map_err(|fault| fault_error(error_code::UNDECODABLE, &format!("the request of `{}`", M::EXPORT), &fault))
        .and_then(method);
    let fault = match wire::encode(&reply) {
        Ok(bytes) => return bytes,
        Err(fault) => fault,
    };
    let error = fault_error(error_code::INTERNAL, &format!("what `{}` answered", M::EXPORT), &fault);
    // An error with a code and a message always has an encoding; to say so by `expect` would bring in code to print why not.
    wire::encode::<Reply<M::Response>>(&Err(error)).unwrap_or_default()
}

fn fault_error(code: u32, what: &str, fault: &wire::Fault) -> GuestError {
    GuestError { code, message: format!("{what} breaks the schema: {fault}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_abi::{
        message::{GenerateRequest, GenerateResponse},
        method::GenerateRules,
    };

    fn reply(bytes: &[u8]) -> Reply<GenerateResponse> {
        wire::decode(bytes).unwrap()
    }

    #[test]
    fn a_request_that_is_none() {
        let bytes = answer::<GenerateRules>(&[0xff], |_| unreachable!("there is no request"));
        let error = reply(&bytes).unwrap_err();
        assert_eq!(error.code, 1);
        assert_eq!(
            error.message,
            "the request of `generate_rules` breaks the schema: byte 1, in `rel`: message ends here, \
             1 more bytes were expected (wire.exact)"
        );
    }

    #[test]
    fn no_bytes_are_no_request() {
        let bytes = answer::<GenerateRules>(&[], |_| unreachable!("there is no request"));
        assert_eq!(reply(&bytes).unwrap_err().code, 1);
    }

    #[test]
    fn a_response_out_of_order_is_an_error_and_not_a_trap() {
        let request = wire::encode(&GenerateRequest::default()).unwrap();
        let bytes = answer::<GenerateRules>(&request, |_| {
            Ok(GenerateResponse { rels_to_index: vec!["b".into(), "a".into()], ..GenerateResponse::default() })
        });
        let error = reply(&bytes).unwrap_err();
        assert_eq!(error.code, 3);
        assert!(error.message.contains("rels_to_index[1]"), "{}", error.message);
    }
}
