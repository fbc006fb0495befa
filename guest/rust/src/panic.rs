//! Where the host finds the text of a panic (`result.panic-text`).

use dorcas_abi::export::MAX_PANIC_BYTES;
use std::{
    panic::PanicHookInfo,
    sync::{
        Once,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

/// Address and length of a text, as the host reads them: two little-endian words.
#[repr(C)]
pub struct Text {
    ptr: AtomicU32,
    len: AtomicU32,
}

impl Text {
    /// No text.
    #[allow(clippy::new_without_default, reason = "it is the value of a static")]
    pub const fn new() -> Self {
        Self { ptr: AtomicU32::new(0), len: AtomicU32::new(0) }
    }
}

/// Has each panic from now on leave its message and its place in `text`.
pub fn leave_text_in(text: &'static Text) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(move |info| keep(text, info))));
}

fn keep(text: &Text, info: &PanicHookInfo<'_>) {
    let mut message = match info.location() {
        Some(place) => format!("{}, at {}:{}", payload(info), place.file(), place.line()),
        None => payload(info).to_owned(),
    };
    let fits = |end: &usize| message.is_char_boundary(*end);
    let end = (0..=message.len().min(MAX_PANIC_BYTES as usize)).rev().find(fits).unwrap_or(0);
    message.truncate(end);
    let message = message.leak();
    text.ptr.store(message.as_ptr() as u32, Relaxed);
    text.len.store(message.len() as u32, Relaxed);
}

fn payload<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(message), _) => message,
        (_, Some(message)) => message,
        _ => "a panic without a message",
    }
}
