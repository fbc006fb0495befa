;; A name past the end of memory.
;; load: `lang_name` of the guest broke the ABI: it returned 6 bytes at 0x0000fffe, outside its memory of 65536 bytes (result.bounds)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0xfffe_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
