;; A reply with a text that is not UTF-8, deep inside.
;; call: `generate_rules` of guest `faulty` broke the ABI: its reply can't be decoded: byte 4, in `Ok.empty[0].kind`: text is not UTF-8 (wire.utf8)
;; then: poisoned
(module
  (memory (export "memory") 1)
  ;; `Ok`, no rules, one empty rule of a kind that is the byte ff.
  (data (i32.const 64) "\00\00\01\01\ff\00\00\00\00")
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64)
    (i64.const 0x40_0000_0009)))
