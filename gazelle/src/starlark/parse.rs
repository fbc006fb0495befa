//! What does a Starlark file say?
//!
//! The grammar is tree-sitter's. It keeps byte positions and comments, takes the dialects of BUILD, MODULE.bazel and
//! .bzl files alike, and neither recurses on the stack nor panics, whatever it is given.

use super::quote::unquote;
use std::{collections::HashSet, ops::Range, sync::LazyLock};
use tree_sitter::{Language, Node, Parser, Tree};

/// A file that was read.
pub(crate) struct Syntax<'a> {
    text: &'a str,
    tree: Tree,
}

/// A place where a file stops being Starlark.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {fault}")]
pub(crate) struct SyntaxError {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) fault: String,
}

impl SyntaxError {
    fn at(text: &str, byte: usize, fault: String) -> Self {
        let before = &text[..byte];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        Self { line, column: byte - line_start + 1, fault }
    }
}

/// A call that is a statement of its own at the top of a file.
pub(crate) struct CallStatement<'a> {
    /// What is called, `bazel_dep` or `ext.tag`.
    pub(crate) name: &'a str,
    pub(crate) arguments: Vec<Argument<'a>>,
}

/// An argument in such a call.
pub(crate) struct Argument<'a> {
    pub(crate) name: Option<&'a str>,
    node: Node<'a>,
    text: &'a str,
}

impl<'a> Syntax<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, SyntaxError> {
        // The grammar's sign for the end of a text. Within one it ends comments, and goes on with a line behind a backslash.
        if let Some(at) = text.find('\0') {
            return Err(SyntaxError::at(text, at, "a file has no NUL character in it".into()));
        }
        let unavailable = |fault: &str| SyntaxError { line: 1, column: 1, fault: fault.into() };
        let mut parser = Parser::new();
        parser
            .set_language(&tree_sitter_starlark::LANGUAGE.into())
            .map_err(|_| unavailable("the grammar has another version than its reader"))?;
        let tree = parser.parse(text, None).ok_or_else(|| unavailable("the reader gave up"))?;
        if tree.root_node().has_error() {
            return Err(first_error(&tree, text));
        }
        // To the grammar, a line may go on behind the last one.
        let last = tree.root_node().descendant_for_byte_range(text.len().saturating_sub(1), text.len());
        if text.ends_with('\\') && last.is_none_or(|node| node.kind() != "comment") {
            return Err(SyntaxError::at(text, text.len() - 1, "the file ends too early".into()));
        }
        Ok(Self { text, tree })
    }

    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// The calls at the top of the file, in order.
    pub(crate) fn calls(&'a self) -> Vec<CallStatement<'a>> {
        let root = self.tree.root_node();
        let mut cursor = root.walk();
        let statements: Vec<_> = root.named_children(&mut cursor).collect();
        statements
            .into_iter()
            .filter(|statement| statement.kind() == "expression_statement")
            .filter_map(|statement| statement.named_child(0))
            .filter(|call| call.kind() == "call")
            .filter_map(|call| self.call(call))
            .collect()
    }

    fn call(&'a self, call: Node<'a>) -> Option<CallStatement<'a>> {
        let name = call.child_by_field_name("function")?;
        let list = call.child_by_field_name("arguments")?;
        let mut cursor = list.walk();
        let arguments = list
            .named_children(&mut cursor)
            .filter(|argument| argument.kind() != "comment")
            .filter_map(|argument| {
                if argument.kind() == "keyword_argument" {
                    let name = argument.child_by_field_name("name")?;
                    let node = argument.child_by_field_name("value")?;
                    return Some(Argument { name: Some(&self.text[name.byte_range()]), node, text: self.text });
                }
                Some(Argument { name: None, node: argument, text: self.text })
            })
            .collect();
        Some(CallStatement { name: &self.text[name.byte_range()], arguments })
    }
}

impl CallStatement<'_> {
    /// The string that a named argument is.
    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.arguments.iter().find(|argument| argument.name == Some(name))?.string()
    }
}

impl Argument<'_> {
    /// The value, where it is a string literal.
    pub(crate) fn string(&self) -> Option<String> {
        string(self.node, self.text)
    }

    /// The string literals in the value, where it is a list.
    pub(crate) fn strings(&self) -> Option<Vec<String>> {
        if self.node.kind() != "list" {
            return None;
        }
        let mut cursor = self.node.walk();
        Some(self.node.named_children(&mut cursor).filter_map(|item| string(item, self.text)).collect())
    }
}

fn string(node: Node<'_>, text: &str) -> Option<String> {
    if node.kind() == "string" { unquote(&text[node.byte_range()]) } else { None }
}

/// Whether a text is an identifier, and not a word of the language.
pub(crate) fn is_identifier(text: &str) -> bool {
    let is_start = |char: char| char.is_ascii_alphabetic() || char == '_';
    text.starts_with(is_start)
        && text.chars().all(|char| is_start(char) || char.is_ascii_digit())
        // A word of the language as an expression has no names in it, or is none.
        && (!WORDS.contains(text) || expression_names(text).is_ok_and(|names| names == [text]))
}

