;; A module with a version marker and nothing else.
;; load: exports are not those of the ABI: `memory` is missing, it should be a 32-bit memory (exports.required); `alloc` is missing, it should be a function (i32) -> i32 (exports.required); `free` is missing, it should be a function (i32, i32) -> () (exports.required); `lang_name` is missing, it should be a function () -> i64 (exports.required); `generate_rules` is missing, it should be a function (i32, i32) -> i64 (exports.required)
(module
  (func (export "dorcas_abi_v1")))
