;; A guest that answers the request for its manifest with an error of its own.
;; load: `manifest` of guest `faulty` failed with error 1001: none
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\01\e9\07\04none")
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "manifest") (param i32 i32) (result i64) (i64.const 0x40_0000_0008))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
