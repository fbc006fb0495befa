;; A panic that leaves its message.
;; call: `generate_rules` of guest `faulty` trapped: unreachable; it said: index out of bounds\n\u{1b}[2J
;; then: poisoned
(module
  (memory (export "memory") 1)
  (global (export "dorcas_panic") i32 (i32.const 64))
  (data (i32.const 64) "\80\00\00\00\19\00\00\00")
  (data (i32.const 128) "index out of bounds\n\1b[2J\n")
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    (unreachable)))
