;; An error whose message would clear the screen.
;; call: `generate_rules` of guest `faulty` failed with error 1001: \u{1b}[2J\n!
;; then: sound
(module
  (memory (export "memory") 1)
  ;; `Err`, code 1001, a message.
  (data (i32.const 64) "\01\e9\07\06\1b[2J\n!")
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    (i64.const 0x40_0000_000a)))
