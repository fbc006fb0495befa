;; `free` does not return when it gets the argument back.
;; call: `free` of guest `faulty`, called for `generate_rules`, used up its fuel of 1000000 (`Limits::fuel_per_call`)
;; then: poisoned
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32)
    (loop $again (br_if $again (i32.eq (local.get 0) (i32.const 1024)))))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