/// All texts of which the grammar makes something of its own; some of them are identifiers where they stand alone.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let language = Language::from(tree_sitter_starlark::LANGUAGE);
    let kinds = 0..u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
    let words = kinds.filter(|id| !language.node_kind_is_named(*id)).filter_map(|id| language.node_kind_for_id(id));
    // These are texts of kinds that have a name.
    words.chain(["True", "False", "None"]).collect()
});

/// The names that one expression mentions; an error where the text is anything but one expression that can stand
/// as the value of an attribute.
pub(crate) fn expression_names(text: &str) -> Result<Vec<&str>, String> {
    let syntax = Syntax::parse(text).map_err(|error| error.to_string())?;
    let root = syntax.tree.root_node();
    let (Some(statement), 1) = (root.named_child(0), root.named_child_count()) else {
        return Err("it is not one expression".into());
    };
    let value = statement.named_child(0);
    let one = statement.kind() == "expression_statement" && statement.named_child_count() == 1;
    let Some(value) = value.filter(|value| one && !matches!(value.kind(), "assignment" | "augmented_assignment"))
    else {
        return Err("it is not one expression".into());
    };
    // What stands outside the expression, a comma or a semicolon for one, would get into the attributes.
    let Range { start, end } = value.byte_range();
    if !text[..start].trim().is_empty() || !text[end..].trim().is_empty() {
        return Err("something follows the expression".into());
    }
    Ok(names(value, text))
}

/// The names that a part of a file mentions; not the names of arguments and attributes.
pub(super) fn names<'a>(node: Node<'_>, text: &'a str) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut cursor = node.walk();
    loop {
        // What a node is to its parent is the cursor's to know: a node would look for its parent from the root down.
        let role = cursor.field_name();
        let node = cursor.node();
        if node.kind() == "identifier" && !matches!(role, Some("name" | "attribute")) {
            names.push(&text[node.byte_range()]);
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return names;
            }
        }
    }
}

fn first_error(tree: &Tree, text: &str) -> SyntaxError {
    let mut cursor = tree.walk();
    // The first child that has an error in it, as deep as they go.
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() || !cursor.goto_first_child() {
            break;
        }
        while !cursor.node().has_error() && cursor.goto_next_sibling() {}
    }
    let node = cursor.node();
    let position = node.start_position();
    let fault = if node.is_missing() {
        format!("`{}` is missing", node.kind())
    } else {
        let line = text[node.start_byte()..].lines().next().unwrap_or_default();
        match line.chars().take(40).collect::<String>().trim_end() {
            "" => "the file ends too early".into(),
            line => format!("cannot make sense of `{line}`"),
        }
    };
    SyntaxError { line: position.row + 1, column: position.column + 1, fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            ("a()\n\\\09\n", "line 2, column 2: a file has no NUL character in it"),
            ("# a\0b()\n", "line 1, column 4: a file has no NUL character in it"),
            ("a()\nb()\\", "line 2, column 4: the file ends too early"),
            ("a() \\\n\\", "line 2, column 1: the file ends too early"),
        ] {
            assert_eq!(Syntax::parse(text).err().unwrap().to_string(), message);
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
    }

    #[test]
    fn what_is_not_an_expression() {
        for text in ["", "a, b", "a = 1", "a; b", "a # c", "# c", "a\nb", "def f():\n  pass\n", "a,", "a)", "pass"] {
            assert!(expression_names(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words_of_the_language_are_no_identifiers() {
        for word in ["for", "if", "not", "lambda", "True", "None", "pass", "load x", "1a", "a-b", "", "a."] {
            assert!(!is_identifier(word), "{word}");
        }
        for name in ["name", "srcs", "_", "a1", "fortune", "true", "none"] {
            assert!(is_identifier(name), "{name}");
        }
        for word in WORDS.iter().filter(|word| word.chars().all(|char| char.is_ascii_alphabetic())) {
            let is_name = expression_names(word).is_ok_and(|names| names == [*word]);
            assert_eq!(is_identifier(word), is_name, "{word}");
        }
    }

    #[test]
    fn depth_is_no_problem() {
        let deep = format!("{}{}", "f(".repeat(20_000), ")".repeat(20_000));
        assert_eq!(expression_names(&deep).unwrap().len(), 20_000);
        assert!(Syntax::parse(&"[".repeat(20_000)).is_err());
    }

    proptest! {
        #[test]
        fn identifiers_are_names(text in "[a-z]{1,5}|[a-zA-Z0-9_]{0,8}") {
            prop_assume!(!text.starts_with(|char: char| char.is_ascii_digit()));
            prop_assert_eq!(is_identifier(&text), expression_names(&text).is_ok_and(|names| names == [&text]));
        }

        #[test]
        fn reading_never_panics(text in "(?s).{0,60}|[\\[\\](){}'\"#=,a\n \\\\:+r]{0,60}") {
            let _ = expression_names(&text);
            if let Ok(syntax) = Syntax::parse(&text) {
                for call in syntax.calls() {
                    let _ = call.string("a");
                }
            }
        }
    }
}
