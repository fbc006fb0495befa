//! How is one glob read, and how is it compared with a path?
//!
//! Braces are written out when a glob is read, so that what is compared with paths has none, and needs neither recursion
//! nor more than the length of the glob for each byte of a path.

/// Most bytes of a glob, and of those together that one with braces stands for.
const MAX_BYTES: usize = 64 << 10;
/// Most levels of braces within braces.
const MAX_DEPTH: usize = 8;
/// Most globs that one with braces stands for.
pub(crate) const MAX_ALTERNATIVES: usize = 1_000;

/// Why a text is no glob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GlobFault {
    #[error("unclosed character class; missing ']'")]
    OpenClass,
    #[error("invalid range; '{}' > '{}'", first.escape_ascii(), last.escape_ascii())]
    NoRange { first: u8, last: u8 },
    #[error("unclosed alternate group; missing '}}' (maybe escape '{{' with '[{{]'?)")]
    OpenBrace,
    #[error("unopened alternate group; missing '{{' (maybe escape '}}' with '[}}]'?)")]
    ClosingBrace,
    #[error("dangling '\\'")]
    Backslash,
    #[error("it has {0} bytes, the limit is {MAX_BYTES}")]
    TooLong(usize),
    #[error("it has braces within braces more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("with its braces written out it stands for more than {MAX_ALTERNATIVES} globs, or {MAX_BYTES} bytes")]
    TooMany,
    #[error("with those before it, the braces of globs stand for {got} globs, the limit is {limit}")]
    TooManyTogether { got: usize, limit: usize },
}

impl GlobFault {
    /// Whether the text is a glob, but too much of one.
    pub(crate) fn is_limit(&self) -> bool {
        matches!(self, Self::TooLong(_) | Self::TooDeep | Self::TooMany | Self::TooManyTogether { .. })
    }
}

/// The globs without braces that a glob stands for.
pub(super) fn written_out(glob: &str) -> Result<Vec<String>, GlobFault> {
    if glob.len() > MAX_BYTES {
        return Err(GlobFault::TooLong(glob.len()));
    }
    let mut braces = Braces { rest: glob };
    let all = braces.sequence(0)?;
    if braces.rest.is_empty() { Ok(all) } else { Err(GlobFault::ClosingBrace) }
}

struct Braces<'a> {
    rest: &'a str,
}

impl<'a> Braces<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    /// Reads up to the end, or within braces up to the comma or brace that ends an alternative.
    fn sequence(&mut self, depth: usize) -> Result<Vec<String>, GlobFault> {
        let mut all = vec![String::new()];
        loop {
            let end = self.rest.find(['{', '}', ',', '[', '\\']).unwrap_or(self.rest.len());
            let mut text = self.take(end);
            match self.rest.as_bytes().first() {
                None if text.is_empty() => return Ok(all),
                None => {}
                Some(b'{') => {
                    append(&mut all, &[text])?;
                    let alternatives = self.alternatives(depth + 1)?;
                    append(&mut all, &alternatives)?;
                    continue;
                }
                Some(b',' | b'}') if depth > 0 => {
                    append(&mut all, &[text])?;
                    return Ok(all);
                }
                Some(b'}') => return Err(GlobFault::ClosingBrace),
                Some(b'[') => {
                    append(&mut all, &[text])?;
                    text = self.take(class_end(self.rest)?);
                }
                Some(b'\\') => {
                    append(&mut all, &[text])?;
                    let escaped = self.rest[1..].chars().next().ok_or(GlobFault::Backslash)?;
                    text = self.take(1 + escaped.len_utf8());
                }
                Some(_) => {
                    append(&mut all, &[text])?;
                    text = self.take(1);
                }
            }
            append(&mut all, &[text])?;
        }
    }

    fn alternatives(&mut self, depth: usize) -> Result<Vec<String>, GlobFault> {
        if depth > MAX_DEPTH {
            return Err(GlobFault::TooDeep);
        }
        let mut all = Vec::new();
        loop {
            // The opening brace, or a comma.
            self.take(1);
            all.append(&mut self.sequence(depth)?);
            check(&all)?;
            match self.rest.as_bytes().first() {
                Some(b'}') => {
                    self.take(1);
                    return Ok(all);
                }
                Some(_) => {}
                None => return Err(GlobFault::OpenBrace),
            }
        }
    }
}

