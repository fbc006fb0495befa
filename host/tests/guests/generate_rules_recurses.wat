;; An endless recursion.
;; call: `generate_rules` of guest `faulty` called too deep: the limits are 100 calls (`Limits::recursion_depth`) and a stack of 1000000 bytes (`Limits::stack_bytes`)
;; then: poisoned
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func $generate (export "generate_rules") (param i32 i32) (result i64)
    (i64.add (i64.const 1) (call $generate (local.get 0) (local.get 1)))))
