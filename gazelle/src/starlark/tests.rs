//! Is exactly that read which Gazelle and Bazel read, and in time that grows with the text?

use super::{Syntax, expression_names, read};
use proptest::prelude::*;

/// See `gazelle/tests/oracle.d/dialect`: the texts, and what Gazelle's own reader says of them.
const TABLE: &str = include_str!("../../tests/oracle.d/dialect/table");

/// A text in Go's quotes.
fn unquoted(quoted: &str) -> String {
    let mut text = String::new();
    let mut chars = quoted[1..quoted.len() - 1].chars();
    while let Some(char) = chars.next() {
        let digits = match (char, if char == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => Ok('\n'),
            (_, Some('r')) => Ok('\r'),
            (_, Some('t')) => Ok('\t'),
            (_, Some('x')) => Err(2),
            (_, Some('u')) => Err(4),
            (_, Some('U')) => Err(8),
            (_, Some(other)) | (other, None) => Ok(other),
        };
        text.push(digits.unwrap_or_else(|digits| {
            let digits: String = chars.by_ref().take(digits).collect();
            char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
        }));
    }
    text
}

#[test]
fn what_gazelle_reads_is_read() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let line = line.strip_prefix("but-gazelle ").unwrap_or(line);
        let [as_file, as_raw, quoted] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let text = unquoted(quoted);
        let file = read(&text);
        if file.is_ok() != (as_file == "read") {
            wrong.push(format!("{line}: {:?}", file.err()));
        }
        let raw = expression_names(&text);
        if as_raw != "-" && raw.is_ok() != (as_raw == "raw") {
            wrong.push(format!("{line}: as an expression {raw:?}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 700, "{count}");
}

/// Texts of some size, each of one kind.
fn shapes(size: usize) -> Vec<(&'static str, String)> {
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(size), close.repeat(size));
    vec![
        ("lines that go on", format!("a = 1{}\n", " \\\n".repeat(size))),
        ("lines that go on and on", "\\\n".repeat(size)),
        ("lines that go on with carriage returns", format!("a = 1{}\n", " \\\r\n".repeat(size))),
        ("lines that go on within a string", format!("a = \"{}\"\n", "\\\n".repeat(size))),
        ("blanks", " ".repeat(size)),
        ("blanks behind", format!("a{}\n", " ".repeat(size))),
        ("tabs", "\t".repeat(size)),
        ("empty lines", "\n".repeat(size)),
        ("carriage returns", "\r\n".repeat(size)),
        ("comments", "#\n".repeat(size)),
        ("comments in a list", format!("a = [{}]", "#\n".repeat(size))),
        ("comments behind a sum", format!("f(a = (1 {} 1))", "+ #c\n 1 ".repeat(size) + "+")),
        ("comments behind items", format!("f(a = [{}])", "1, # c\n".repeat(size))),
        ("a long comment", format!("#{}", "a".repeat(size))),
        ("form feeds", "\u{c}".repeat(size)),
        ("a string without an end", format!("\"{}", "a".repeat(size))),
        ("strings without an end", "\"\n".repeat(size)),
        ("a long string without an end", format!("\"\"\"{}", "\"\" \n".repeat(size))),
        ("strings side by side", "\"a\"".repeat(size)),
        ("names side by side", "a ".repeat(size)),
        ("brackets", nested("(", ")")),
        ("lists", nested("[", "]")),
        ("dicts", nested("{1: ", "}")),
        ("calls", nested("f(", ")")),
        ("calls with names", nested("f(a = ", ")")),
        ("indices", nested("a[", "]")),
        ("comprehensions", format!("{}a{}", "[".repeat(size), " for b in c]".repeat(size))),
        ("signs", nested("-", "")),
        ("negations", nested("not ", "")),
        ("functions", nested("lambda: ", "")),
        ("conditions", nested("a if b else ", "")),
        ("conditions of conditions", format!("{}1{}", "a if ".repeat(size), " else 1".repeat(size))),
        ("open brackets", "(".repeat(size)),
        ("open brackets of all kinds", "([{".repeat(size)),
        ("closed brackets", ")".repeat(size)),
        ("calls of calls", format!("f{}", "()".repeat(size))),
        ("dots", format!("a{}", ".a".repeat(size))),
        ("sums", format!("1{}", " + 1".repeat(size))),
        ("sums in a call", format!("f(a = 1{})", " + 1".repeat(size))),
        ("products of sums", format!("1{}", " * 1 + 1".repeat(size))),
        ("comparisons", format!("a{}", " < a".repeat(size))),
        ("items", format!("[{}]", "1,".repeat(size))),
        ("commas", format!("[1{}]", ",".repeat(size))),
        ("arguments", format!("f({})", "a = 1,".repeat(size))),
        ("statements", "a()\n".repeat(size)),
        ("statements on a line", "a();".repeat(size)),
        ("blocks", (0..size.min(1_000)).flat_map(|depth| [" ".repeat(depth), "if a:\n".into()]).collect()),
        ("alternatives", format!("if a: b\n{}", "elif a: b\n".repeat(size))),
        ("numbers", format!("1{}", "e+".repeat(size))),
        ("escapes", format!("\"{}\"", "\\n".repeat(size))),
        ("clauses", format!("[a for b in c{}]", " if d".repeat(size))),
        ("slices", format!("a{}", "[::]".repeat(size))),
        ("loads", "load('a', 'b')\n".repeat(size)),
    ]
}

#[test]
fn the_work_grows_with_the_text() {
    for (name, text) in shapes(20_000) {
        if let Ok(syntax) = Syntax::parse(&text) {
            // Bytes, tokens and what is open: each is looked at a few times.
            assert!(syntax.steps <= 8 * text.len() + 100, "{name}: {} for {}", syntax.steps, text.len());
            assert!(syntax.entries.len() <= 2 * text.len() + 10, "{name}");
        }
    }
}

#[test]
fn nothing_fills_the_stack() {
    for (name, text) in shapes(100_000) {
        let _ = read(&text).map(drop);
        let _ = expression_names(&text).map(drop);
        let _ = name;
    }
}

#[test]
fn what_is_refused_is_refused_where_it_begins() {
    // The rest of the text is not looked at.
    for end in ["\"a\"", "a ", ") ", "= ", "\u{c}"] {
        let text = format!("a = 1\nb = \"a\"{}", end.repeat(100_000));
        let error = Syntax::parse(&text).unwrap_err();
        assert_eq!((error.line, error.fault.len() < 100), (2, true), "{error}");
    }
}

#[test]
fn a_text_has_a_bound() {
    let text = " ".repeat(super::syntax::MAX_TEXT_BYTES + 1);
    let message = "line 1, column 1: it has 67108865 bytes; a text may have 67108864";
    assert_eq!(Syntax::parse(&text).unwrap_err().to_string(), message);
    let deep = "(".repeat(1_000_001);
    let message = "line 1, column 1000000: it is nested more than 1000000 deep";
    assert_eq!(Syntax::parse(&deep).unwrap_err().to_string(), message);
    let long = format!("\"{}\"", "a".repeat(1 << 20));
    assert_eq!(expression_names(&long).unwrap_err(), "it has 1048578 bytes; an expression may have 1048576");
}

#[test]
fn calls_have_names_and_arguments() {
    let text = "# c\nmodule(name = 'm') # tail\n[1]\nx = f()\next.tag('a', [\n 'b', # keep\n c, r'd\\n'], n = 1)\n";
    let syntax = Syntax::parse(text).unwrap();
    let calls = syntax.calls();
    assert_eq!(calls.iter().map(|call| call.name).collect::<Vec<_>>(), ["module", "ext.tag"]);
    assert_eq!(calls[0].string("name").as_deref(), Some("m"));
    assert_eq!(calls[1].arguments[0].string().as_deref(), Some("a"));
    assert_eq!(calls[1].arguments[1].strings().unwrap(), ["b", "d\\n"]);
    assert_eq!(calls[1].string("n"), None);
}

#[test]
fn an_error_has_line_and_column() {
    for (text, message) in [
        ("a()\nb(\n", "line 2, column 1: cannot make sense of `b(`"),
        ("a = = b\n", "line 1, column 5: cannot make sense of `= b`"),
        ("a()\n\\\09\n", "line 2, column 1: cannot make sense of `\\\09`"),
        ("a()\nb()\\", "line 2, column 4: the file ends too early"),
        ("a() \\\n\\", "line 2, column 1: the file ends too early"),
        ("a =\nb()\n", "line 1, column 4: the line ends too early"),
        ("x = \"a\n", "line 1, column 5: a string has no end on its line"),
        ("a()\nx = '''a\n", "line 2, column 5: a string has no end"),
        ("x = \"a\\777\"\n", "line 1, column 7: the escape that begins with `\\777` means nothing"),
        ("x = {1, 2}\n", "line 1, column 5: Bazel knows no sets in braces"),
        ("a()\n  b()\n", "line 2, column 3: cannot make sense of `b()`"),
        ("if a:\n    b\n  c\n", "line 3, column 3: cannot make sense of `c`"),
        ("def f():\n", "line 1, column 9: the file ends too early"),
        ("a(b c)\n", "line 1, column 5: cannot make sense of `c)`"),
    ] {
        assert_eq!(Syntax::parse(text).unwrap_err().to_string(), message, "{text:?}");
    }
}

#[test]
fn a_comment_may_end_in_a_backslash() {
    assert!(Syntax::parse("a() # b\\").is_ok());
    assert!(Syntax::parse("a() \\\n").is_ok());
}

#[test]
fn names_in_an_expression() {
    assert_eq!(expression_names("[f(x, y = z.w) for i in \"j\"]").unwrap(), ["f", "x", "z", "i"]);
    assert_eq!(expression_names("{\"a\": B}\n").unwrap(), ["B"]);
    assert_eq!(expression_names(" a +\n  b ").unwrap(), ["a", "b"]);
}

#[test]
fn what_is_not_an_expression() {
    for text in ["", " ", "a, b", "a = 1", "a; b", "a # c", "# c", "a\nb", "def f():\n  pass\n", "a,", "a)", "pass"] {
        assert!(expression_names(text).is_err(), "{text}");
    }
    for text in ["*b", "a := 1", "f\"\"", "a <> b", "a @ b", "`a`", "...", "{1, 2}", "lambda: 1", "f(*a)", "a is b"] {
        assert!(expression_names(text).is_err(), "{text}");
    }
}

#[test]
fn an_expression_steers_no_terminal() {
    for char in
        "\0\u{1}\u{7}\u{8}\u{b}\u{c}\r\u{1b}\u{1f}\u{7f}\u{80}\u{85}\u{9b}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\
                 \u{2028}\u{2029}\u{2066}\u{2069}\u{feff}\u{e0041}"
            .chars()
    {
        for text in [format!("\"{char}\""), format!("[\n# {char}\na]"), format!("a {char}+ b"), format!("r'{char}'")] {
            let fault = expression_names(&text).unwrap_err();
            assert_eq!(fault, format!("it has the control character {}", char.escape_unicode()));
        }
    }
    assert!(expression_names("[\n\t\"größer\", # ä\n\t\"\"\"a\n\tb\"\"\"]").is_ok());
}

proptest! {
    #[test]
    fn identifiers_are_names(text in "[a-z]{1,5}|[a-zA-Z0-9_]{1,8}|or|in|is|as|del|if") {
        prop_assume!(!text.starts_with(|char: char| char.is_ascii_digit()));
        prop_assert_eq!(super::is_identifier(&text), expression_names(&text).is_ok_and(|names| names == [&text]));
    }

    #[test]
    fn reading_never_panics(text in "(?s).{0,60}|[\\[\\](){}'\"#=,a\n \\\\:+r]{0,60}|(a|\\(|\\)|\\[|\\]|if |else |for |in |lambda |not |:|,|=|\\*|\\.|1|\n| |\\{|\\}|-|\"b\"){0,30}") {
        let _ = expression_names(&text);
        if let Ok(syntax) = Syntax::parse(&text) {
            prop_assert!(syntax.steps <= 8 * text.len() + 100);
            for call in syntax.calls() {
                let _ = call.string("a");
            }
            for entry in &syntax.entries {
                prop_assert!(entry.start < entry.end && text.is_char_boundary(entry.start as usize));
                prop_assert!(text.is_char_boundary(entry.end as usize));
            }
        }
    }

    #[test]
    fn an_expression_for_bazel_is_one_for_gazelle(text in "(a|\\(|\\)|\\[|\\]|if |else |for |in |not |:|,|=|\\.|1|\n| |\\{|\\}|-|\"b\"|<|\\+){1,14}") {
        if expression_names(&text).is_ok() {
            let value = format!("f(x = {})", text.trim_matches([' ', '\t', '\n']));
            let lines = read(&value);
            prop_assert!(lines.is_ok_and(|lines| lines.len() == 1), "{value}");
        }
    }
}

#[test]
fn reading_is_stopped_in_the_middle() {
    let run = dorcas_host::Run::new();
    crate::stop::Stop::new(vec![run.clone()]).enter();
    let texts =
        [format!("x(\"{}\")\n", "a".repeat(3 << 20)), format!("x({})\n", "a, ".repeat(10_000)), "x()\n".repeat(9)];
    assert!(texts.iter().all(|text| read(text).is_ok()));
    run.interrupt();
    for text in texts {
        assert_eq!(read(&text).unwrap_err().fault, "the run was ended before all was read");
    }
}
