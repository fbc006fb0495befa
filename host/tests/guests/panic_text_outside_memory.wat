;; A panic whose message is said to lie past the end of memory.
;; call: `generate_rules` of guest `faulty` trapped: unreachable
;; then: poisoned
(module
  (memory (export "memory") 1)
  (global (export "dorcas_panic") i32 (i32.const 64))
  (data (i32.const 64) "\00\00\01\00\05\00\00\00")
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    (unreachable)))
