// Globs of directives and BUILD files: `*`, `?`, `**` and `{a,b}`. Time is bounded by the lengths of glob and text.

const STAR: i32 = -1;
const ONE: i32 = -2;
const ALL: i32 = -3;
const DIRECTORIES: i32 = -4;

/** So many globs may a glob with braces stand for. */
const MOST: i32 = 64;

/** Whether a glob matches all of a text. */
export function matches(glob: string, text: string): bool {
  const globs: string[] = [glob];
  for (let index = 0; index < globs.length; ++index) {
    if (!expand(globs, globs[index]) && matchesPlain(tokens(globs[index]), text)) return true;
  }
  return false;
}

/** Appends what a glob stands for by its first braces; false where it has none. */
function expand(globs: string[], glob: string): bool {
  const open = glob.indexOf("{");
  const close = open < 0 ? -1 : closing(glob, open);
  if (close < 0 || globs.length > MOST) return false;
  let start = open + 1;
  let depth = 0;
  for (let index = start; index <= close; ++index) {
    const unit = glob.charCodeAt(index);
    if (unit == 0x7b) ++depth;
    else if (unit == 0x7d && index < close) --depth;
    else if (!depth && (unit == 0x2c || index == close)) {
      globs.push(glob.slice(0, open) + glob.slice(start, index) + glob.slice(close + 1));
      start = index + 1;
    }
  }
  return true;
}

function closing(glob: string, open: i32): i32 {
  let depth = 0;
  for (let index = open; index < glob.length; ++index) {
    const unit = glob.charCodeAt(index);
    if (unit == 0x7b) ++depth;
    else if (unit == 0x7d && !--depth) return index;
  }
  return -1;
}

/** Characters as they are, and the numbers above. */
function tokens(glob: string): i32[] {
  const out: i32[] = [];
  for (let index = 0; index < glob.length; ++index) {
    const unit = glob.charCodeAt(index);
    if (unit == 0x3f) out.push(ONE);
    else if (unit != 0x2a) out.push(unit);
    else if (glob.charCodeAt(index + 1) != 0x2a) out.push(STAR);
    else {
      const isWhole = !index || glob.charCodeAt(index - 1) == 0x2f;
      index += 1;
      if (isWhole && glob.charCodeAt(index + 1) == 0x2f) {
        out.push(DIRECTORIES);
        index += 1;
      } else out.push(ALL);
    }
  }
  return out;
}

/** Goes through the text once, with all places of the glob at which the match may stand. */
function matchesPlain(glob: i32[], text: string): bool {
  let places = new Array<bool>(glob.length + 1).fill(false);
  enter(glob, places, 0);
  for (let at = 0; at < text.length; ++at) {
    const unit = text.charCodeAt(at);
    const next = new Array<bool>(glob.length + 1).fill(false);
    for (let place = 0; place < glob.length; ++place) {
      if (!places[place]) continue;
      const token = glob[place];
      if (token == ALL || (token == STAR && unit != 0x2f)) enter(glob, next, place);
      else if (token == DIRECTORIES) {
        next[place] = true;
        if (unit == 0x2f) enter(glob, next, place + 1);
      } else if (token == unit || (token == ONE && unit != 0x2f)) enter(glob, next, place + 1);
    }
    places = next;
  }
  return places[glob.length];
}

/** What may match nothing is passed by at once. */
function enter(glob: i32[], places: bool[], place: i32): void {
  while (!places[place]) {
    places[place] = true;
    if (place == glob.length || glob[place] >= 0 || glob[place] == ONE) return;
    ++place;
  }
}
