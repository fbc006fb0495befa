//! Any `i64` as a result, against a memory of any size.

use dorcas_host::{
    CallError, Config, Engine, Exceeded, Guest, Limits,
    abi::{Span, clause},
};
use std::sync::LazyLock;

/// The first eight bytes are the word that a method returns, the ninth is the size of the guest's memory in pages.
///
/// What lies outside the memory, or has a byte in common with the argument, is a breach; all else within the limit is
/// what was there.
pub fn returned_word(data: &[u8]) {
    let Some((request, _)) = data.split_first_chunk::<9>() else { return };
    let (word, pages) = request.split_first_chunk::<8>().expect("nine bytes are more than eight");
    let span = Span::unpack(i64::from_le_bytes(*word));
    let memory = u64::from(pages[0]).max(1) << 16;
    let argument = Span { ptr: ARGUMENT, len: 9 };
    let apart = span.len == 0 || span.end() <= argument.ptr.into() || u64::from(span.ptr) >= argument.end();

    match GUEST.call_bytes("generate_rules", request) {
        Ok(reply) => {
            assert!(span.pack() != 0 && span.end() <= memory && apart && span.len <= REPLY_BYTES, "{span}");
            assert_eq!(reply.len(), span.len as usize);
        }
        Err(CallError::Limit { exceeded: Exceeded::Reply { got, limit }, .. }) => {
            assert!(span.end() <= memory && got == span.len && got > limit, "{span}");
        }
        Err(CallError::Violation { clause: clause::RESULT_NOT_ZERO, .. }) => assert_eq!(span.pack(), 0),
        Err(CallError::Violation { clause: clause::RESULT_BOUNDS, .. }) => assert!(span.end() > memory, "{span}"),
        Err(CallError::Violation { clause: clause::RESULT_OWN_BUFFER, .. }) => assert!(!apart, "{span}"),
        // A guess, for the author's sake: the other way round it would have been a reply.
        Err(CallError::Violation { clause: clause::RESULT_PACKING, .. }) => {
            assert!(span.swapped().end() <= memory, "{span}");
        }
        Err(error) => panic!("{error}"),
    }
}

const ARGUMENT: u32 = 1024;
const REPLY_BYTES: u32 = 1 << 20;

/// Its method grows the memory and returns the word, as its argument says.
static GUEST: LazyLock<Guest> = LazyLock::new(|| {
    let text = r#"(module
        (memory (export "memory") 1) (data (i32.const 16) "word")
        (func (export "dorcas_abi_v1"))
        (func (export "alloc") (param i32) (result i32) (i32.const 1024))
        (func (export "free") (param i32 i32))
        (func (export "lang_name") (result i64) (i64.const 0x10_0000_0004))
        (func (export "generate_rules") (param i32 i32) (result i64)
          (drop (memory.grow (i32.sub (i32.load8_u offset=8 (local.get 0)) (i32.const 1))))
          (i64.load (local.get 0))))"#;
    let limits = Limits { reply_bytes: REPLY_BYTES, ..Limits::default() };
    let wasm = wat::parse_str(text).expect("the text is right");
    Engine::new(Config { limits, ..Config::default() }).load(&wasm).expect("it is a guest")
});
