// State, notes and groups of matches are bytes. Most of them are text.

import { decode } from "./wire";

/** The text of bytes. What is no UTF-8 becomes replacement characters, or less. */
export function textOf(bytes: ArrayBuffer | null): string {
  return bytes === null ? "" : decode(changetype<usize>(bytes), bytes.byteLength);
}

export function bytesOf(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}
