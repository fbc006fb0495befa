// The strict codec of the wire: each value has exactly one encoding, and all other bytes are refused.
//
// `check` reads over a message by the table in schema.ts and builds nothing, so that a count that lies costs no memory.
// `Reader` builds what has been checked. `Writer` writes anything; what it wrote is checked too.

import { alloc, free } from "./buffers";
import { MAX_MESSAGE_BYTES, MAX_MESSAGE_ITEMS, NODES, STARTS } from "./schema";

/** What can be wrong with a message. */
export enum Fault {
  None,
  Bool,
  Canonical,
  Closed,
  Exact,
  Length,
  NonEmpty,
  Size,
  Sorted,
  Utf8,
}

/** The clause that a message breaks. */
export function clause(fault: Fault): string {
  switch (fault) {
    case Fault.Bool: return "wire.bool";
    case Fault.Canonical: return "wire.canonical";
    case Fault.Closed: return "wire.closed";
    case Fault.Exact: return "wire.exact";
    case Fault.Length: return "wire.length";
    case Fault.NonEmpty: return "wire.non-empty";
    case Fault.Size: return "wire.size";
    case Fault.Sorted: return "wire.sorted";
    case Fault.Utf8: return "wire.utf8";
  }
  return "";
}

// Leaves and nodes of the table, as `abi/generate` numbers them.
const BOOL: u32 = 1;
const U32: u32 = 2;
const I64: u32 = 3;
const TEXT: u32 = 4;
const SOME_TEXT: u32 = 5;
const BYTES: u32 = 6;
const FIRST_NODE: u32 = 7;
const STRUCT: u32 = 0;
const ENUM: u32 = 1;
const LIST: u32 = 2;

// The check goes from left to right through one message at a time.
let at: usize = 0;
let end: usize = 0;
let itemsLeft: u32 = 0;
let number: u64 = 0;
let faultAt: usize = 0;

/** Looks whether the bytes are a message of this type, or the reply with one. */
export function check(type: u32, isReply: bool, start: usize, len: usize): Fault {
  at = start;
  end = start + len;
  itemsLeft = MAX_MESSAGE_ITEMS;
  let fault = Fault.None;
  if (len > MAX_MESSAGE_BYTES) fault = wrong(Fault.Size, start);
  else {
    if (isReply) fault = variant(2);
    // An error is the first of all types.
    if (!fault) fault = one(isReply && number ? FIRST_NODE : type);
    if (!fault && at != end) fault = wrong(Fault.Exact, at);
  }
  faultAt -= start;
  return fault;
}

/** The offset of what is wrong, after a check that found a fault. */
export function faultOffset(): usize {
  return faultAt;
}

function wrong(fault: Fault, where: usize): Fault {
  faultAt = where;
  return fault;
}

function one(type: u32): Fault {
  if (type < FIRST_NODE) {
    switch (type) {
      case BOOL: return flag();
      case U32: return varint(32);
      case I64: return varint(64);
      case TEXT: return text();
      case SOME_TEXT: {
        const start = at;
        const fault = text();
        return fault || number ? fault : wrong(Fault.NonEmpty, start);
      }
      case BYTES: return run();
    }
    return Fault.None;
  }
  let node = NODES + <usize>load<u16>(STARTS + ((<usize>type - FIRST_NODE) << 1));
  const kind = <u32>load<u8>(node);
  const first = <u32>load<u8>(node, 1);
  if (kind == STRUCT) {
    const last = node + first;
    for (; node < last; ++node) {
      const fault = one(load<u8>(node, 2));
      if (fault) return fault;
    }
    return Fault.None;
  }
  if (kind == ENUM) {
    const fault = variant(first);
    return fault ? fault : one(load<u8>(node + <usize>number, 2));
  }
  if (kind == LIST) return list(first, load<u8>(node, 2), load<u8>(node, 3));
  const fault = flag();
  return fault || !number ? fault : one(first);
}

function flag(): Fault {
  if (at == end) return wrong(Fault.Exact, at);
  number = load<u8>(at);
  if (number > 1) return wrong(Fault.Bool, at);
  ++at;
  return Fault.None;
}

/** A number of so many bits in its shortest form. */
function varint(bits: u32): Fault {
  const start = at;
  let shift: u32 = 0;
  number = 0;
  while (true) {
    if (at == end) return wrong(Fault.Exact, at);
    const byte = <u32>load<u8>(at++);
    const low = byte & 0x7f;
    // The last byte has room for the bits that are left; a zero at the end of several bytes says nothing.
    if (shift >= bits || (bits - shift < 7 && low >> (bits - shift)) || (!byte && shift)) return wrong(Fault.Canonical, start);
    number |= <u64>low << shift;
    if (byte < 0x80) return Fault.None;
    shift += 7;
  }
}

