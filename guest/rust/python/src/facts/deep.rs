//! What does a file say that is too deep for the parser?
//!
//! The parser calls itself for each bracket and block within another, and a chain of operators is as deep when it is thrown
//! away. A guest has no stack to grow, so such a file must not reach it: the calls would end the whole directory. Files of
//! people have some twenty levels; those of programs may have any number.

use super::{Facts, Problem, parsed_facts};
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Levels within each other that the parser may be given. Hosts have room for twice as many in a thousand calls.
const LEVELS: u32 = 120;
/// Operators, attributes and calls in a row, likewise.
const CHAIN: u32 = 350;
/// Lines of an import that are looked at.
const LINES: usize = 5_000;

/// Whether a file may be too deep.
pub(super) fn is_deep(text: &str) -> bool {
    may_be_deep(text) && tokens_are_deep(text)
}

/// A look at the bytes, which costs little, and takes too many files for deep.
fn may_be_deep(text: &str) -> bool {
    let (mut open, mut row, mut indent, mut begins) = (0_u32, 0_u32, 0_u32, true);
    for byte in text.bytes() {
        match byte {
            b'\n' => {
                (indent, begins) = (0, true);
                if open == 0 {
                    row = 0;
                }
                continue;
            }
            b' ' | b'\t' if begins => {
                indent += 1;
                if indent > LEVELS {
                    return true;
                }
                continue;
            }
            b'(' | b'[' | b'{' => (open, row) = (open + 1, row + 1),
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            b',' | b';' => row = 0,
            b' ' | b'+' | b'-' | b'*' | b'/' | b'%' | b'|' | b'&' | b'^' | b'~' | b'.' | b'<' | b'>' | b'@' | b':' => {
                row += 1;
            }
            _ => {}
        }
        begins = false;
        if open > LEVELS || row > LEVELS {
            return true;
        }
    }
    false
}

/// A level of brackets or of a formatted string, and what is within it up to here.
#[derive(Default)]
struct Level {
    /// Operators in front of an operand, each of which is a level of its own.
    prefixes: u32,
    /// Operators between operands, attributes and calls.
    chain: u32,
}

fn tokens_are_deep(text: &str) -> bool {
    let mut lexer = lexer::lex(text, Mode::Module);
    let (mut levels, mut blocks, mut depth) = (vec![Level::default()], 0_u32, 0_u32);
    // Whether an operand has just ended.
    let mut operand = false;
    loop {
        let kind = lexer.next_token();
        // Alone, without its parser, the lexer may go on counting brackets that a formatted string has closed.
        if kind == TokenKind::NonLogicalNewline && levels.len() == 1 {
            (levels, depth) = (vec![Level::default()], 0);
        }
        let Some(level) = levels.last_mut() else { return true };
        let ends_operand = matches!(
            kind,
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::Ellipsis
                | TokenKind::True
                | TokenKind::False
                | TokenKind::None
                | TokenKind::Rpar
                | TokenKind::Rsqb
                | TokenKind::Rbrace
                | TokenKind::FStringEnd
                | TokenKind::TStringEnd
        ) || kind.is_soft_keyword();
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Comment | TokenKind::NonLogicalNewline => continue,
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Newline => (levels, depth) = (vec![Level::default()], 0),
            TokenKind::Comma | TokenKind::Semi => {
                depth -= level.prefixes;
                *level = Level::default();
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                level.chain += 1;
                // A formatted string has an expression in braces in it.
                levels.push(Level::default());
                depth += 1;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                depth = depth.saturating_sub(1 + level.prefixes);
                levels.pop();
                // One too many is an error, and no reason to end.
                if levels.is_empty() {
                    levels.push(Level::default());
                }
            }
            TokenKind::Not | TokenKind::Lambda | TokenKind::Else | TokenKind::DoubleStar | TokenKind::Await => {
                level.prefixes += 1;
                depth += 1;
            }
            TokenKind::Minus | TokenKind::Plus | TokenKind::Tilde | TokenKind::Star if !operand => {
                level.prefixes += 1;
                depth += 1;
            }
            // Comparisons, assignments, `and` and `or` are lists.
            TokenKind::Dot | TokenKind::Percent => level.chain += 1,
            _ if kind.is_arithmetic() || kind.is_bitwise_or_shift() => level.chain += 1,
            _ => {}
        }
        operand = ends_operand;
        let chain = levels.last().map_or(0, |level| level.chain);
        if depth + blocks > LEVELS || chain > CHAIN {
            return true;
        }
    }
}

