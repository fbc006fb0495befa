;; A name that would not do as a name of a directive.
;; load: language name `Faul\nt` is not a lower-case letter followed by up to 63 lower-case letters, digits and underscores (lang_name.form)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "Faul\nt")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
