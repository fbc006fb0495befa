//! What can go wrong, by who can do something about it.

use crate::label::NotALabel;
use dorcas_abi::{
    clause::{self, Clause},
    message::error_code,
};
use dorcas_host::{CallError, printable, printable_path};
use std::{borrow::Cow, error::Error, fmt, io, path::PathBuf};

/// Nothing was run: what the run was told to do can't be done. For whoever started it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// There is no such repository.
    #[error("repository {} does not exist", printable_path(path))]
    NoRepository {
        /// The path that was given.
        path: PathBuf,
    },
    /// The repository isn't a directory.
    #[error("repository {} is a file, not a directory", printable_path(path))]
    NotADirectory {
        /// The path that was given.
        path: PathBuf,
    },
    /// The repository can't be read.
    #[error("repository {} cannot be read: {cause}", printable_path(path))]
    UnreadableRepository {
        /// The path that was given.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// No directory above is a repository.
    #[error(
        "no repository found: neither {} nor a directory above has a WORKSPACE, MODULE.bazel or REPO.bazel file",
        printable_path(path)
    )]
    RepositoryNotFound {
        /// Where the search began.
        path: PathBuf,
    },
    /// A directory to update can't be used.
    #[error("directory {} cannot be updated: {cause}", printable_path(path))]
    Directory {
        /// The path that was given.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A directory to update isn't in the repository.
    #[error("directory {} is not in repository {}", printable_path(path), printable_path(root))]
    OutsideRepository {
        /// The path that was given.
        path: PathBuf,
        /// The repository.
        root: PathBuf,
    },
    /// A file of the repository that says what holds for all of it can't be understood.
    #[error("{}: {}", printable_path(path), printable(cause, MAX_TEXT_BYTES))]
    RepositoryFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Two languages have one name.
    #[error("two languages are called {name}: a run needs names that differ")]
    SameName {
        /// The name.
        name: String,
    },
    /// A flag that no language has, or a value that it doesn't take.
    #[error("flag {name}: {fault}")]
    Flag {
        /// The flag's name.
        name: String,
        /// What is wrong.
        fault: String,
    },
    /// What an option says makes no sense.
    #[error("{fault}")]
    Option {
        /// What is wrong.
        fault: String,
    },
    /// The run was to be strict, and something is wrong in BUILD files.
    #[error("nothing was done, because the run is strict: {}", faults.join("; "))]
    Strict {
        /// What is wrong, file by file.
        faults: Vec<String>,
    },
    /// What a language asks for in its manifest can't be had.
    #[error("language {language}: {cause}")]
    Manifest {
        /// The language.
        language: String,
        /// What is wrong with the manifest.
        cause: InputError,
    },
    /// The run was interrupted: [`Run::interrupt`](dorcas_host::Run::interrupt).
    #[error("the run was interrupted; nothing was done")]
    Interrupted,
    /// All calls, and the work beside them, have used up the fuel of the run.
    #[error(
        "the languages went over the fuel of the whole run, {limit} (`Run::with_fuel`, --run-fuel); nothing was done"
    )]
    OutOfFuel {
        /// The limit.
        limit: u64,
    },
    /// A language wants the run to end: it answered a call with an error of code 4.
    #[error(
        "language {language} ended the run at {}: {}; nothing was written",
        printable(dir, MAX_TEXT_BYTES),
        printable(message, MAX_TEXT_BYTES)
    )]
    Refused {
        /// The language.
        language: String,
        /// The directory that the call was for, as it is shown.
        dir: String,
        /// What the language says.
        message: String,
    },
    /// A language's `setup` failed, so that nobody knows what it has.
    #[error("language {language}: setup: {cause}; nothing was done")]
    Setup {
        /// The language.
        language: String,
        /// Why.
        cause: String,
    },
    /// Languages have said so much that there is no room to keep it.
    #[error(
        "language {language}: what the run keeps for its languages comes to more than {limit} bytes \
         (`Options::kept_bytes`, --kept-bytes); nothing was done"
    )]
    KeepsTooMuch {
        /// The language with which the limit was passed.
        language: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A language's manifest breaks a clause of the ABI.
    #[error("the manifest of language {language} breaks the ABI: {what}{}", .clause.suffix())]
    Breach {
        /// The language.
        language: String,
        /// The clause of `abi-spec.md`.
        clause: Clause,
        /// What was seen.
        what: String,
    },
    /// The threads can't be started.
    #[error("{threads} threads cannot be started: {cause}")]
    Threads {
        /// How many there should be; 0 for one a processor.
        threads: usize,
        /// What the system says.
        cause: String,
    },
}

