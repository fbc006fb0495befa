// The order of sorted lists: texts by the bytes of their UTF-8, which is by code point. `<` on strings goes by code unit.

/** Less than 0 where `a` comes first. */
export function compare(a: string, b: string): i32 {
  const common = min(a.length, b.length);
  for (let index = 0; index < common; ++index) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left != right) return rank(left) - rank(right);
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
