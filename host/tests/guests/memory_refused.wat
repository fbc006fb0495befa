;; A guest that wants more memory than there is and stops when it gets none.
;; call: `generate_rules` of guest `faulty` trapped: unreachable, after it wanted 6619136 bytes of memory, the limit is 262144 (`Limits::memory_bytes`)
;; then: poisoned
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    (if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then (unreachable)))
    (i64.const 0x20_0000_0007)))
