;; A guest that exports names which belong to later versions of the ABI.
;; load: exports that begin with `dorcas_` are kept for later versions: `dorcas_alloc`; `dorcas_abi_v` (exports.reserved)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (export "dorcas_alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007))
  (global (export "dorcas_abi_v") i32 (i32.const 0)))
