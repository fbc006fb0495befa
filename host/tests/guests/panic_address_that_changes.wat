;; The address of the panic text is a variable.
;; load: exports are not those of the ABI: `dorcas_panic` is a mutable i32 global, it should be a constant i32 global (exports.types)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007))
  (global (export "dorcas_panic") (mut i32) (i32.const 64)))
