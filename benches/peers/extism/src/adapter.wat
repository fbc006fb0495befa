;; Between Extism and a guest: what Extism calls is this module's, what it calls is the guest's.
(module
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
  (import "extism:host/env" "input_load_u64" (func $input_load_u64 (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $kernel_alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "guest" "memory" (memory 0))
  (import "guest" "alloc" (func $alloc (param i32) (result i32)))
  (import "guest" "free" (func $free (param i32 i32)))
  (import "guest" "$METHOD" (func $method $METHOD_TYPE))

  ;; The argument as a buffer of the guest's. Of none there is none: 0.
  (func $argument (param $len i32) (result i32)
    (local $ptr i32) (local $at i32)
    (if (i32.eqz (local.get $len)) (then (return (i32.const 0))))
    (local.set $ptr (call $alloc (local.get $len)))
    (if (i32.eqz (local.get $ptr)) (then (unreachable)))
    (block $done
      (loop $next
        (br_if $done (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $len)))
        (i64.store (i32.add (local.get $ptr) (local.get $at))
          (call $input_load_u64 (i64.extend_i32_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $len)))
        (i32.store8 (i32.add (local.get $ptr) (local.get $at))
          (call $input_load_u8 (i64.extend_i32_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $ptr))

  ;; Hands a buffer of the guest's over to Extism.
  (func $reply (param $ptr i32) (param $len i32)
    (local $to i64) (local $at i32)
    (local.set $to (call $kernel_alloc (i64.extend_i32_u (local.get $len))))
    (block $done
      (loop $next
        (br_if $done (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $len)))
        (call $store_u64 (i64.add (local.get $to) (i64.extend_i32_u (local.get $at)))
          (i64.load (i32.add (local.get $ptr) (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $len)))
        (call $store_u8 (i64.add (local.get $to) (i64.extend_i32_u (local.get $at)))
          (i32.load8_u (i32.add (local.get $ptr) (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (call $output_set (local.get $to) (i64.extend_i32_u (local.get $len))))

  (func (export "$METHOD") (result i32)
    (local $ptr i32) (local $len i32) (local $result i64) (local $from i32) (local $size i32)
    (local.set $len (i32.wrap_i64 (call $input_length)))
    (local.set $ptr (call $argument (local.get $len)))
    (local.set $result $METHOD_CALL)
    (local.set $from (i32.wrap_i64 (i64.shr_u (local.get $result) (i64.const 32))))
    (local.set $size (i32.wrap_i64 (local.get $result)))
    (call $reply (local.get $from) (local.get $size))
    (if (local.get $len) (then (call $free (local.get $ptr) (local.get $len))))
    (call $free (local.get $from) (local.get $size))
    (i32.const 0))
)
