//! What becomes of the text of a BUILD file, and what a memo answers, without a repository around them: for tests of what
//! holds for any file, and for measurements.
//!
//! Behind the feature `inside`. Whoever generates BUILD files has no use for it, and it may change with any version.

pub use crate::build_file::shown::Statement;

use crate::{
    build::{KnownLoads, Package},
    build_file::{BuildFile, Fault},
    config::{Aliases, Mappings},
    error::Cause,
    memo::{Memo, Share},
    merge::{Incoming, Kinds, Merge},
    run::fix,
    trace::Phase,
    work::Work,
};
use dorcas_abi::{
    Method,
    message::{Edit, Kind, LoadInfo, Rule},
};
use dorcas_host::Digest;
use std::collections::BTreeMap;

/// The response to a call that was made in an earlier run, of a guest of this identity.
pub fn remembered<M: Method>(memo: &Memo, identity: Digest, request: &M::Request) -> Option<M::Response> {
    let share = Share { memo, identity };
    share.get::<M>(&share.key::<M>(request, None)?, request)
}

/// Has a response kept for later runs.
pub fn remember<M: Method>(memo: &Memo, identity: Digest, request: &M::Request, response: &M::Response) {
    let share = Share { memo, identity };
    if let Some(key) = share.key::<M>(request, None) {
        share.put::<M>(key, response);
    }
}

/// What is merged into a file.
#[derive(Clone, Debug, Default)]
pub struct Generated {
    /// The kinds of the language.
    pub kinds: Vec<Kind>,
    /// Where they are loaded from.
    pub loads: Vec<LoadInfo>,
    /// The rules that should be there.
    pub rules: Vec<Rule>,
    /// Those that should not.
    pub empty: Vec<Rule>,
}

/// Why nothing comes out: line, column and fault of a file, or what is wrong with what was generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The text is no BUILD file.
    File(String),
    /// The rules or edits can't be made.
    Change(String),
}

impl From<Fault> for Refused {
    fn from(Fault { line, column, what }: Fault) -> Self {
        Self::File(format!("{line}:{column}: {what}"))
    }
}

impl From<Cause> for Refused {
    fn from(cause: Cause) -> Self {
        Self::Change(cause.to_string())
    }
}

/// The statements of a file.
pub fn statements(text: &str) -> Result<Vec<Statement>, Refused> {
    Ok(BuildFile::parse("BUILD", text.into())?.as_read().collect())
}

/// The file after nothing was done to it.
pub fn unedited(text: &str) -> Result<String, Refused> {
    let mut file = BuildFile::parse("BUILD", text.into())?;
    file.arrange_loads();
    Ok(file.text())
}

/// The file after rules were merged into it, before they are resolved and after, and after its load statements were
/// brought into line.
pub fn merged(text: &str, generated: &Generated) -> Result<String, Refused> {
    let mut file = BuildFile::parse("BUILD", text.into())?;
    let known = generated.kinds.iter().map(|kind| (kind.name.clone(), kind.clone())).collect();
    let (mappings, aliases) = (Mappings::default(), Aliases::default());
    let kinds = Kinds::new(&known, &mappings, &aliases);
    let merge = Merge { kinds: &kinds, package: PACKAGE, drop_keep: false, trace: None, work: u64::MAX };
    let mut incoming: Vec<_> = generated.rules.iter().cloned().map(Incoming::new).collect();
    for phase in [Phase::Generated, Phase::Resolved] {
        merge.merge(&mut file, &generated.empty, &mut incoming, phase)?;
    }
    KnownLoads::new(&generated.loads, &BTreeMap::new()).fix(&mut file);
    Ok(file.text())
}

/// The file after a language's edits, those that are for `fix` alone among them.
pub fn fixed(text: &str, edits: Vec<Edit>) -> Result<String, Refused> {
    let mut file = BuildFile::parse("BUILD", text.into())?;
    fix::apply(&mut file, edits, true, PACKAGE, &mut Work::new("this", u64::MAX))?;
    file.arrange_loads();
    Ok(file.text())
}

const PACKAGE: Package<'_> = Package { repo: "", rel: "p" };