/// A directory whose BUILD file was left as it is, or which has none because of this.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The directory, relative to the repository.
    pub dir: String,
    /// The language that it is about, if it is about one.
    pub language: Option<String>,
    /// The method that was called.
    pub method: Option<&'static str>,
    /// What happened.
    pub cause: Cause,
    /// The number of directories below that could not be looked at because of this.
    pub below: usize,
    /// The BUILD files of other directories that are left as they are because they may depend on this one.
    pub left: Vec<String>,
}

/// Why a directory failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// A directory or file can't be read.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// The path, relative to the repository.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// A file that a language wants the content of has none.
    #[error("cannot read {path}: it is not a regular file")]
    NotAFile {
        /// The path, relative to the repository.
        path: String,
    },
    /// A file that says how rules are generated is a link to somewhere else.
    #[error(
        "cannot read {path}: it is a link that leads out of the repository; Dorcas reads and writes nothing out there"
    )]
    LeadsOut {
        /// The path, relative to the repository.
        path: String,
    },
    /// A file is larger than what is read at once.
    #[error("{path} has {size} bytes, the limit for a source file is {limit}")]
    FileTooLarge {
        /// The path, relative to the repository.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A directory's files don't fit into a request.
    #[error(
        "what its files hold comes to {size} bytes at {path}, the limit for a request is {limit}; exclude or split them"
    )]
    DirectoryTooLarge {
        /// The file at which the limit was passed, relative to the repository.
        path: String,
        /// What it came to there.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A directory has too many files, or too many matches in them.
    #[error(
        "{path} is or has item {items} of its directory, the limit for a request is {limit}; exclude or split some"
    )]
    DirectoryTooFull {
        /// The file at which the limit was passed, relative to the repository.
        path: String,
        /// The number of files, matches and groups up to there.
        items: u64,
        /// The limit.
        limit: u64,
    },
    /// An import is too long for a regular expression of `resolve_regexp`.
    #[error(
        "an import has {bytes} bytes, which is too long for a `resolve_regexp` of {positions} positions: one times the other \
         may be 33554432"
    )]
    ImportTooLong {
        /// Bytes of the import.
        bytes: usize,
        /// How large the expression is.
        positions: u64,
    },
    /// The language asks for more work of the host than one of its calls may.
    #[error("{what} takes more work of the host than one call may ask for, {limit} (`Limits::work_per_call`)")]
    TooMuchWork {
        /// The work.
        what: &'static str,
        /// The limit, in units of fuel.
        limit: u64,
    },
    /// The language has said more about one directory than is kept for it.
    #[error(
        "its rules and messages take {size} bytes with those of the languages before, the limit for a directory is {limit} \
         (`Options::directory_bytes`, --directory-bytes)"
    )]
    KeepsTooMuch {
        /// What it comes to.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The run ends before this directory is done. That is the outcome of the run then: [`RunError`].
    #[error("the run ends before this is done")]
    Stopped,
    /// The language wants the run to end.
    #[error("the language ended the run: {}", printable(message, MAX_TEXT_BYTES))]
    Refused {
        /// What it says.
        message: String,
    },
    /// The call failed. From a guest this is a [`dorcas_host::CallError`].
    #[error("{0}")]
    Call(Box<dyn Error + Send + Sync>),
    /// The language answered with something that can't stand in a BUILD file.
    #[error("rule {rule}: {fault}")]
    Rule {
        /// Kind and name.
        rule: String,
        /// What is wrong with it.
        fault: String,
    },
    /// The language names a directory that can't be one of the repository.
    #[error("`rels_to_index`: {fault}{}", clause::GENERATE_RULES_RELS.suffix())]
    RelsToIndex {
        /// What is wrong.
        fault: String,
    },
    /// What the language answered made a request too much for another one, which is not to blame.
    #[error("its answer is {bytes} of the {of} bytes of a request that was too much for another language: {cause}")]
    Burden {
        /// Bytes of its answer.
        bytes: u64,
        /// Bytes of the request.
        of: u64,
        /// What came of the request.
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The language broke a clause of the ABI.
    #[error("it broke the ABI: {what}{}", .clause.suffix())]
    Breach {
        /// The clause of `abi-spec.md`.
        clause: Clause,
        /// What was seen.
        what: String,
    },
    /// The language asks the index the same things again and again.
    #[error("it asked for more in each of {rounds} rounds, and no more are allowed{}", clause::RESOLVE_ROUNDS.suffix())]
    Rounds {
        /// The limit.
        rounds: u32,
    },
    /// The language asks for what it was told.
    #[error("it asked again for {import:?}, which it had been told{}", clause::RESOLVE_NEW_QUERIES.suffix())]
    AskedAgain {
        /// The import.
        import: String,
    },
    /// What holds in the directory can't be known: a directive says how rules are generated, and can't be understood.
    #[error("{path}: {fault}")]
    Directive {
        /// The BUILD file, or the directory, relative to the repository.
        path: String,
        /// What is wrong.
        fault: String,
    },
    /// A BUILD file isn't one.
    #[error("{path}:{line}:{column}: {fault}")]
    BuildFile {
        /// The path, relative to the repository.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The byte of the line, from 1.
        column: usize,
        /// What is wrong.
        fault: String,
    },
    /// A directory needs a BUILD file, and something else has its name.
    #[error(
        "{path} cannot become a BUILD file: there is a directory, or something else that is no BUILD file, of that name; rename it, or say `build_file_name`"
    )]
    NameTaken {
        /// The path, relative to the repository.
        path: String,
    },
    /// A language wants to change something that isn't there, or that must not be changed.
    #[error("edit {number}: {fault}")]
    Edit {
        /// Which of its edits, from 1.
        number: usize,
        /// What is wrong with it.
        fault: String,
    },
}

