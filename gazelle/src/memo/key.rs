//! What does an answer depend on?

use dorcas_abi::{Method, export, message::File, message::GenerateRequest, wire};
use dorcas_host::Digest;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of all that something depends on.
///
/// Repositories and guests may be anyone's, so that nothing less will do: who could make two requests with one key could
/// have one answered by the other's reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(pub(super) [u8; Key::LEN]);

impl Key {
    pub(super) const LEN: usize = 32;

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Makes a key of parts.
#[derive(Debug)]
pub(crate) struct KeyBuilder(Sha256);

impl KeyBuilder {
    /// `purpose` keeps keys of different things apart.
    pub(crate) fn new(purpose: &str) -> Self {
        let mut builder = Self(Sha256::new());
        builder.part(purpose.as_bytes());
        builder
    }

    /// Adds a part, led by its length, so that no two lists of parts look alike.
    pub(crate) fn part(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(crate) fn finish(self) -> Key {
        Key(self.0.finalize().into())
    }
}

/// The key of a call. Where a request has files, these are empty in it, and told by their key.
///
/// A request is its encoding, and its encoding is one of its files and one of the rest: equal keys are equal bytes for
/// the guest. None where the request has no encoding: no guest is asked then either.
pub(super) fn of_call<M: Method>(identity: &Digest, request: &M::Request, files: Option<Key>) -> Option<Key> {
    let mut key = KeyBuilder::new("call");
    key.part(identity.as_bytes()).part(&export::VERSION.to_le_bytes()).part(M::EXPORT.as_bytes());
    key.part(&wire::encode(request).ok()?);
    key.part(files.as_ref().map_or(&[], Key::as_bytes));
    Some(key.finish())
}

/// The key of a request's files.
pub(crate) fn of_files(files: &mut Vec<File>, above: &mut Vec<File>) -> Option<Key> {
    let mut request = GenerateRequest::default();
    std::mem::swap(&mut request.files, files);
    std::mem::swap(&mut request.above, above);
    let key = of_message("files", &request);
    (*files, *above) = (request.files, request.above);
    key
}

/// The key of a message that goes over the wire; none where it has no encoding.
pub(crate) fn of_message<T: wire::Wire + Serialize>(purpose: &str, message: &T) -> Option<Key> {
    let mut key = KeyBuilder::new(purpose);
    key.part(&wire::encode(message).ok()?);
    Some(key.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dorcas_abi::{
        message::{FileData, FindRequest},
        method::{Find, Resolve},
        wire::Bytes,
    };

    fn of_parts(purpose: &str, parts: &[&str]) -> Key {
        let mut key = KeyBuilder::new(purpose);
        for part in parts {
            key.part(part.as_bytes());
        }
        key.finish()
    }

    #[test]
    fn no_two_lists_of_parts_have_one_key() {
        let lists = [
            of_parts("x", &[]),
            of_parts("x", &[""]),
            of_parts("x", &["", ""]),
            of_parts("x", &["ab"]),
            of_parts("x", &["a", "b"]),
            of_parts("x", &["b", "a"]),
            of_parts("y", &["ab"]),
            of_parts("xab", &[]),
        ];
        for (index, key) in lists.iter().enumerate() {
            assert!(!lists[..index].contains(key), "{index}");
        }
    }

    #[test]
    fn each_part_of_a_call_changes_its_key() {
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let request = |rel: &str| FindRequest { rel: rel.into(), ..FindRequest::default() };
        let files = Some(of_parts("files", &[]));
        let keys = [
            of_call::<Find>(&one, &request("a"), None),
            of_call::<Find>(&two, &request("a"), None),
            of_call::<Find>(&one, &request("b"), None),
            of_call::<Find>(&one, &request("a"), files),
            of_call::<Resolve>(&one, &dorcas_abi::message::ResolveRequest::default(), None),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(key.is_some() && !keys[..index].contains(key), "{index}");
        }
        assert_eq!(keys[0], of_call::<Find>(&one, &request("a"), None));
    }

    #[test]
    fn files_differ_by_name_kind_and_content() {
        let file = |name: &str, data| File { name: name.into(), data };
        let content = |bytes: &[u8]| FileData::Content(Bytes::from(bytes));
        let lists = [
            vec![],
            vec![file("a", FileData::Name)],
            vec![file("b", FileData::Name)],
            vec![file("a", content(b""))],
            vec![file("a", content(b"x"))],
            vec![file("a", FileData::Matches(vec![]))],
            vec![file("a", FileData::Facts(Bytes::from("x")))],
            vec![file("a", FileData::Failed)],
            vec![file("a", FileData::Name), file("b", FileData::Name)],
        ];
        let keys: Vec<_> = lists
            .into_iter()
            .flat_map(|mut files| [of_files(&mut files, &mut Vec::new()), of_files(&mut Vec::new(), &mut files)])
            .collect();
        for (index, key) in keys.iter().enumerate() {
            // No files are no files, in whichever list.
            assert!(key.is_some() && (index == 1 || !keys[..index].contains(key)), "{index}");
        }
    }
}
