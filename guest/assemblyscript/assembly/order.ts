// The order of sorted lists: texts by the bytes of their UTF-8, which is by code point. `<` on strings goes by code unit.

/** Less than 0 where `a` comes first. */
export function compare(a: string, b: string): i32 {
  let left = changetype<usize>(a);
  let right = changetype<usize>(b);
  const end = left + ((<usize>min(a.length, b.length)) << 1);
  // What many texts begin with is passed over four code units at a time.
  while (left + 8 <= end && load<u64>(left) == load<u64>(right)) {
    left += 8;
    right += 8;
  }
  for (; left < end; left += 2, right += 2) {
    const one = <i32>load<u16>(left);
    const other = <i32>load<u16>(right);
    if (one != other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points beyond all others. */
function rank(unit: i32): i32 {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Sorts texts in place and drops those that are there twice. */
export function sort(texts: string[]): string[] {
  texts.sort(compare);
  let kept = 0;
  for (let index = 0; index < texts.length; ++index) {
    const text = unchecked(texts[index]);
    if (kept && unchecked(texts[kept - 1]) == text) continue;
    unchecked((texts[kept++] = text));
  }
  texts.length = kept;
  return texts;
}