/// Puts each of some texts behind each of others.
fn append<S: AsRef<str>>(all: &mut Vec<String>, behind: &[S]) -> Result<(), GlobFault> {
    if let [only] = behind {
        for text in all.iter_mut() {
            text.push_str(only.as_ref());
        }
        return check(all);
    }
    if all.len() * behind.len() > MAX_ALTERNATIVES {
        return Err(GlobFault::TooMany);
    }
    *all = all.iter().flat_map(|text| behind.iter().map(move |end| format!("{text}{}", end.as_ref()))).collect();
    check(all)
}

fn check(all: &[String]) -> Result<(), GlobFault> {
    let is_little =
        all.len() <= MAX_ALTERNATIVES && (all.len() == 1 || all.iter().map(String::len).sum::<usize>() <= MAX_BYTES);
    if is_little { Ok(()) } else { Err(GlobFault::TooMany) }
}

/// The length of the class at the beginning of a text.
fn class_end(text: &str) -> Result<usize, GlobFault> {
    let mut start = 1;
    if text[start..].starts_with(['!', '^']) {
        start += 1;
    }
    // A bracket that stands first closes nothing.
    let from = start + usize::from(text[start..].starts_with(']'));
    text[from..].find(']').map(|at| from + at + 1).ok_or(GlobFault::OpenClass)
}

/// A glob without braces.
#[derive(Debug)]
pub(super) struct Pattern {
    parts: Box<[Part]>,
}

/// What any path that a glob matches has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// It is this path.
    Whole(Box<[u8]>),
    /// It begins with this.
    Start(Box<[u8]>),
    /// It ends in this.
    End(Box<[u8]>),
    /// It has a part of this name between slashes.
    Name(Box<[u8]>),
    /// Nothing that is known.
    None,
}

#[derive(Debug)]
enum Part {
    Text(Box<[u8]>),
    /// One byte.
    One,
    /// Bytes of one name.
    Star,
    Class(Box<Class>),
    /// `**/` in front.
    Front,
    /// `/**/`.
    Within,
    /// `/**` at the end.
    Below,
    /// `**` alone.
    All,
}

/// A bit for each byte.
#[derive(Debug)]
struct Class([u64; 4]);

