;; A guest that is a service: it sends back what it is sent, or does something with every byte of it.
;; Its two methods say nothing about BUILD files: it is called with bytes, and only to see what carrying them costs.
(module
  (memory (export "memory") 8)
  (data (i32.const 16) "service")

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

  ;; A buffer that begins with the $len bytes at $from, and has $more bytes behind them.
  (func $copy (param $from i32) (param $len i32) (param $more i32) (result i32)
    (local $ptr i32)
    (local.set $ptr (call $alloc (i32.add (local.get $len) (local.get $more))))
    (if (i32.eqz (local.get $ptr)) (then (unreachable)))
    (memory.copy (local.get $ptr) (local.get $from) (local.get $len))
    (local.get $ptr))

  (func $packed (param $ptr i32) (param $len i32) (result i64)
    (i64.or
      (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32))
      (i64.extend_i32_u (local.get $len))))

  (func (export "lang_name") (result i64)
    (call $packed (call $copy (i32.const 16) (i32.const 7) (i32.const 0)) (i32.const 7)))

  ;; Echo: the message.
  (func (export "generate_rules") (param $ptr i32) (param $len i32) (result i64)
    (call $packed (call $copy (local.get $ptr) (local.get $len) (i32.const 0)) (local.get $len)))

  ;; Work on every byte: the message, and behind it the 64 bits of its FNV-1a.
  (func (export "find") (param $ptr i32) (param $len i32) (result i64)
    (local $end i32) (local $hash i64) (local $reply i32)
    (local.set $reply (call $copy (local.get $ptr) (local.get $len) (i32.const 8)))
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
    (i64.store (i32.add (local.get $reply) (local.get $len)) (local.get $hash))
    (call $packed (local.get $reply) (i32.add (local.get $len) (i32.const 8))))
)
