// A guest in AssemblyScript, with all that its runtime imports: abort, trace and seed.

export function dorcas_abi_v1(): void {}

export function alloc(n: u32): usize {
  return __pin(__new(n, idof<ArrayBuffer>()));
}

export function free(at: usize, n: u32): void {
  __unpin(at);
}

function give(bytes: ArrayBuffer): u64 {
  return (<u64>__pin(changetype<usize>(bytes)) << 32) | <u64>bytes.byteLength;
}

// Filled when the module starts.
const squares = new Map<i32, string>();
for (let i = 0; i < 100; i++) squares.set(i, (i * i).toString());

export function lang_name(): u64 {
  return give(String.UTF8.encode("assemblyscript"));
}

export function generate_rules(at: usize, n: u32): u64 {
  const request = String.UTF8.decodeUnsafe(at, n);
  trace("a call", 1, n);
  assert(!request.includes("panic"), "as requested");
  const text = String.UTF8.encode(
    squares.get(99) + " " + squares.keys().length.toString() + " " + (Math.random() < 1).toString(),
  );
  const reply = new Uint8Array(4 + text.byteLength);
  reply[0] = 1;
  reply[1] = 0xe8;
  reply[2] = 7;
  reply[3] = <u8>text.byteLength;
  reply.set(Uint8Array.wrap(text), 4);
  return give(reply.buffer);
}
