;; The good guest: it has every method and every optional export, and keeps every clause.
;;
;; It is the guest of abi-spec.md, of which each function stands here too, with more to say. Each guest in bad/ is an edit
;; of this one. To keep edits small, the length of a text lies before the text: an edit of a text changes both.
(module
  (memory (export "memory") 1)
  (func (export "dorcas_abi_v1"))

  ;; 0 to 7: where the text of a panic would be. This guest has none.
  (global (export "dorcas_panic") i32 (i32.const 0))

  ;; 1024 to 1535: the shape of the requests, as a table. A type is one byte: 0 is nothing, 1 u32, 2 i64, 3 text, 4 text
  ;; that is not empty, 5 bytes; 8 and above is a node, 8 the one at 1024, 9 the one at 1026, and so on:
  ;;   00 n types         a struct of n fields
  ;;   01 n types         an enum of n variants, and what each carries; a bool or an option is one of two
  ;;   02 key least type  a list: texts in the key by which it is sorted, 0 if it isn't; fewest bytes of an item
  ;; begin generated: guest-table
  (global $ManifestRequest i32 (i32.const 8))
  (global $SetupRequest i32 (i32.const 44))
  (global $ScanRequest i32 (i32.const 46))
  (global $ConfigureRequest i32 (i32.const 94))
  (global $FixRequest i32 (i32.const 99))
  (global $GenerateRequest i32 (i32.const 122))
  (global $ImportsRequest i32 (i32.const 133))
  (global $ResolveRequest i32 (i32.const 157))
  (global $FindRequest i32 (i32.const 163))
  (global $FinishRequest i32 (i32.const 171))
  (global $OptionOfBuildFile i32 (i32.const 90))
  (global $FileData i32 (i32.const 36))
  (data (i32.const 1024)
    "\00\01\03\00" ;; 8: ManifestRequest
    "\01\02\00\00" ;; 10: Command; bool
    "\02\00\01\03" ;; 12: list of text
    "\01\03\00\00\00\00" ;; 14: Indexing
    "\00\02\03\03" ;; 17: BazelModule; FlagValue; Directive; Symbol; StringEntry; ImportSpec
    "\02\01\02\11" ;; 19: sorted list of BazelModule; sorted list of StringEntry
    "\02\00\02\11" ;; 21: list of FlagValue; list of Directive; list of Symbol
    "\00\08\0a\03\03\0c\0e\13\15\0c" ;; 23: RunInfo
    "\01\02\00\05" ;; 28: option of bytes
    "\02\00\01\1c" ;; 30: list of option of bytes
    "\00\02\01\1e" ;; 32: Match
    "\02\00\02\20" ;; 34: list of Match
    "\01\05\00\05\22\05\00\00" ;; 36: FileData
    "\00\02\04\24" ;; 40: File
    "\02\01\02\28" ;; 42: sorted list of File
    "\00\02\17\2a" ;; 44: SetupRequest
    "\00\02\04\05" ;; 46: ScanRequest
    "\01\02\00\17" ;; 48: option of RunInfo
    "\00\02\03\15" ;; 50: Load
    "\02\00\02\32" ;; 52: list of Load
    "\01\02\00\03" ;; 54: option of text
    "\00\02\03\0c" ;; 56: ListEntry; SelectBranch
    "\02\01\02\38" ;; 58: sorted list of ListEntry; sorted list of SelectBranch
    "\00\02\0c\0c" ;; 60: Value::Glob; Term::Glob
    "\01\03\0c\3c\3a\00" ;; 62: Term
    "\02\00\01\3e" ;; 65: list of Term
    "\01\0d\0a\02\03\0c\0c\03\0c\13\3a\3c\3a\41\04\00" ;; 67: Value
    "\00\03\04\43\0c\00" ;; 75: Attr
    "\02\01\03\4b" ;; 78: sorted list of Attr
    "\00\07\03\36\03\4e\0c\0c\0a\00" ;; 80: Rule
    "\02\00\07\50" ;; 85: list of Rule
    "\00\04\03\34\55\15" ;; 87: BuildFile
    "\01\02\00\57" ;; 90: option of BuildFile
    "\02\00\02\28" ;; 92: list of File
    "\00\07\03\05\30\15\5a\2a\5c\00" ;; 94: ConfigureRequest
    "\00\06\03\05\57\0a\2a\5c" ;; 99: FixRequest
    "\02\01\01\03" ;; 103: sorted list of text
    "\02\02\02\11" ;; 105: sorted list of ImportSpec, by its first 2 texts
    "\00\04\50\4e\69\05" ;; 107: GeneratedRule
    "\02\00\0a\6b" ;; 110: list of GeneratedRule
    "\00\03\04\03\4e\00" ;; 112: EmptyRule
    "\02\00\03\70" ;; 115: list of EmptyRule
    "\00\03\04\0a\05\00" ;; 117: Child
    "\02\01\03\75" ;; 120: sorted list of Child
    "\00\0a\03\05\5a\2a\5c\67\67\6e\73\78" ;; 122: GenerateRequest
    "\00\03\50\4e\05\00" ;; 128: ImportsRule
    "\02\00\09\80" ;; 131: list of ImportsRule
    "\00\06\03\05\83\55\2a\5c" ;; 133: ImportsRequest
    "\00\03\50\69\05\00" ;; 137: ResolveRule
    "\02\00\09\89" ;; 140: list of ResolveRule
    "\00\02\11\03" ;; 142: Query
    "\01\04\00\00\00\00" ;; 144: Origin
    "\00\03\04\0c\05\00" ;; 147: Provider
    "\02\00\03\93" ;; 150: list of Provider
    "\00\04\8e\36\90\96" ;; 152: Lookup
    "\02\03\06\98" ;; 155: sorted list of Lookup, by its first 3 texts
    "\00\05\03\05\8c\9b\01\00" ;; 157: ResolveRequest
    "\02\03\03\8e" ;; 161: sorted list of Query, by its first 3 texts
    "\00\03\03\05\a1\00" ;; 163: FindRequest
    "\00\03\03\0a\05\00" ;; 166: Summary
    "\02\01\03\a6" ;; 169: sorted list of Summary
    "\00\02\05\a9") ;; 171: FinishRequest
  ;; end generated: guest-table

  ;; 256 to 1023: all that this guest has to say, each with its length in front, in two bytes.
  ;; The name.
  (data (i32.const 256) "\03\00" "txt")
  ;; `Err`, code 1.
  (data (i32.const 264) "\1b\00" "\01" "\01\18the request is malformed")
  ;; `Err`, code 3.
  (data (i32.const 296) "\1a\00" "\01" "\03\17no memory for the reply")
  ;; `Ok`, the state, nothing provided, and a diagnostic.
  (data (i32.const 328) "\0b\00" "\00" "\01s" "\00" "\01\02\02ok\00\00")
  ;; `Ok` and two edits: a load statement before all others, a rule with a comment at the end.
  (data (i32.const 392) "\36\00" "\00" "\02\07\00\0b//:defs.bzl\01\04txts\04txts"
    "\05\09filegroup\00\03all\00\00\01\05# all\00" "\00")
  ;; `Ok` and no rule: a filegroup that was there before is empty; a directory to index.
  (data (i32.const 504) "\1a\00" "\00" "\00" "\01\09filegroup\03txt\00" "\01\03a/b" "\00\00" "\00")
  ;; `Ok` and one rule up to the value of its srcs: sorted strings.
  (data (i32.const 600) "\18\00" "\00" "\01\09filegroup\00\03txt" "\01\04srcs\04")
  ;; `Ok` and the manifest: version; kinds, loads, directives, flags; inputs; stateful, quiet.
  (data (i32.const 664) "\8c\00" "\00" "\011" "\01\09filegroup\00\00\01\04srcs\00\01\04srcs\01\04deps"
    "\01\00\00\0b//:defs.bzl\01\09filegroup\00" "\01\08txt_mode\00" "\01\03txt\00\04true\00"
    "\03\04*.md\00\01\00\00\00\01\00" "\04*.mk\00\03\00\00\00\01\00"
    "\05*.txt\00\02\02\03#.*\09use (\\w+)\00\00\00\01\00" "\00\00")
  ;; `Ok` and what holds in a run: kinds, no loads, no directives; inputs; no diagnostics.
  (data (i32.const 546) "\32\00" "\00" "\01\09filegroup\00\00\01\04srcs\00\01\04srcs\01\04deps"
    "\00" "\00" "\01\05*.txt\00\03\00\00\00\01\00" "\00")
  ;; `Ok`, one byte of facts, no diagnostics.
  (data (i32.const 366) "\04\00" "\00" "\01f" "\00")
  ;; `Ok` and no diagnostics.
  (data (i32.const 384) "\02\00" "\00" "\00")

  ;; ---- Memory. Buffers lie one behind the other; when the last of them is freed, all of the memory is free again.
  (global $heap i32 (i32.const 1536))
  (global $next (mut i32) (i32.const 0))
  (global $live (mut i32) (i32.const 0))

  (func (export "_initialize")
    (global.set $next (global.get $heap)))

  (func $alloc (export "alloc") (param $len i32) (result i32)
    (local $end i64) (local $size i64)
    ;; In 64 bits, where no sum wraps.
    (local.set $end (i64.add (i64.extend_i32_u (global.get $next)) (i64.extend_i32_u (local.get $len))))
    (if (i64.gt_u (local.get $end) (i64.const 0xffffffff)) (then (return (i32.const 0))))
    (local.set $size (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
    (if (i64.gt_u (local.get $end) (local.get $size)) (then
      (if (i32.eq (i32.const -1) (memory.grow (i32.wrap_i64
            (i64.shr_u (i64.add (i64.sub (local.get $end) (local.get $size)) (i64.const 0xffff)) (i64.const 16)))))
        (then (return (i32.const 0))))))
    (global.set $live (i32.add (global.get $live) (i32.const 1)))
    (global.get $next)
    (global.set $next (i32.wrap_i64 (local.get $end))))

  (func (export "free") (param $ptr i32) (param $len i32)
    ;; Most results are not from `alloc`: there is nothing to free.
    (if (i32.lt_u (local.get $ptr) (global.get $heap)) (then (return)))
    (global.set $live (i32.sub (global.get $live) (i32.const 1)))
    (if (i32.eqz (global.get $live)) (then (global.set $next (global.get $heap)))))

  (func $result (param $ptr i32) (param $len i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $ptr)) (i64.const 32)) (i64.extend_i32_u (local.get $len))))

  ;; A text of those above.
  (func $say (param $text i32) (result i64)
    (call $result (i32.add (local.get $text) (i32.const 2)) (i32.load16_u (local.get $text))))

  ;; ---- The functions of the language.
  (func (export "lang_name") (result i64)
    (call $say (i32.const 256)))

  (func (export "manifest") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $ManifestRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $say (i32.const 664)))

  (func (export "setup") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $SetupRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $say (i32.const 546)))

  (func (export "scan") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $ScanRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $say (i32.const 366)))

  (func (export "configure") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $ConfigureRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $say (i32.const 328)))

  (func (export "fix") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $FixRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $say (i32.const 392)))

  (func (export "generate_rules") (param $ptr i32) (param $len i32) (result i64)
    (local $files i32) (local $from i32) (local $reply i32) (local $to i32)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $GenerateRequest)))
      (then (return (call $say (i32.const 264)))))
    ;; The files stand behind rel, state and the BUILD file. What is well-formed is passed over by reading it again.
    (call $begin (local.get $ptr) (local.get $len))
    (drop (call $run))
    (drop (call $run))
    (drop (call $check (global.get $OptionOfBuildFile)))
    (local.set $from (global.get $at))
    (drop (call $varint (i32.const 32)))
    (local.set $files (i32.wrap_i64 (global.get $value)))
    (if (i32.eqz (local.get $files)) (then (return (call $say (i32.const 504)))))
    ;; The reply is at most 27 bytes longer than the request, and at most 16 MiB.
    (if (i32.le_u (local.get $len) (i32.const 16777189)) (then
      (local.set $reply (call $alloc (i32.add (local.get $len) (i32.const 27))))))
    (if (i32.eqz (local.get $reply)) (then (return (call $say (i32.const 296)))))
    (memory.copy (local.get $reply) (i32.add (i32.const 600) (i32.const 2)) (i32.const 24))
    ;; Number and names of the files have the same bytes in the reply as in the request.
    (local.set $to (call $copy (i32.add (local.get $reply) (i32.const 24)) (local.get $from)))
    (loop $next_file
      (local.set $from (global.get $at))
      (drop (call $run))
      (local.set $to (call $copy (local.get $to) (local.get $from)))
      (drop (call $check (global.get $FileData)))
      (br_if $next_file (local.tee $files (i32.sub (local.get $files) (i32.const 1)))))
    ;; Twelve times nothing: comments of the attribute; args, comments and keep of the rule; private attributes, imports
    ;; and note; empty rules, directories to index, what is provided, summary, diagnostics.
    (memory.fill (local.get $to) (i32.const 0) (i32.const 12))
    (call $result (local.get $reply) (i32.sub (i32.add (local.get $to) (i32.const 12)) (local.get $reply))))

  ;; Of no rule is anything known: for each four times nothing, `Ok` in front.
  (func (export "imports") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $ImportsRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $nothing (local.get $ptr) (local.get $len) (i32.const 1) (i32.const 4) (i32.const 0)))

  ;; Twice nothing, `Ok` and `Resolved` in front, no diagnostics behind.
  (func (export "resolve") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $ResolveRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $nothing (local.get $ptr) (local.get $len) (i32.const 2) (i32.const 2) (i32.const 1)))

  (func (export "find") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $FindRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $nothing (local.get $ptr) (local.get $len) (i32.const 1) (i32.const 1) (i32.const 0)))

  (func (export "finish") (param $ptr i32) (param $len i32) (result i64)
    (if (i32.eqz (call $well_formed (local.get $ptr) (local.get $len) (global.get $FinishRequest)))
      (then (return (call $say (i32.const 264)))))
    (call $say (i32.const 384)))

  ;; The reply for a list of things of which nothing is known: all zeros, but for the number of items, which has the same
  ;; bytes as in the request. It stands there behind rel and state.
  (func $nothing (param $ptr i32) (param $len i32) (param $before i32) (param $each i32) (param $after i32) (result i64)
    (local $from i32) (local $size i32) (local $reply i32)
    (call $begin (local.get $ptr) (local.get $len))
    (drop (call $run))
    (drop (call $run))
    (local.set $from (global.get $at))
    (drop (call $varint (i32.const 32)))
    (local.set $size (i32.add (i32.add (local.get $before) (local.get $after))
      (i32.add (i32.sub (global.get $at) (local.get $from))
        (i32.mul (local.get $each) (i32.wrap_i64 (global.get $value))))))
    (local.set $reply (call $alloc (local.get $size)))
    (if (i32.eqz (local.get $reply)) (then (return (call $say (i32.const 296)))))
    (memory.fill (local.get $reply) (i32.const 0) (local.get $size))
    (drop (call $copy (i32.add (local.get $reply) (local.get $before)) (local.get $from)))
    (call $result (local.get $reply) (local.get $size)))

  ;; Copies the bytes from $from to the reader; gives the end of the copy.
  (func $copy (param $to i32) (param $from i32) (result i32)
    (local $len i32)
    (local.set $len (i32.sub (global.get $at) (local.get $from)))
    (memory.copy (local.get $to) (local.get $from) (local.get $len))
    (i32.add (local.get $to) (local.get $len)))

  ;; ---- The reader: where it is, where the message ends, how many list items it may still have, the last number.
  (global $at (mut i32) (i32.const 0))
  (global $end (mut i32) (i32.const 0))
  (global $items (mut i32) (i32.const 0))
  (global $value (mut i64) (i64.const 0))

  (func $begin (param $ptr i32) (param $len i32)
    (global.set $at (local.get $ptr))
    (global.set $end (i32.add (local.get $ptr) (local.get $len)))
    (global.set $items (i32.const 1048576)))

  ;; Whether the bytes are exactly one value of the type.
  (func $well_formed (param $ptr i32) (param $len i32) (param $type i32) (result i32)
    (if (i32.gt_u (local.get $len) (i32.const 16777216)) (then (return (i32.const 0))))
    (call $begin (local.get $ptr) (local.get $len))
    (if (i32.eqz (call $check (local.get $type))) (then (return (i32.const 0))))
    (i32.eq (global.get $at) (global.get $end)))

  ;; Reads one value of a type; 0 if it is malformed.
  (func $check (param $type i32) (result i32)
    (local $op i32) (local $n i32) (local $start i32) (local $previous i32) (local $key i32)
    (block $bytes (block $not_empty (block $text (block $i64 (block $u32 (block $nothing (block $node
      (br_table $nothing $u32 $i64 $text $not_empty $bytes $node (local.get $type)))
      ;; A node.
      (local.set $type (i32.add (i32.shl (local.get $type) (i32.const 1)) (i32.const 1008)))
      (local.set $op (i32.load8_u (local.get $type)))
      (local.set $n (i32.load8_u offset=1 (local.get $type)))
      (local.set $type (i32.add (local.get $type) (i32.const 2)))
      (if (i32.eqz (local.get $op)) (then
        (loop $next_field
          (if (i32.eqz (call $check (i32.load8_u (local.get $type)))) (then (return (i32.const 0))))
          (local.set $type (i32.add (local.get $type) (i32.const 1)))
          (br_if $next_field (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (return (i32.const 1))))
      (local.set $start (global.get $at))
      (if (i32.eqz (call $varint (i32.const 32))) (then (return (i32.const 0))))
      (if (i32.eq (local.get $op) (i32.const 1)) (then
        (if (i64.ge_u (global.get $value) (i64.extend_i32_u (local.get $n))) (then (return (i32.const 0))))
        (return (call $check (i32.load8_u (i32.add (local.get $type) (i32.wrap_i64 (global.get $value))))))))
      ;; A list: $value items, each of at least so many bytes.
      (if (i64.gt_u
            (i64.mul (global.get $value) (i64.extend_i32_u (i32.load8_u (local.get $type))))
            (i64.extend_i32_u (i32.sub (global.get $end) (global.get $at))))
        (then (return (i32.const 0))))
      (local.set $key (local.get $n))
      (local.set $n (i32.wrap_i64 (global.get $value)))
      (if (i32.gt_u (local.get $n) (global.get $items)) (then (return (i32.const 0))))
      (global.set $items (i32.sub (global.get $items) (local.get $n)))
      (local.set $type (i32.load8_u offset=1 (local.get $type)))
      (loop $next_item
        (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
        (local.set $start (global.get $at))
        (if (i32.eqz (call $check (local.get $type))) (then (return (i32.const 0))))
        (if (i32.and (i32.ne (local.get $key) (i32.const 0)) (i32.ne (local.get $previous) (i32.const 0))) (then
          (if (i32.eqz (call $rises (local.get $previous) (local.get $start) (local.get $key)))
            (then (return (i32.const 0))))))
        (local.set $previous (local.get $start))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next_item)))
      ;; Nothing.
      (return (i32.const 1)))
      ;; A u32.
      (return (call $varint (i32.const 32))))
      ;; An i64: which one is of no interest here.
      (return (call $varint (i32.const 64))))
      ;; Text.
      (if (i32.eqz (call $run)) (then (return (i32.const 0))))
      (return (call $utf8 (i32.sub (global.get $at) (i32.wrap_i64 (global.get $value))))))
      ;; Text that is not empty.
      (if (i32.eqz (call $check (i32.const 3))) (then (return (i32.const 0))))
      (return (i64.ne (global.get $value) (i64.const 0))))
    ;; Bytes.
    (call $run))

  ;; A length and so many bytes; the length is in $value.
  (func $run (result i32)
    (if (i32.eqz (call $varint (i32.const 32))) (then (return (i32.const 0))))
    (if (i64.gt_u (global.get $value) (i64.extend_i32_u (i32.sub (global.get $end) (global.get $at))))
      (then (return (i32.const 0))))
    (global.set $at (i32.add (global.get $at) (i32.wrap_i64 (global.get $value))))
    (i32.const 1))

  ;; A number of at most $bits bits in its shortest form, into $value.
  (func $varint (param $bits i32) (result i32)
    (local $shift i32) (local $byte i32) (local $low i32)
    (global.set $value (i64.const 0))
    (loop $next_byte
      (if (i32.ge_u (global.get $at) (global.get $end)) (then (return (i32.const 0))))
      (if (i32.ge_u (local.get $shift) (local.get $bits)) (then (return (i32.const 0))))
      (local.set $byte (i32.load8_u (global.get $at)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (local.set $low (i32.and (local.get $byte) (i32.const 0x7f)))
      ;; The last byte has room for the few bits that are left.
      (if (i32.lt_u (i32.sub (local.get $bits) (local.get $shift)) (i32.const 7)) (then
        (if (i32.shr_u (local.get $low) (i32.sub (local.get $bits) (local.get $shift)))
          (then (return (i32.const 0))))))
      (global.set $value (i64.or (global.get $value)
        (i64.shl (i64.extend_i32_u (local.get $low)) (i64.extend_i32_u (local.get $shift)))))
      (local.set $shift (i32.add (local.get $shift) (i32.const 7)))
      (br_if $next_byte (i32.ge_u (local.get $byte) (i32.const 0x80))))
    ;; A zero at the end of several bytes says nothing.
    (i32.or (i32.ne (local.get $byte) (i32.const 0)) (i32.eq (local.get $shift) (i32.const 7))))

  ;; Whether the first $key texts of the item at $a sort before those of the item at $b. Both have been checked.
  (func $rises (param $a i32) (param $b i32) (param $key i32) (result i32)
    (local $back i32) (local $a_end i32) (local $b_end i32) (local $difference i32)
    (local.set $back (global.get $at))
    (loop $next_text
      (global.set $at (local.get $a))
      (drop (call $varint (i32.const 32)))
      (local.set $a (global.get $at))
      (local.set $a_end (i32.add (local.get $a) (i32.wrap_i64 (global.get $value))))
      (global.set $at (local.get $b))
      (drop (call $varint (i32.const 32)))
      (local.set $b (global.get $at))
      (local.set $b_end (i32.add (local.get $b) (i32.wrap_i64 (global.get $value))))
      (global.set $at (local.get $back))
      (loop $next_byte
        (if (i32.eq (local.get $a) (local.get $a_end)) (then
          ;; The shorter text comes first.
          (if (i32.ne (local.get $b) (local.get $b_end)) (then (return (i32.const 1)))))
        (else
          (if (i32.eq (local.get $b) (local.get $b_end)) (then (return (i32.const 0))))
          (local.set $difference (i32.sub (i32.load8_u (local.get $a)) (i32.load8_u (local.get $b))))
          (if (local.get $difference) (then (return (i32.lt_s (local.get $difference) (i32.const 0)))))
          (local.set $a (i32.add (local.get $a) (i32.const 1)))
          (local.set $b (i32.add (local.get $b) (i32.const 1)))
          (br $next_byte))))
      (br_if $next_text (local.tee $key (i32.sub (local.get $key) (i32.const 1)))))
    ;; The same key twice.
    (i32.const 0))

  ;; Whether the bytes from $p to the reader are UTF-8.
  (func $utf8 (param $p i32) (result i32)
    (local $byte i32) (local $more i32) (local $least i32) (local $most i32)
    (loop $next_character (result i32)
      (if (i32.eq (local.get $p) (global.get $at)) (then (return (i32.const 1))))
      (local.set $byte (i32.load8_u (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (if (i32.ge_u (local.get $byte) (i32.const 0x80)) (then
        (if (i32.lt_u (local.get $byte) (i32.const 0xc2)) (then (return (i32.const 0))))
        (if (i32.gt_u (local.get $byte) (i32.const 0xf4)) (then (return (i32.const 0))))
        (local.set $more (i32.add (i32.const 1) (i32.add
          (i32.ge_u (local.get $byte) (i32.const 0xe0)) (i32.ge_u (local.get $byte) (i32.const 0xf0)))))
        (if (i32.lt_u (i32.sub (global.get $at) (local.get $p)) (local.get $more)) (then (return (i32.const 0))))
        ;; The second byte decides about long forms, surrogates and the last character; the others are free.
        (local.set $least (i32.const 0x80))
        (local.set $most (i32.const 0xbf))
        (if (i32.eq (local.get $byte) (i32.const 0xe0)) (then (local.set $least (i32.const 0xa0))))
        (if (i32.eq (local.get $byte) (i32.const 0xed)) (then (local.set $most (i32.const 0x9f))))
        (if (i32.eq (local.get $byte) (i32.const 0xf0)) (then (local.set $least (i32.const 0x90))))
        (if (i32.eq (local.get $byte) (i32.const 0xf4)) (then (local.set $most (i32.const 0x8f))))
        (loop $next_byte
          (local.set $byte (i32.load8_u (local.get $p)))
          (if (i32.lt_u (local.get $byte) (local.get $least)) (then (return (i32.const 0))))
          (if (i32.gt_u (local.get $byte) (local.get $most)) (then (return (i32.const 0))))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (local.set $least (i32.const 0x80))
          (local.set $most (i32.const 0xbf))
          (br_if $next_byte (local.tee $more (i32.sub (local.get $more) (i32.const 1)))))))
      (br $next_character))))
