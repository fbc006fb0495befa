;; A memory with 64-bit addresses.
;; load: exports are not those of the ABI: `memory` is a 64-bit memory of 1 page, it should be a 32-bit memory (exports.types)
(module
  (memory (export "memory") i64 1)
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
