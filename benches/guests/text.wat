;; A guest by hand: the least that a call can cost, and work that is all the guest's own.
(module
  (memory (export "memory") 4)
  (data (i32.const 16) "text")
  ;; At 32 lies a reply without rules: `Ok` and six times nothing, seven bytes 00.

  (func (export "dorcas_abi_v1"))

  ;; Buffers lie one after the other, and from the beginning again when none is in use.
  (global $top (mut i32) (i32.const 1024))
  (global $in_use (mut i32) (i32.const 0))

  (func $alloc (export "alloc") (param $len i32) (result i32)
    (local $ptr i32) (local $end i32) (local $missing i32)
    (local.set $ptr (global.get $top))
    (local.set $end (i32.add (local.get $ptr) (local.get $len)))
    (if (i32.lt_u (local.get $end) (local.get $ptr)) (then (return (i32.const 0))))
    (local.set $missing (i32.sub
      (i32.add (i32.shr_u (i32.sub (local.get $end) (i32.const 1)) (i32.const 16)) (i32.const 1))
      (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0)) (then
      (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (return (i32.const 0))))))
    (global.set $top (local.get $end))
    (global.set $in_use (i32.add (global.get $in_use) (i32.const 1)))
    (local.get $ptr))

  (func (export "free") (param $ptr i32) (param $len i32)
    (global.set $in_use (i32.sub (global.get $in_use) (i32.const 1)))
    (if (i32.eqz (global.get $in_use)) (then (global.set $top (i32.const 1024)))))

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

  ;; The simple call.
  (func (export "generate_rules") (param i32 i32) (result i64) (call $answer (i32.const 32) (i32.const 7)))

  ;; The expensive call: FNV-1a over every byte of the request. The reply is the 64 bits of the hash.
  (func (export "find") (param $ptr i32) (param $len i32) (result i64)
    (local $end i32) (local $hash i64)
    (local.set $end (i32.add (local.get $ptr) (local.get $len)))
    (local.set $hash (i64.const 0xcbf29ce484222325))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $ptr) (local.get $end)))
        (local.set $hash (i64.mul
          (i64.xor (local.get $hash) (i64.load8_u (local.get $ptr)))
          (i64.const 0x100000001b3)))
        (local.set $ptr (i32.add (local.get $ptr) (i32.const 1)))
        (br $next)))
    (i64.store (i32.const 64) (local.get $hash))
    (call $answer (i32.const 64) (i32.const 8)))
)
