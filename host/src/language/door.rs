//! Which function of the guest is meant, and what does a reply of it look like?

use crate::{error::CallError, sandbox::memory};
use dorcas_abi::{
    Method, Span,
    clause::{self, Clause},
    export,
    message::Reply,
    method,
    wire::{self, Fault},
};
use std::sync::Arc;

/// A function that the host calls, without its types: where it is, and what a reply to it looks like.
pub(crate) struct Door {
    pub(crate) export: &'static str,
    /// Its place in [`method::NAMES`], for a method.
    pub(crate) index: usize,
    pub(crate) is_reply: fn(&[u8]) -> bool,
    /// The same, with what is wrong.
    pub(crate) check: fn(&[u8]) -> Result<(), Broken>,
}

impl Door {
    /// The name of the language, which has no envelope.
    pub(crate) const LANG_NAME: Self = Self {
        export: export::LANG_NAME,
        index: 0,
        is_reply: |bytes| lang_name(bytes).is_ok_and(|name| export::is_lang_name(&name)),
        check: |bytes| lang_name(bytes).map(drop),
    };

    pub(crate) fn of<M: Method>() -> Self {
        let index = method::NAMES.iter().position(|name| *name == M::EXPORT).expect("the list has every method");
        Self {
            export: M::EXPORT,
            index,
            is_reply: |bytes| wire::check::<Reply<M::Response>>(bytes).is_ok(),
            check: |bytes| wire::check::<Reply<M::Response>>(bytes).map_err(|fault| broken(&fault)),
        }
    }

    /// The method of that name.
    pub(crate) fn named(export: &str, guest: &Arc<str>) -> Result<Self, CallError> {
        struct Find;
        impl method::Visitor for Find {
            type Output = Door;
            fn visit<M: Method>(self) -> Door {
                Door::of::<M>()
            }
        }
        method::visit(export, Find)
            .ok_or_else(|| CallError::NoMethod { guest: Arc::clone(guest), method: export.to_owned() })
    }

    pub(crate) fn missing(&self, guest: &Arc<str>) -> CallError {
        CallError::NoMethod { guest: Arc::clone(guest), method: self.export.to_owned() }
    }

    /// What to tell an author whose span means nothing as it is, but something the other way round.
    ///
    /// An address is rarely as small as a length, so that the first look settles it almost always.
    pub(crate) fn advice(&self, memory: &[u8], span: Span) -> Option<Broken> {
        let swapped = span.swapped();
        if swapped.ptr < swapped.len {
            return None;
        }
        let means = |span| memory::bytes(memory, span).is_some_and(self.is_reply);
        if means(span) || !means(swapped) {
            return None;
        }
        let what = format!("it returned {span}; {swapped} would be a reply: the address belongs in the upper half");
        Some((clause::RESULT_PACKING, what))
    }
}

/// A clause, and how it was broken.
pub(crate) type Broken = (Clause, String);

pub(crate) fn broken(fault: &Fault) -> Broken {
    (fault.clause(), format!("its reply can't be decoded: {fault:#}"))
}

pub(crate) fn lang_name(bytes: &[u8]) -> Result<String, Broken> {
    if bytes.len() > export::MAX_LANG_NAME_BYTES as usize {
        let what = format!("its name has {} bytes, {} are allowed", bytes.len(), export::MAX_LANG_NAME_BYTES);
        return Err((clause::LANG_NAME_FORM, what));
    }
    match str::from_utf8(bytes) {
        Ok(name) => Ok(name.to_owned()),
        Err(_) => Err((clause::LANG_NAME_FORM, "its name is not UTF-8".into())),
    }
}
