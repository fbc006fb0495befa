;; `alloc` returns a buffer whose last byte is past the end of memory.
;; call: `generate_rules` of guest `faulty` broke the ABI: `alloc` returned 10 bytes at 0x0000fff9, outside its memory of 65536 bytes (mem.alloc-bounds)
;; then: poisoned
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 65529))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
