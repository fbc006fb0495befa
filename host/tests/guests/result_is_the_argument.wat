;; The buffer of the argument comes back as the result: the host would free it twice.
;; call: `generate_rules` of guest `faulty` broke the ABI: it returned 5 bytes at 0x00000400, which is not a buffer of its own: the argument is 10 bytes at 0x00000400 (result.own-buffer)
;; then: poisoned
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.const 5))))
