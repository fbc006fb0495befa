;; A guest built for a later version of the ABI.
;; load: guest speaks version 2 of the ABI, this host speaks version 1 (exports.version)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v2"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
