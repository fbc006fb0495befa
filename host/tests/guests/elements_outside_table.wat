;; An element segment that does not fit into its table.
;; load: instantiation of the guest broke the ABI: 1 entries of an element segment do not fit into its table from 1 on (module.instantiates)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007))
  (table 1 funcref)
  (func $f)
  (elem (i32.const 1) $f))
