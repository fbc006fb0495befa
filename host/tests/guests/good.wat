;; The smallest complete guest: it keeps every rule, and has nothing to say about any directory.
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "good")
  ;; `Ok`, no rules, no empty rules, no directories to index, nothing provided, no summary, no diagnostics: seven bytes 00 at
  ;; 32.
  ;; `Ok`, an empty manifest: nine bytes 00 at 32.

  (func (export "dorcas_abi_v1"))

  ;; Buffers lie one after the other from here on.
  (global $top (mut i32) (i32.const 1024))

  (func $alloc (export "alloc") (param $len i32) (result i32)
    (local $ptr i32) (local $end i32) (local $missing i32)
    (local.set $ptr (global.get $top))
    (local.set $end (i32.add (local.get $ptr) (local.get $len)))
    ;; Past the end of all addresses?
    (if (i32.lt_u (local.get $end) (local.get $ptr)) (then (return (i32.const 0))))
    (local.set $missing (i32.sub
      (i32.add (i32.shr_u (i32.sub (local.get $end) (i32.const 1)) (i32.const 16)) (i32.const 1))
      (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0)) (then
      (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (return (i32.const 0))))))
    (global.set $top (local.get $end))
    (local.get $ptr))

  ;; The last buffer can be had again; the others wait for the end of the instance.
  (func (export "free") (param $ptr i32) (param $len i32)
    (if (i32.eq (i32.add (local.get $ptr) (local.get $len)) (global.get $top)) (then
      (global.set $top (local.get $ptr)))))

  ;; A copy of $len bytes at $from, packed as a result.
  (func $answer (param $from i32) (param $len i32) (result i64)
    (local $ptr i32)
    (local.set $ptr (call $alloc (local.get $len)))
    (if (i32.eqz (local.get $ptr)) (then (unreachable)))
    (memory.copy (local.get $ptr) (local.get $from) (local.get $len))
    (i64.or
      (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
      (i64.extend_i32_u (local.get $len))))

  (func (export "lang_name") (result i64) (call $answer (i32.const 16) (i32.const 4)))
  (func (export "manifest") (param i32 i32) (result i64) (call $answer (i32.const 32) (i32.const 9)))
  (func (export "generate_rules") (param i32 i32) (result i64) (call $answer (i32.const 32) (i32.const 7))))