impl Class {
    fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// Reads what stands between the brackets.
    fn read(text: &[u8]) -> Result<Self, GlobFault> {
        let (negated, text) = match text {
            [b'!' | b'^', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let mut class = Self([0; 4]);
        let mut at = 0;
        while at < text.len() {
            let first = text[at];
            // A hyphen that stands first or last means itself.
            let is_range = text.get(at + 1) == Some(&b'-') && at + 2 < text.len();
            let last = if is_range { text[at + 2] } else { first };
            if last < first {
                return Err(GlobFault::NoRange { first, last });
            }
            (first..=last).for_each(|byte| class.add(byte));
            at += if is_range { 3 } else { 1 };
        }
        if negated {
            class.0.iter_mut().for_each(|bits| *bits = !*bits);
        }
        class.0[usize::from(b'/' >> 6)] &= !(1 << (b'/' & 63));
        Ok(class)
    }
}

impl Pattern {
    /// Reads a glob that has no braces, and says by what the paths are found that it may match.
    pub(super) fn read(glob: &str) -> Result<(Self, Key), GlobFault> {
        let bytes = glob.as_bytes();
        let mut parts: Vec<Part> = Vec::new();
        let mut text: Vec<u8> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            match byte {
                b'\\' => {
                    text.push(*bytes.get(at).ok_or(GlobFault::Backslash)?);
                    at += 1;
                    continue;
                }
                b'*' | b'?' | b'[' => {}
                byte => {
                    text.push(byte);
                    continue;
                }
            }
            let before = at.checked_sub(2).map(|before| bytes[before]);
            let behind = bytes.get(at + 1).copied();
            let is_double = byte == b'*' && bytes.get(at) == Some(&b'*') && matches!(behind, None | Some(b'/'));
            if is_double && before.is_none() {
                // The slash behind is a part of it.
                at += 2;
                parts.push(Part::Front);
                continue;
            }
            if is_double && before == Some(b'/') {
                at += 2;
                let kind = if behind.is_none() { Part::Below } else { Part::Within };
                // What the slash in front is a part of: text, or two asterisks.
                if text.pop().is_some() {
                    flush(&mut text, &mut parts);
                    parts.push(kind);
                } else if let Some(last @ Part::Within) = parts.last_mut() {
                    *last = kind;
                }
                continue;
            }
            flush(&mut text, &mut parts);
            match byte {
                b'?' => parts.push(Part::One),
                b'*' if !matches!(parts.last(), Some(Part::Star)) => parts.push(Part::Star),
                b'*' => {}
                _ => {
                    let end = at - 1 + class_end(&glob[at - 1..])?;
                    parts.push(Part::Class(Box::new(Class::read(&bytes[at..end - 1])?)));
                    at = end;
                }
            }
        }
        flush(&mut text, &mut parts);
        if matches!(parts.as_slice(), [Part::Front]) {
            parts = vec![Part::All];
        }
        let key = key(&parts);
        Ok((Self { parts: parts.into() }, key))
    }

    /// How many wildcards it has, and texts between them.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// How many steps it may take to compare it with a path: what stands behind a star is tried at each byte of it.
    pub(super) fn steps(&self, path: usize) -> u64 {
        let retries = self.parts.len().saturating_sub(2).min(path) * path / 4;
        (self.parts.len() + retries) as u64
    }

    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let (mut part, mut at) = (0, 0);
        // Where to go on with one byte more in the last star, and with one directory more in the last two stars. No star
        // before the last can help: what it would skip, the last may skip as well.
        let mut star: Option<(usize, usize)> = None;
        let mut dirs: Option<(usize, usize)> = None;
        loop {
            let goes_on = match self.parts.get(part) {
                None => {
                    if at == path.len() {
                        return true;
                    }
                    false
                }
                Some(Part::All) => return true,
                Some(Part::Below) => {
                    if path.get(at) == Some(&b'/') {
                        return true;
                    }
                    false
                }
                Some(Part::Text(text)) => {
                    let fits = path[at..].starts_with(text);
                    at += if fits { text.len() } else { 0 };
                    fits
                }
                Some(Part::One) => {
                    let fits = path.get(at).is_some_and(|byte| *byte != b'/');
                    at += 1;
                    fits
                }
                Some(Part::Class(class)) => {
                    let fits = path.get(at).is_some_and(|byte| class.has(*byte));
                    at += 1;
                    fits
                }
                Some(Part::Star) => {
                    star = Some((part + 1, at));
                    true
                }
                Some(Part::Front) => {
                    (dirs, star) = (Some((part + 1, at)), None);
                    true
                }
                Some(Part::Within) => {
                    let fits = path.get(at) == Some(&b'/');
                    at += 1;
                    if fits {
                        (dirs, star) = (Some((part + 1, at)), None);
                    }
                    fits
                }
            };
            if goes_on {
                part += 1;
                continue;
            }
            if let Some((behind, end)) = star
                && path.get(end).is_some_and(|byte| *byte != b'/')
            {
                (part, at) = (behind, end + 1);
                star = Some((behind, at));
                continue;
            }
            let Some((behind, end)) = dirs else { return false };
            let Some(slash) = path[end..].iter().position(|byte| *byte == b'/') else { return false };
            (part, at) = (behind, end + slash + 1);
            (dirs, star) = (Some((behind, at)), None);
        }
    }
}

fn flush(text: &mut Vec<u8>, parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text).into()));
    }
}

/// The longest of what all paths have that a glob matches.
fn key(parts: &[Part]) -> Key {
    if parts.is_empty() {
        return Key::Whole(Box::default());
    }
    if let [Part::Text(text)] = parts {
        return Key::Whole(text.clone());
    }
    let text = |part: Option<&Part>| match part {
        Some(Part::Text(text)) => text.clone(),
        _ => Box::default(),
    };
    let (start, end, name) = (text(parts.first()), text(parts.last()), longest_name(parts));
    match start.len().max(end.len()).max(name.len()) {
        0 => Key::None,
        most if most == start.len() => Key::Start(start),
        most if most == name.len() => Key::Name(name.into()),
        _ => Key::End(end),
    }
}

/// The longest part between slashes that a glob spells out.
fn longest_name(parts: &[Part]) -> &[u8] {
    let mut longest: &[u8] = &[];
    for (index, part) in parts.iter().enumerate() {
        let Part::Text(text) = part else { continue };
        let before = index.checked_sub(1).and_then(|before| parts.get(before));
        let is_whole_in_front = matches!(before, None | Some(Part::Front | Part::Within));
        let is_whole_at_end = matches!(parts.get(index + 1), None | Some(Part::Within | Part::Below));
        let mut names = text.split(|byte| *byte == b'/').enumerate().peekable();
        while let Some((place, name)) = names.next() {
            let is_whole = (place > 0 || is_whole_in_front) && (names.peek().is_some() || is_whole_at_end);
            if is_whole && name.len() > longest.len() {
                longest = name;
            }
        }
    }
    longest
}
