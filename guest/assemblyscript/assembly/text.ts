// State, notes and groups of matches are bytes. Most of them are text.

import { decode, utf8 } from "./wire";

/** The text of bytes. If they are no UTF-8, each byte beyond ASCII becomes a replacement character, U+FFFD. */
export function textOf(bytes: ArrayBuffer | null): string {
  if (bytes === null) return "";
  const start = changetype<usize>(bytes);
  const end = start + bytes.byteLength;
  if (utf8(start, end) == end) return decode(start, bytes.byteLength);
  const text = __new((end - start) << 1, idof<String>());
  for (let at = start; at < end; ++at) {
    const byte = <u16>load<u8>(at);
    store<u16>(text + ((at - start) << 1), byte < 0x80 ? byte : 0xfffd);
  }
  return changetype<string>(text);
}

export function bytesOf(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}
