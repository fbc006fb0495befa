//! A statement as tests see it.

/// A statement of a file as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// Its text, with the comments that belong to it.
    pub text: String,
    /// Its name, if it is a rule; empty where a rule has none.
    pub rule: Option<String>,
    /// Whether it is a load statement.
    pub is_load: bool,
}
