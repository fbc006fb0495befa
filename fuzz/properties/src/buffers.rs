//! Any sequence of calls in one instance, against a model of its allocator.

use arbitrary::{Arbitrary, Unstructured};
use dorcas_host::{CallError, Config, Engine, Exceeded, Guest, Limits, TrapKind};
use std::sync::LazyLock;

/// The bytes are calls, with sizes of request and reply.
///
/// The guest keeps count of its buffers: it traps where one is freed twice, with another length, or not at all. So all
/// calls go as the model says, and an instance ends by a trap of the guest's own alone.
pub fn buffers(data: &[u8]) {
    let mut calls = Unstructured::new(data);
    let mut instance = GUEST.instantiate().expect("the guest has memory for an instance");
    let (mut largest, mut poisoned) = (BASE, false);
    for call in calls.arbitrary_iter::<Call>().expect("it always begins").flatten().take(64) {
        let Call::Method { request, reply } = call else {
            let name = instance.lang_name();
            assert_eq!(name.is_ok(), !poisoned, "{name:?}");
            continue;
        };
        // Up to more than the memory holds, not to more than a test has room for.
        let (request, reply) = (u64::from(request % (6 << 20)).max(4), u64::from(reply));
        let mut bytes = vec![0; usize::try_from(request).expect("it is small")];
        bytes[..4].copy_from_slice(&u32::try_from(reply).expect("it was one").to_le_bytes());
        let outcome = instance.call_bytes("generate_rules", &bytes);

        if poisoned {
            assert!(matches!(outcome, Err(CallError::Poisoned { .. })), "{outcome:?}");
        } else if BASE + request > MEMORY_BYTES {
            let exceeded = Exceeded::Memory { wanted: request, memory: instance.memory_bytes(), limit: MEMORY_BYTES };
            assert!(matches!(&outcome, Err(CallError::Limit { exceeded: got, .. }) if *got == exceeded), "{outcome:?}");
        } else if BASE + request + reply > MEMORY_BYTES {
            assert!(matches!(outcome, Err(CallError::Trap { kind: TrapKind::Unreachable, .. })), "{outcome:?}");
            poisoned = true;
        } else {
            largest = largest.max(BASE + request + reply);
            if reply > REPLY_BYTES.into() {
                assert!(
                    matches!(outcome, Err(CallError::Limit { exceeded: Exceeded::Reply { .. }, .. })),
                    "{outcome:?}"
                );
            } else {
                assert_eq!(outcome, Ok(vec![0; usize::try_from(reply).expect("it is small")]));
            }
            assert!(instance.memory_bytes() <= largest.next_multiple_of(1 << 16), "the memory grows");
        }
        assert_eq!(instance.is_poisoned(), poisoned);
    }
}

#[derive(Arbitrary)]
enum Call {
    LangName,
    Method { request: u32, reply: u32 },
}

const BASE: u64 = 4096;
const MEMORY_BYTES: u64 = 4 << 20;
const REPLY_BYTES: u32 = 1 << 20;

/// Its reply has as many zeros as the first four bytes of the request say.
static GUEST: LazyLock<Guest> = LazyLock::new(|| {
    let text = r#"(module
        (memory (export "memory") 1) (data (i32.const 16) "buffers")
        (func (export "dorcas_abi_v1"))
        (global $top (mut i32) (i32.const 4096))
        (global $live (mut i32) (i32.const 0))

        (func $alloc (export "alloc") (param $len i32) (result i32)
          (local $end i64) (local $missing i64) (local $ptr i32)
          (local.set $end (i64.add (i64.extend_i32_u (global.get $top)) (i64.extend_i32_u (local.get $len))))
          (local.set $missing (i64.sub
            (i64.shr_u (i64.add (local.get $end) (i64.const 65535)) (i64.const 16))
            (i64.extend_i32_u (memory.size))))
          (if (i64.gt_s (local.get $missing) (i64.const 0)) (then
            (if (i32.eq (memory.grow (i32.wrap_i64 (local.get $missing))) (i32.const -1)) (then
              (return (i32.const 0))))))
          (local.set $ptr (global.get $top))
          (global.set $top (i32.wrap_i64 (local.get $end)))
          (global.set $live (i32.add (global.get $live) (local.get $len)))
          (local.get $ptr))

        ;; All is free again when nothing is live; what is freed twice, or longer than it is, falls below that.
        (func $free (export "free") (param i32) (param $len i32)
          (global.set $live (i32.sub (global.get $live) (local.get $len)))
          (if (i32.lt_s (global.get $live) (i32.const 0)) (then (unreachable)))
          (if (i32.eqz (global.get $live)) (then (global.set $top (i32.const 4096)))))

        (func (export "lang_name") (result i64)
          (if (global.get $live) (then (unreachable)))
          (global.set $live (i32.const 7))
          (i64.const 0x10_0000_0007))

        (func (export "generate_rules") (param $ptr i32) (param $len i32) (result i64)
          (local $reply i32) (local $size i32)
          (if (i32.ne (global.get $live) (local.get $len)) (then (unreachable)))
          (local.set $size (i32.load (local.get $ptr)))
          (local.set $reply (call $alloc (local.get $size)))
          (if (i32.eqz (local.get $reply)) (then (unreachable)))
          (memory.fill (local.get $reply) (i32.const 0) (local.get $size))
          (i64.or (i64.shl (i64.extend_i32_u (local.get $reply)) (i64.const 32)) (i64.extend_i32_u (local.get $size)))))"#;
    let limits = Limits { memory_bytes: MEMORY_BYTES, reply_bytes: REPLY_BYTES, ..Limits::default() };
    let wasm = wat::parse_str(text).expect("the text is right");
    Engine::new(Config { limits, ..Config::default() }).load(&wasm).expect("it is a guest")
});
