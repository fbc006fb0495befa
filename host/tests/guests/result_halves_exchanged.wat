;; The length in the upper half, the address in the lower one.
;; call: `generate_rules` of guest `faulty` broke the ABI: it returned 65520 bytes at 0x00000007; 7 bytes at 0x0000fff0 would be a reply: the address belongs in the upper half (result.packing)
;; then: poisoned
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    (i64.const 0x7_0000_fff0)))
