// Values as JSON: abi/golden/README.md has how they correspond.

import { utf8 } from "dorcas-guest/assembly/wire";

export function text(value: string): string {
  let out = '"';
  for (let index = 0; index < value.length; ++index) {
    const unit = value.charCodeAt(index);
    if (unit < 0x20) out += "\\u" + unit.toString(16).padStart(4, "0");
    else if (unit == 0x22 || unit == 0x5c) out += "\\" + String.fromCharCode(unit);
    else out += String.fromCharCode(unit);
  }
  return out + '"';
}

/** A text where the bytes are one. */
export function bytes(value: ArrayBuffer): string {
  const start = changetype<usize>(value);
  const end = start + value.byteLength;
  if (utf8(start, end) == end) return text(String.UTF8.decode(value));
  let out = "";
  for (let at = start; at < end; ++at) out += load<u8>(at).toString(16).padStart(2, "0");
  return '{"hex":"' + out + '"}';
}

export function list<T>(values: T[], show: (value: T) => string): string {
  const parts: string[] = [];
  for (let index = 0; index < values.length; ++index) parts.push(show(values[index]));
  return "[" + parts.join(",") + "]";
}

export function texts(values: string[]): string {
  return list<string>(values, text);
}

export function optionalBytes(values: Array<ArrayBuffer | null>): string {
  const parts: string[] = [];
  for (let index = 0; index < values.length; ++index) {
    const value = values[index];
    parts.push(value === null ? "null" : bytes(value));
  }
  return "[" + parts.join(",") + "]";
}
