;; Functions that need not be there, but are, with the wrong types.
;; load: exports are not those of the ABI: `_initialize` is a function () -> i32, it should be a function () -> () (exports.types); `manifest` is a function () -> i64, it should be a function (i32, i32) -> i64 (exports.types)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "_initialize") (result i32) (i32.const 0))
  (func (export "manifest") (result i64) (i64.const 0x20_0000_0009))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