/// Most BUILD files that are named of those that are left because of a failure.
const MOST_NAMED: usize = 3;

/// Most bytes of a text that names what guests or files say.
pub(crate) const MAX_TEXT_BYTES: usize = 16 << 10;

impl Cause {
    /// What a language says that wants the run to end.
    pub(crate) fn refusal(&self) -> Option<&str> {
        if let Self::Refused { message } = self {
            return Some(message);
        }
        let Self::Call(cause) = self else { return None };
        match cause.downcast_ref()? {
            CallError::Guest { error, .. } if error.code == error_code::STOP => Some(&error.message),
            _ => None,
        }
    }

    /// The same cause for an error of its own.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Read { path, cause } => {
                Self::Read { path: path.clone(), cause: io::Error::new(cause.kind(), cause.to_string()) }
            }
            Self::NotAFile { path } => Self::NotAFile { path: path.clone() },
            Self::LeadsOut { path } => Self::LeadsOut { path: path.clone() },
            Self::FileTooLarge { path, size, limit } => {
                Self::FileTooLarge { path: path.clone(), size: *size, limit: *limit }
            }
            Self::Directive { path, fault } => Self::Directive { path: path.clone(), fault: fault.clone() },
            Self::BuildFile { path, line, column, fault } => {
                Self::BuildFile { path: path.clone(), line: *line, column: *column, fault: fault.clone() }
            }
            other => Self::Call(other.to_string().into()),
        }
    }
}

/// The beginning of a text that may be long, for a message that has more to say.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    const MOST: usize = 100;
    if text.len() <= MOST {
        return text.into();
    }
    let end = (0..=MOST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}...", &text[..end]).into()
}

