;; A guest that uses tail calls, which is not among what a guest may use.
;; load: module is not valid here: tail calls support is not enabled (at offset 0x9d) (module.features)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007))
  (func $f (return_call $f)))
