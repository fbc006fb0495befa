// Looks for one code unit in a text, which the standard library does through a comparison of texts at each place.

/** The first place from `start` on; -1 for none. */
export function find(text: string, unit: u32, start: i32 = 0): i32 {
  const from = changetype<usize>(text);
  for (let at = start; at < text.length; ++at) if (load<u16>(from + ((<usize>at) << 1)) == unit) return at;
  return -1;
}

export function findLast(text: string, unit: u32): i32 {
  const from = changetype<usize>(text);
  let at = text.length;
  while (--at >= 0 && load<u16>(from + ((<usize>at) << 1)) != unit) {}
  return at;
}

/** The parts between some code unit. */
export function split(text: string, unit: u32): string[] {
  const out: string[] = [];
  let start = 0;
  while (true) {
    const end = find(text, unit, start);
    if (end < 0) break;
    out.push(text.slice(start, end));
    start = end + 1;
  }
  out.push(text.slice(start));
  return out;
}

/** Whether a word is one of a list with a space behind each. */
export function hasWord(words: string, word: string): bool {
  const len = word.length;
  const from = changetype<usize>(word);
  let start = 0;
  while (true) {
    const end = find(words, SPACE, start);
    if (end < 0) return false;
    const at = changetype<usize>(words) + ((<usize>start) << 1);
    if (end - start == len && !memory.compare(at, from, (<usize>len) << 1)) return true;
    start = end + 1;
  }
}

export const DOT = 0x2e;
export const SLASH = 0x2f;
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const SPACE = 0x20;
