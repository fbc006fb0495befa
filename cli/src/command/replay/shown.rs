//! How are the bytes of a call shown to people? As the JSON that `dorcas call` takes and gives.

use crate::json;
use dorcas_abi::{
    message::Reply,
    method::{self, Method, Visitor},
    wire::{self, Message},
};
use serde::{Serialize, de::DeserializeOwned};

/// The request of a method; `None` if the bytes aren't one.
pub(super) fn request(method: &str, bytes: &[u8]) -> Option<String> {
    struct Request<'a>(&'a [u8]);
    impl Visitor for Request<'_> {
        type Output = Option<String>;

        fn visit<M: Method>(self) -> Self::Output {
            text::<M::Request>(self.0)
        }
    }
    method::visit(method, Request(bytes))?
}

/// The reply of a method; `None` if the bytes aren't one.
pub(super) fn reply(method: &str, bytes: &[u8]) -> Option<String> {
    struct Response<'a>(&'a [u8]);
    impl Visitor for Response<'_> {
        type Output = Option<String>;

        fn visit<M: Method>(self) -> Self::Output {
            text::<Reply<M::Response>>(self.0)
        }
    }
    method::visit(method, Response(bytes))?
}

fn text<T: Message + Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<String> {
    let value: T = wire::decode(bytes).ok()?;
    let mut text = Vec::new();
    json::write(&value, &mut text).ok()?;
    String::from_utf8(text).ok()
}