impl Failure {
    pub(crate) fn of_pipeline(dir: &str, cause: Cause) -> Self {
        Self { dir: dir.into(), language: None, method: None, cause, below: 0, left: Vec::new() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "//{}: ", printable(&self.dir, MAX_TEXT_BYTES))?;
        if let Some(language) = &self.language {
            // An error of a guest's call names guest and method itself.
            if !matches!(&self.cause, Cause::Call(error) if error.is::<CallError>()) {
                write!(f, "language {language}: ")?;
                if let Some(method) = self.method {
                    write!(f, "{method}: ")?;
                }
            }
        }
        // Names and texts of guests and of files have a part in it.
        f.write_str(&printable(&self.cause.to_string(), MAX_TEXT_BYTES))?;
        if self.below > 0 {
            write!(f, " ({} directories in it were not looked at)", self.below)?;
        }
        if !self.left.is_empty() {
            let named: Vec<_> = self.left.iter().take(MOST_NAMED).map(|rel| printable(rel, MAX_TEXT_BYTES)).collect();
            let more = match self.left.len() - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            write!(f, "; left as they are, since they may depend on it: {}{more}", named.join(", "))?;
        }
        Ok(())
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

/// Why a value can't be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritable {
    #[error("{:?} is not a name of a kind{}", .0, clause::RULE_IDENTIFIERS.suffix())]
    Kind(String),
    #[error("{:?} is not a name of an attribute{}", .0, clause::RULE_IDENTIFIERS.suffix())]
    AttrName(String),
    #[error("the name stands among the attributes{}", clause::RULE_NAME_APART.suffix())]
    NameAttr,
    #[error("attribute {attr}: {cause}{}", clause::RULE_LABELS.suffix())]
    Label { attr: String, cause: NotALabel },
    #[error("attribute {attr}: {text:?} is not Starlark: {fault}{}", clause::RULE_RAW.suffix())]
    Raw { attr: String, text: String, fault: String },
    #[error("{text:?} is not a comment: it has to begin with # and have no control characters{}", clause::RULE_COMMENTS.suffix())]
    Comment { text: String },
}

/// Why a manifest's inputs can't be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// A glob isn't one.
    #[error("glob {glob:?} is malformed: {fault}{}", clause::MANIFEST_GLOBS.suffix())]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        fault: String,
    },
    /// A regular expression isn't one, or uses what the dialect doesn't have.
    #[error("regular expression {pattern:?} of glob {glob:?} does not compile: {fault}{}", clause::MANIFEST_PATTERNS.suffix())]
    Pattern {
        /// The glob it stands with.
        glob: String,
        /// The expression, shortened where it is long.
        pattern: String,
        /// What is wrong with it.
        fault: String,
    },
    /// There is more of something in all inputs together than the host has room for.
    #[error("its inputs have {got} {what} together, the limit is {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How much there is, as far as it was counted.
        got: u64,
        /// The limit.
        limit: u64,
    },
    /// A regular expression is nested too deep.
    #[error("regular expression {pattern:?} of glob {glob:?} is too deep: {fault}{}", clause::MANIFEST_PATTERN_SIZE.suffix())]
    PatternTooDeep {
        /// The glob it stands with.
        glob: String,
        /// The expression, shortened where it is long.
        pattern: String,
        /// How deep it may be.
        fault: String,
    },
    /// A regular expression has too many groups for its size.
    #[error(
        "regular expression {pattern:?} of glob {glob:?} has {size} positions and groups, the limit for that times its \
         {groups} groups is {limit}{}",
        clause::MANIFEST_PATTERN_SIZE.suffix()
    )]
    ManyGroups {
        /// The glob it stands with.
        glob: String,
        /// The expression, shortened where it is long.
        pattern: String,
        /// Its positions and groups, repetitions with a count written out.
        size: u64,
        /// The numbers of its groups.
        groups: u64,
        /// The limit.
        limit: u32,
    },
    /// Regular expressions are too long, or stand for something too long.
    #[error(
        "regular expression {pattern:?} of glob {glob:?} is too large: with those before it it has {size} {unit}, the \
         limit is {limit}{}",
        clause::MANIFEST_PATTERN_SIZE.suffix()
    )]
    PatternTooLarge {
        /// The glob it stands with.
        glob: String,
        /// The expression, shortened where it is long.
        pattern: String,
        /// Its size and that of those before it.
        size: u64,
        /// What is counted: `bytes`, `positions` or `groups`.
        unit: &'static str,
        /// The limit.
        limit: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Diagnostic;

    #[test]
    fn what_guests_say_is_bounded_and_steers_no_terminal() {
        let cause = Cause::Rule { rule: "a\u{1b}[31m\u{202e} \"x\"".into(), fault: "y".repeat(1 << 20) };
        let failure = Failure { language: Some("wat".into()), ..Failure::of_pipeline("p", cause) };
        let text = failure.to_string();
        assert!(text.starts_with(r#"//p: language wat: rule a\u{1b}[31m\u{202e} "x": yyy"#), "{}", &text[..60]);
        assert!(text.len() < 2 * MAX_TEXT_BYTES, "{}", text.len());

        let cause = Cause::NotAFile { path: "x\u{9b}".into() };
        let text = Failure::of_pipeline("a\n//b\u{202e}", cause).to_string();
        assert_eq!(text, r"//a\n//b\u{202e}: cannot read x\u{9b}: it is not a regular file");
        let error = RunError::NoRepository { path: "a\n\u{1b}[2J".into() };
        assert_eq!(error.to_string(), r"repository a\n\u{1b}[2J does not exist");

        let diagnostic = Diagnostic { path: "a\nb".into(), message: "c\rd".into(), ..Diagnostic::default() };
        assert_eq!(diagnostic.to_string(), r"a\nb: c\rd");
    }
}
