// What tests/golden.mjs asks of the codec: a module that is no guest.

export * from "dorcas-guest/assembly/exports";
import { answer, fail, name } from "dorcas-guest/assembly/answer";
import { GenerateRequest, GenerateResponse } from "dorcas-guest/assembly/messages";
import { compare, sort } from "dorcas-guest/assembly/order";
import { textOf } from "dorcas-guest/assembly/text";
import { Reader, Writer, check, clause, faultOffset } from "dorcas-guest/assembly/wire";
import { again, nameOfType, schemaOf } from "./json";

/** The name of a type by its place in the schema; empty behind the last. */
export function type_name(type: u32): u64 {
  return name(nameOfType(type));
}

/** What is wrong with a message: the clause and the offset, or nothing. */
export function fault(type: u32, isReply: bool, ptr: usize, len: usize): u64 {
  const fault = check(schemaOf(type), isReply, ptr, len);
  return name(fault ? clause(fault) + " " + faultOffset().toString() : "");
}

let written: Writer = new Writer();

/** A message that has been checked, as JSON. */
export function meaning(type: u32, isReply: bool, ptr: usize, len: usize): u64 {
  const reader = new Reader(ptr);
  written = new Writer();
  if (!isReply) return name(again(type, reader, written));
  const isError = reader.bool();
  written.bool(isError);
  const text = again(isError ? 0 : type, reader, written);
  return name('{"' + (isError ? "Err" : "Ok") + '":' + text + "}");
}

/** The bytes of the message whose meaning was asked last. */
export function bytes(): u64 {
  return written.lend();
}

/** A response that is out of order. */
export function unsorted(ptr: usize, len: usize): u64 {
  return answer(ptr, len, (_: GenerateRequest): GenerateResponse => ({ relsToIndex: ["b", "a"] }));
}

/** A text that is half a surrogate pair. */
export function surrogate(ptr: usize, len: usize): u64 {
  return answer(ptr, len, (_: GenerateRequest): GenerateResponse => ({ relsToIndex: ["\ud83d"] }));
}

/** An error of the guest's own. */
export function refusal(ptr: usize, len: usize): u64 {
  return answer(ptr, len, (_: GenerateRequest): GenerateResponse => fail<GenerateResponse>(1000, "no rules, thanks"));
}

/** Garbage of a megabyte, and some that is kept. */
let kept: string[] = [];
export function wasteful(ptr: usize, len: usize): u64 {
  return answer(ptr, len, (request: GenerateRequest): GenerateResponse => {
    for (let index = 0; index < 1000; ++index) kept = ["x".repeat(500), request.rel];
    return { relsToIndex: [kept[1]] };
  });
}

/** The text of any bytes. */
export function text(ptr: usize, len: usize): u64 {
  const bytes = new ArrayBuffer(<i32>len);
  memory.copy(changetype<usize>(bytes), ptr, len);
  return name(textOf(bytes) + ".");
}

export function boom(long: bool): void {
  throw new Error(long ? "é".repeat(5000) : "boom");
}

/** How two characters compare. */
export function order(a: u32, b: u32): i32 {
  return compare(String.fromCodePoint(a), String.fromCodePoint(b));
}

export function sorted(): u64 {
  return name(sort(["\u{1f600}", "b", "", "\uffff", "a", "b", "aa"]).join(" "));
}
