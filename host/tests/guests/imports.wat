;; A guest that was linked with a C library and asks for more than there is.
;; load: a guest imports nothing, this module imports `wasi_snapshot_preview1.fd_write`, a function (i32, i32, i32, i32) -> i32; `env.line\nbreak`, a mutable i64 global; `dorcas seal` answers the imports of WASI inside of the module (module.no-imports)
(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (import "env" "line\nbreak" (global (mut i64)))
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32 i32))
  (func (export "lang_name") (result i64) (i64.const 0x10_0000_0006))
  (func (export "generate_rules") (param i32 i32) (result i64) (i64.const 0x20_0000_0007)))