/// Reads the imports and annotations of a file, each for itself.
pub(super) fn facts(text: &str) -> Facts {
    let mut all = Facts { problems: vec![Problem::Deep], ..Facts::default() };
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let start = at;
        at += 1;
        let code = line.trim_start();
        let mut part = if code.starts_with("import ") || code.starts_with("from ") {
            code.to_owned()
        } else if let Some((_, annotation)) =
            code.split_once("gazelle:").filter(|(before, _)| before.trim_start_matches(['#', ' ']).is_empty())
        {
            format!("# gazelle:{annotation}")
        } else if line.starts_with("if ") && line.contains("__main__") {
            format!("{line}\n pass")
        } else {
            continue;
        };
        while (is_open(&part) || part.ends_with('\\')) && at < lines.len().min(start + LINES) {
            part.push('\n');
            part.push_str(lines[at]);
            at += 1;
        }
        part.push('\n');
        if may_be_deep(&part) {
            continue;
        }
        let facts = parsed_facts(&part);
        // Of prose that begins like an import nothing is taken.
        if facts.problems.iter().any(|problem| matches!(problem, Problem::Syntax { .. })) {
            at = start + 1;
            continue;
        }
        let before = u32::try_from(start).unwrap_or(u32::MAX);
        all.imports.extend(facts.imports.into_iter().map(|mut import| {
            import.line = import.line.saturating_add(before);
            import
        }));
        all.ignore.extend(facts.ignore);
        all.include_deps.extend(facts.include_deps);
        all.include_conftest = facts.include_conftest.or(all.include_conftest);
        all.is_program |= facts.is_program;
        all.problems.extend(facts.problems.into_iter().map(|problem| match problem {
            Problem::NoValue { comment, line } => Problem::NoValue { comment, line: line.saturating_add(before) },
            Problem::NoBool { value, comment, line } => {
                Problem::NoBool { value, comment, line: line.saturating_add(before) }
            }
            other => other,
        }));
    }
    all
}

/// Whether the brackets of an import are open. It has one pair at most, and comments within.
fn is_open(part: &str) -> bool {
    let code = part.lines().map(|line| line.split('#').next().unwrap_or_default());
    let count = |bracket| code.clone().map(|line| line.matches(bracket).count()).sum::<usize>();
    count('(') > count(')')
}

#[cfg(test)]
mod tests {
    use super::{super::facts as facts_of, *};

    #[test]
    fn deep_files_and_others() {
        let nested =
            |open: &str, close: &str, times: usize| format!("x = {}1{}\n", open.repeat(times), close.repeat(times));
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{1:", "}"),
            ("f(", ")"),
            ("not ", ""),
            ("- ", ""),
            ("lambda: ", ""),
            ("1 if a else ", ""),
            ("1 ** ", ""),
            ("f'{", "}'"),
        ] {
            assert!(!is_deep(&nested(open, close, 30)), "{open}");
            assert!(is_deep(&nested(open, close, 150)), "{open}");
        }
        assert!(is_deep(&nested("1 + ", "", 400)));
        assert!(is_deep(&format!("x = a{}\n", ".b()".repeat(400))));
        let blocks: Vec<String> = (0..150).map(|level| " ".repeat(level) + "if x:").collect();
        assert!(is_deep(&blocks.join("\n")));
        // Long, and not deep.
        assert!(!is_deep(&format!("x = [{}]\n", "(1, 'a b c'), ".repeat(5000))));
        assert!(!is_deep(&format!("'''{}'''\n", "prose without an end ".repeat(500))));
        assert!(!is_deep(&format!("if x:\n    pass\n{}", "elif y:\n    pass\n".repeat(1000))));
        assert!(!is_deep(&"a.b(c)\n".repeat(5000)));
        assert!(!is_deep(&format!("{}1\n", "a = ".repeat(1000))));
    }

    #[test]
    fn what_a_deep_file_says() {
        let text = format!(
            "import a\ndef f():\n    from b import (  # ,\n        c,\n        d as e)\nx = {}1{}\nfrom prose that goes on\n\
             # gazelle:ignore z\nimport g, h\nif __name__ == '__main__':\n    pass\n",
            "(".repeat(200),
            ")".repeat(200)
        );
        let facts = facts_of(text.as_bytes());
        let imports: Vec<_> = facts.imports.iter().map(|import| (&*import.name, import.line)).collect();
        assert_eq!(imports, [("a", 1), ("b.c", 4), ("b.d", 5), ("g", 9), ("h", 9)]);
        assert_eq!((facts.ignore, facts.is_program, facts.problems), (vec!["z".into()], true, vec![Problem::Deep]));
    }
}
