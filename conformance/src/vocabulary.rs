//! Which values can make a difference to a guest?
//!
//! Those at which programs tend to change their mind, and those that stand in the module itself: what a guest compares a
//! text with has to be in its data or in its code, and so has the number at which it counts differently.

use crate::numbers::Numbers;
use std::collections::BTreeSet;
use wasmparser::{Operator, Parser, Payload};

/// Words and numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    words: Vec<String>,
    numbers: Vec<u32>,
}

/// Values of a directive, a flag or a text for any guest: what looks like a number, a label, a list, a switch, a path, or
/// like nothing that anybody expects.
const USUAL: &[&str] = &[
    "",
    "on",
    "off",
    "true",
    "false",
    "yes",
    "no",
    "none",
    "None",
    "default",
    "all",
    "auto",
    "disable",
    "enable",
    "0",
    "1",
    "-1",
    "007",
    "1.5",
    "2147483648",
    "-9223372036854775808",
    "99999999999999999999",
    "0x10",
    "1e3",
    "//a:b",
    "//a",
    ":b",
    "@r//a:b",
    "@@r//a",
    "//",
    "@",
    "//visibility:public",
    "//a:__subpackages__",
    "a b",
    "a,b",
    "a, b ,,c",
    "a  b",
    " ",
    "=",
    "a=b",
    "a=",
    "==",
    "a:b",
    "a;b",
    "..",
    ".",
    "a/..",
    "a//b",
    "/a",
    "a/",
    "~",
    "*",
    "**",
    "*.txt",
    "[a]",
    "{a,b}",
    "(",
    "\\",
    "\\n",
    "%",
    "%s",
    "$x",
    "#",
    "# x",
    "\"a\"",
    "'a'",
    "[\"a\", \"b\"]",
    "{\"a\": 1}",
    "é",
    "É",
    "日本語",
    "\u{202e}abc",
    "a\u{200b}b",
    "😀",
    "ﬀ",
    "A",
    "a_b",
    "a-b",
    "a.b",
    "_",
    "-",
    "--a",
    "third_party",
    "load",
    "package",
    "file",
    "test",
    "lib",
    "src/main",
    "x y z",
];

/// Lengths at which programs change their mind, within reason for a name.
const LENGTHS: &[u32] = &[63, 64, 65, 127, 128, 129, 200, 255, 256, 300];

/// Longest word of the module that is taken.
const LONGEST: usize = 64;
/// Most of them.
const MOST_WORDS: usize = 600;

impl Vocabulary {
    /// The usual words, and those of a module.
    pub(crate) fn of(wasm: &[u8]) -> Self {
        let (mut words, mut numbers) = (BTreeSet::new(), BTreeSet::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload {
                Ok(Payload::DataSection(section)) => {
                    for data in section.into_iter().filter_map(Result::ok) {
                        in_data(data.data, &mut words);
                    }
                }
                Ok(Payload::CodeSectionEntry(body)) => {
                    let Ok(operators) = body.get_operators_reader() else { continue };
                    in_code(operators.into_iter().map_while(Result::ok), &mut words, &mut numbers);
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        Self { words: words.into_iter().take(MOST_WORDS).collect(), numbers: numbers.into_iter().collect() }
    }

    /// Any word: one of the usual, one of the module, or a long one.
    pub(crate) fn word(&self, numbers: &mut Numbers) -> String {
        match numbers.below(16) {
            0 => "abcdefghij".repeat(31)[..LENGTHS[numbers.below(LENGTHS.len())] as usize].to_owned(),
            1 => "é".repeat(LENGTHS[numbers.below(LENGTHS.len())] as usize / 2),
            2..=8 if !self.words.is_empty() => self.words[numbers.below(self.words.len())].clone(),
            9 => format!("{} {}", USUAL[numbers.below(USUAL.len())], USUAL[numbers.below(USUAL.len())]),
            _ => USUAL[numbers.below(USUAL.len())].to_owned(),
        }
    }

    /// Numbers with which the module compares something, up to one.
    pub(crate) fn numbers(&self, most: u32) -> impl Iterator<Item = u32> {
        self.numbers.iter().copied().filter(move |number| (1..=most).contains(number))
    }
}

/// Runs of printable bytes, and the parts of them between spaces.
fn in_data(data: &[u8], words: &mut BTreeSet<String>) {
    for run in data.split(|byte| !(0x20..0x7f).contains(byte)).filter(|run| run.len() > 1) {
        let text = String::from_utf8_lossy(run).into_owned();
        if run.len() <= LONGEST {
            words.insert(text.clone());
        }
        let parts = text.split(|char: char| !char.is_ascii_alphanumeric() && !"_-./:@".contains(char));
        words.extend(parts.filter(|part| (2..=LONGEST / 2).contains(&part.len())).map(str::to_owned));
    }
}

/// Constants that are compared with something: as numbers, and as bytes of text.
fn in_code<'a>(
    operators: impl Iterator<Item = Operator<'a>>,
    words: &mut BTreeSet<String>,
    numbers: &mut BTreeSet<u32>,
) {
    use Operator::{
        I32And, I32Const, I32Eq, I32GeS, I32GeU, I32GtS, I32GtU, I32LeS, I32LeU, I32LtS, I32LtU, I32Ne, I32RemU,
        I64Const, I64Eq, I64GeU, I64GtU, I64LeU, I64LtU, I64Ne,
    };
    let mut last: Option<i64> = None;
    for operator in operators {
        match operator {
            I32Const { value } => last = Some(i64::from(value)),
            I64Const { value } => last = Some(value),
            I32Eq | I32Ne | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU | I32GeS | I32GeU | I32RemU | I64Eq
            | I64Ne | I64LtU | I64GtU | I64LeU | I64GeU | I32And => {
                let Some(value) = last.take() else { continue };
                if let Ok(value) = u32::try_from(value) {
                    numbers.extend([value.saturating_sub(1), value, value.saturating_add(1)]);
                }
                let bytes = value.to_le_bytes();
                let text: Vec<u8> = bytes.into_iter().take_while(|byte| (0x21..0x7f).contains(byte)).collect();
                if text.len() > 1 && bytes[text.len()..].iter().all(|byte| *byte == 0) {
                    words.insert(String::from_utf8_lossy(&text).into_owned());
                }
            }
            // What is put on the stack in between stands beside the constant.
            Operator::LocalGet { .. }
            | Operator::GlobalGet { .. }
            | Operator::I32Load8U { .. }
            | Operator::I32Load16U { .. }
            | Operator::I32Load { .. }
            | Operator::I64Load { .. } => {}
            _ => last = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_data_and_of_code() {
        let wasm = wat::parse_str(
            r#"(module (memory 1) (data (i32.const 0) "\00go_prefix\00a label: //x:y\ff")
            (func (param i32) (result i32) (i32.eq (i32.const 0x66666f) (local.get 0)))
            (func (param i32) (result i32) (i32.gt_u (local.get 0) (i32.const 300))))"#,
        )
        .unwrap();
        let vocabulary = Vocabulary::of(&wasm);
        for word in ["go_prefix", "a label: //x:y", "label:", "//x:y", "off"] {
            assert!(vocabulary.words.iter().any(|known| known == word), "{word}: {:?}", vocabulary.words);
        }
        assert_eq!(vocabulary.numbers(1_000).collect::<Vec<_>>(), [299, 300, 301]);
    }
}
