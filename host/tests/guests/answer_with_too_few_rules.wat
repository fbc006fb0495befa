;; `imports` is asked about one rule and answers for none.
;; method: imports
;; call: `imports` of guest `faulty` broke the ABI: `rules` has 0 entries, the request calls for 1 (imports.per-rule)
;; then: poisoned
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "imports") (param i32 i32) (result i64) (i64.const 0x20_0000_0002))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
