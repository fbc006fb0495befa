;; `alloc` has no memory left. That is a proper answer.
;; call: `alloc` of guest `faulty`, called for `generate_rules`, has no memory for 10 bytes: the guest has 65536 bytes, the limit is 262144 (`Limits::memory_bytes`)
;; then: sound
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
