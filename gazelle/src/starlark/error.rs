//! Where is a text no Starlark?

/// How much of a line is shown.
const SHOWN_CHARS: usize = 40;

/// A place where a text stops being Starlark.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {fault}")]
pub(crate) struct SyntaxError {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) fault: String,
}

impl SyntaxError {
    pub(super) fn at(text: &str, byte: usize, fault: String) -> Self {
        let before = &text.as_bytes()[..byte.min(text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        Self { line, column: before.len() - line_start + 1, fault }
    }

    /// The run has to end. Nobody sees this, since nothing else is said of such a run.
    pub(super) fn stopped() -> Self {
        Self { line: 1, column: 1, fault: "the run was ended before all was read".into() }
    }

    /// What stands here can't stand here.
    pub(super) fn makes_no_sense(text: &str, byte: usize) -> Self {
        let line = text.get(byte..).unwrap_or_default().lines().next().unwrap_or_default();
        let shown: String = line.chars().take(SHOWN_CHARS).collect();
        let fault = match shown.trim_end() {
            "" => "the file ends too early".into(),
            shown => format!("cannot make sense of `{shown}`"),
        };
        Self::at(text, byte, fault)
    }
}