function variant(variants: u32): Fault {
  const start = at;
  const fault = varint(32);
  return fault || number < <u64>variants ? fault : wrong(Fault.Closed, start);
}

/** A length, which stays in `number`, and so many bytes. */
function run(): Fault {
  const start = at;
  const fault = varint(32);
  if (fault) return fault;
  if (number > <u64>(end - at)) return wrong(Fault.Length, start);
  at += <usize>number;
  return Fault.None;
}

function text(): Fault {
  const fault = run();
  if (fault) return fault;
  const valid = utf8(at - <usize>number, at);
  return valid == at ? fault : wrong(Fault.Utf8, valid);
}

/** Where the UTF-8 ends: at `end`, or before the first character that is none. */
export function utf8(p: usize, end: usize): usize {
  while (true) {
    // Most texts are ASCII: that is seen eight bytes at a time.
    while (p + 8 <= end && !(load<u64>(p) & 0x8080808080808080)) p += 8;
    if (p >= end) break;
    const byte = <u32>load<u8>(p);
    if (byte < 0x80) {
      ++p;
      continue;
    }
    if (byte < 0xc2 || byte > 0xf4) break;
    const more: usize = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (end - p <= more) break;
    // The second byte decides about longer forms, surrogates and the last character.
    const second = <u32>load<u8>(p, 1);
    const least: u32 = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    const most: u32 = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) break;
    if (more > 1 && (load<u8>(p, 2) & 0xc0) != 0x80) break;
    if (more > 2 && (load<u8>(p, 3) & 0xc0) != 0x80) break;
    p += more + 1;
  }
  return p;
}

function list(key: u32, least: u32, type: u32): Fault {
  const start = at;
  const fault = varint(32);
  if (fault) return fault;
  if (number * least > <u64>(end - at)) return wrong(Fault.Length, start);
  if (number > itemsLeft) return wrong(Fault.Size, start);
  let count = <u32>number;
  itemsLeft -= count;
  let previous: usize = 0;
  for (; count; --count) {
    const item = at;
    const fault = one(type);
    if (fault) return fault;
    if (key) {
      if (previous && !rises(previous, item, key)) return wrong(Fault.Sorted, item);
      previous = item;
    }
  }
  return Fault.None;
}

/** Whether the first so many texts at `a` come before those at `b`. Both have been checked. */
function rises(a: usize, b: usize, key: u32): bool {
  const back = at;
  let order: i32 = 0;
  do {
    at = a;
    run();
    a = at;
    const left = <usize>number;
    at = b;
    run();
    b = at;
    const right = <usize>number;
    order = memory.compare(a - left, b - right, min(left, right));
    // The shorter text comes first.
    if (!order) order = <i32>(left > right) - <i32>(left < right);
  } while (!order && --key);
  at = back;
  return order < 0;
}

// @ts-ignore: decorator
@lazy export const NO_BYTES: ArrayBuffer = new ArrayBuffer(0);

/** The text of bytes that are UTF-8. */
export function decode(start: usize, len: usize): string {
  const end = start + len;
  let ascii = start;
  while (ascii + 8 <= end && !(load<u64>(ascii) & 0x8080808080808080)) ascii += 8;
  while (ascii < end && load<u8>(ascii) < 0x80) ++ascii;
  if (ascii < end) return String.UTF8.decodeUnsafe(start, len);
  if (!len) return "";
  const text = __new(len << 1, idof<String>());
  for (let at: usize = 0; at < len; ++at) store<u16>(text + (at << 1), load<u8>(start + at));
  return changetype<string>(text);
}

/** Builds values of a message that has been checked. */
export class Reader {
  constructor(private at: usize) {}

  bool(): bool {
    return <bool>load<u8>(this.at++);
  }

  u32(): u32 {
    let byte = <u32>load<u8>(this.at++);
    let number = byte & 0x7f;
    for (let shift: u32 = 7; byte & 0x80; shift += 7) {
      byte = load<u8>(this.at++);
      number |= (byte & 0x7f) << shift;
    }
    return number;
  }

