;; Functions of the right names and the wrong types.
;; load: exports are not those of the ABI: `alloc` is a function (i64) -> i32, it should be a function (i32) -> i32 (exports.types); `free` is a function (i32) -> (), it should be a function (i32, i32) -> () (exports.types); `lang_name` is a function () -> (i32, i32), it should be a function () -> i64 (exports.types); `generate_rules` is a constant i32 global, it should be a function (i32, i32) -> i64 (exports.types)
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "faulty")
  (func (export "dorcas_abi_v1"))
  (func (export "alloc") (param i64) (result i32) (i32.const 1024))
  (func (export "free") (param i32))
  (func (export "lang_name") (result i32 i32) (i32.const 16) (i32.const 6))
  (global (export "generate_rules") i32 (i32.const 0)))
