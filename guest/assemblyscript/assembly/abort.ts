// Where the host finds the text of an abort. The compiler calls the function by `--use abort=.../assembly/abort/abort`.

/** Address and length of the text. Nobody here reads them. */
export const dorcas_panic: usize = memory.data(8);

/** The host reads no more. */
const MOST: usize = 4096;
const TEXT: usize = memory.data(4096);

/** Leaves the text for the host: `index.ts:12:3: message`. It takes no memory, since there may be none left. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  let at = TEXT;
  at = append(at, file);
  at = appendNumber(at, line);
  at = appendNumber(at, column);
  store<u8>(at++, 0x3a);
  store<u8>(at++, 0x20);
  at = append(at, message);
  store<u32>(dorcas_panic, <u32>TEXT);
  store<u32>(dorcas_panic, <u32>(at - TEXT), 4);
  unreachable();
}

/** As much of a text as surely fits: a code unit takes three bytes at most. */
function append(at: usize, text: string | null): usize {
  if (text === null) return at;
  const room = <i32>((TEXT + MOST - at) / 3);
  return at + String.UTF8.encodeUnsafe(changetype<usize>(text), min(text.length, room), at);
}

/** A colon and the digits. */
function appendNumber(at: usize, number: u32): usize {
  if (at + 16 > TEXT + MOST) return at;
  let digits: usize = 1;
  for (let rest = number / 10; rest; rest /= 10) ++digits;
  store<u8>(at, 0x3a);
  for (let digit = at + digits; digit > at; --digit) {
    store<u8>(digit, 0x30 + <u8>(number % 10));
    number /= 10;
  }
  return at + digits + 1;
}