  /** Zigzag: 0, 1, 2, 3 stand for 0, -1, 1, -2. */
  i64(): i64 {
    let number: u64 = 0;
    let shift: u64 = 0;
    let byte: u64 = 0;
    do {
      byte = load<u8>(this.at++);
      number |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    return <i64>(number >> 1) ^ -<i64>(number & 1);
  }

  text(): string {
    const len = <usize>this.u32();
    const start = this.at;
    this.at += len;
    return decode(start, len);
  }

  bytes(): ArrayBuffer {
    const len = <usize>this.u32();
    if (!len) return NO_BYTES;
    const copy = new ArrayBuffer(<i32>len);
    memory.copy(changetype<usize>(copy), this.at, len);
    this.at += len;
    return copy;
  }

  texts(): string[] {
    const count = <i32>this.u32();
    const out = new Array<string>(count);
    for (let index = 0; index < count; ++index) unchecked((out[index] = this.text()));
    return out;
  }

  optionalBytes(): Array<ArrayBuffer | null> {
    const count = <i32>this.u32();
    const out = new Array<ArrayBuffer | null>(count);
    for (let index = 0; index < count; ++index) if (this.bool()) unchecked((out[index] = this.bytes()));
    return out;
  }

  list<T>(): T[] {
    const count = <i32>this.u32();
    const out = new Array<T>(count);
    for (let index = 0; index < count; ++index) unchecked((out[index] = this.one<T>()));
    return out;
  }

  /** A message without its defaults: `read` sets each of its fields. */
  one<T>(): T {
    const start = __new(offsetof<T>(), idof<T>());
    memory.fill(start, 0, offsetof<T>());
    const message = changetype<T>(start);
    message.read(this);
    return message;
  }
}

/** How many bytes a text takes. */
export function byteLength(value: string): usize {
  const start = changetype<usize>(value);
  const end = start + ((<usize>value.length) << 1);
  let at = start;
  while (at + 8 <= end && !(load<u64>(at) & 0xff80ff80ff80ff80)) at += 8;
  while (at < end && load<u16>(at) < 0x80) at += 2;
  return at < end ? <usize>String.UTF8.byteLength(value) : (end - start) >> 1;
}

/** Writes messages into a buffer that grows, and that is handed to the host as it is. */
export class Writer {
  private start: usize = 0;
  private room: usize = 0;
  private len: usize = 0;
  /** Whether memory has run out: nothing of what was written counts then. */
  isFull: bool = false;

  /** Where the next so many bytes go; 0 where there is no room. */
  private take(len: usize): usize {
    if (this.len + len > this.room) {
      if (this.isFull) return 0;
      const room = (max(this.len + len, this.room << 1) + 255) & ~255;
      const start = alloc(room);
      if (start) memory.copy(start, this.start, this.len);
      free(this.start, this.room);
      this.start = start;
      this.room = start ? room : 0;
      if (!start) {
        this.len = 0;
        this.isFull = true;
        return 0;
      }
    }
    const at = this.start + this.len;
    this.len += len;
    return at;
  }

  bool(value: bool): void {
    const at = this.take(1);
    if (at) store<u8>(at, value);
  }

  u32(value: u32): void {
    this.varint(value);
  }

  i64(value: i64): void {
    this.varint(<u64>((value << 1) ^ (value >> 63)));
  }

  private varint(value: u64): void {
    // A number of 7 bits takes one byte, of 8 bits two.
    let len: usize = 1;
    for (let rest = value >> 7; rest; rest >>= 7) ++len;
    let at = this.take(len);
    if (!at) return;
    for (; value > 0x7f; value >>= 7) store<u8>(at++, <u8>value | 0x80);
    store<u8>(at, <u8>value);
  }

  text(value: string): void {
    const len = byteLength(value);
    this.varint(len);
    this.raw(value, len);
  }

  /** A text without its length, of so many bytes. */
  raw(value: string, len: usize): void {
    let at = this.take(len);
    if (!at) return;
    const start = changetype<usize>(value);
    if (len != <usize>value.length) {
      String.UTF8.encodeUnsafe(start, value.length, at);
      return;
    }
    for (let from = start; from < start + (len << 1); from += 2) store<u8>(at++, <u8>load<u16>(from));
  }

  bytes(value: ArrayBuffer): void {
    const len = <usize>value.byteLength;
    this.varint(len);
    const at = this.take(len);
    if (at) memory.copy(at, changetype<usize>(value), len);
  }

  texts(value: string[]): void {
    this.varint(value.length);
    for (let index = 0; index < value.length; ++index) this.text(unchecked(value[index]));
  }

  optionalBytes(value: Array<ArrayBuffer | null>): void {
    this.varint(value.length);
    for (let index = 0; index < value.length; ++index) {
      const one = unchecked(value[index]);
      this.bool(one !== null);
      if (one !== null) this.bytes(one);
    }
  }

  list<T>(value: T[]): void {
    this.varint(value.length);
    for (let index = 0; index < value.length; ++index) unchecked(value[index]).write(this);
  }

  /** Looks whether a message of this type, or a reply with one, has been written. */
  check(type: u32, isReply: bool): Fault {
    return check(type, isReply, this.start, this.len);
  }

  /** Forgets what was written. */
  clear(): void {
    this.len = 0;
  }

  /** Hands over what was written: the address above, the length below. */
  lend(): u64 {
    // What is left of the buffer goes back; the allocator rounds lengths up to eight.
    const kept = (this.len + 7) & ~7;
    free(this.start + kept, this.room - kept);
    return ((<u64>this.start) << 32) | (<u64>this.len);
  }
}
