// From the bytes of a request to the bytes of a reply.

import { GuestError } from "./messages";
import { Fault, Reader, Writer, byteLength, check, clause, faultOffset } from "./wire";

/** Codes of errors that the SDK answers with. */
const UNDECODABLE: u32 = 1;
const INTERNAL: u32 = 3;

/** The reply where there is no memory for a better one. */
const NO_MEMORY: usize = memory.data<u8>([
  1, 3, 13, 0x6f, 0x75, 0x74, 0x20, 0x6f, 0x66, 0x20, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79,
]);

let failure: GuestError | null = null;
let isUsed: bool = false;

/** A method: decodes the request, has it answered, and encodes the reply. */
export function answer<Q, R>(ptr: usize, len: usize, method: (request: Q) => R): u64 {
  // What the calls before have left is garbage, and nothing on the stack points to it.
  if (isUsed) __collect();
  isUsed = true;
  failure = null;
  const reply = new Writer();
  const type = schemaOf<Q>();
  const fault = check(type, false, ptr, len);
  if (fault) return refuse(reply, UNDECODABLE, nameof<Q>(), fault);
  const response = method(new Reader(ptr).one<Q>());
  if (failure === null) {
    reply.bool(false);
    response.write(reply);
  } else writeError(reply, failure!);
  if (reply.isFull) return noMemory();
  const broken = reply.check(schemaOf<R>(), true);
  return broken ? refuse(reply, INTERNAL, nameof<R>(), broken) : reply.lend();
}

/** Ends a call with an error of the guest's own: `return fail<GenerateResponse>(1000, "why")`. Codes are from 1000 on. */
export function fail<R>(code: u32, message: string): R {
  failure = { code: code, message: message };
  // Nobody looks at it.
  return changetype<R>(0);
}

/** The result of `lang_name`. */
export function name(text: string): u64 {
  const writer = new Writer();
  writer.raw(text, byteLength(text));
  return writer.isFull ? noMemory() : writer.lend();
}

/** The number of a message in the table of the schema. It is the same for all of a type. */
function schemaOf<T>(): u32 {
  return changetype<T>(0).schema;
}

function refuse(reply: Writer, code: u32, type: string, fault: Fault): u64 {
  const message = "byte " + faultOffset().toString() + " of the " + type + " breaks " + clause(fault);
  reply.clear();
  writeError(reply, { code: code, message: message });
  return reply.isFull ? noMemory() : reply.lend();
}

function writeError(reply: Writer, error: GuestError): void {
  reply.bool(true);
  error.write(reply);
}

function noMemory(): u64 {
  return ((<u64>NO_MEMORY) << 32) | 16;
}
