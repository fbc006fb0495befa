;; A guest that counts in a store of the host's how often it was called, and says so in the log.
(module
  (import "kv" "set" (func $set (param i32 i32 i32 i32)))
  (import "kv" "get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "dorcas" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "counter")
  ;; A key, and the place of the value: a digit.
  (data (i32.const 48) "calls")
  (data (i32.const 56) "0")
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

  (func (export "lang_name") (result i64) (call $answer (i32.const 16) (i32.const 7)))
  (func (export "manifest") (param i32 i32) (result i64) (call $answer (i32.const 32) (i32.const 9)))
  (func (export "generate_rules") (param i32 i32) (result i64)
    ;; Whatever the code says: where there is no value yet, the digit is what it was.
    (drop (call $get (i32.const 48) (i32.const 5) (i32.const 56) (i32.const 1) (i32.const 60)))
    (i32.store8 (i32.const 56) (i32.add (i32.load8_u (i32.const 56)) (i32.const 1)))
    (call $set (i32.const 48) (i32.const 5) (i32.const 56) (i32.const 1))
    (call $log (i32.const 2) (i32.const 56) (i32.const 1))
    (call $answer (i32.const 32) (i32.const 7))))
