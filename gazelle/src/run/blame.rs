//! Whose answer was too much for a call?
//!
//! A request for one language is in part what others have answered. Where that is most of it, and the call goes over a
//! limit, the failure is theirs.

use super::{
    Context, generate,
    roster::GENERATE,
    visit::{Generated, Visited},
};
use crate::{
    build,
    error::{Cause, Failure},
    walk::Directory,
};
use dorcas_abi::{
    Method,
    wire::{self, Message},
};
use dorcas_host::{CallError, Exceeded};
use serde::Serialize;

/// What a language has put into the requests for others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// The language whose answer it was.
    pub(super) language: usize,
    /// The method that it answered.
    pub(super) method: &'static str,
    /// Bytes of it.
    pub(super) bytes: u64,
}

impl Part {
    pub(super) fn new<T: Message + Serialize>(language: usize, method: &'static str, value: &T) -> Self {
        Self { language, method, bytes: size(value).unwrap_or(u64::from(wire::MAX_MESSAGE_BYTES)) }
    }
}

impl Context<'_> {
    /// The failure of a call for a language: that language's, unless most of the request is another's.
    #[allow(clippy::unnecessary_box_returns, reason = "results are small where the error is in a box")]
    pub(super) fn blame<M: Method>(
        &self,
        dir: &Directory,
        language: usize,
        cause: Cause,
        request: &M::Request,
        parts: impl FnOnce() -> Vec<Part>,
    ) -> Box<Failure> {
        let own = |cause| self.failure(dir, language, M::EXPORT, cause);
        let cause = match cause {
            Cause::Call(cause) if cause.downcast_ref().is_some_and(is_too_much) => cause,
            other => return own(other),
        };
        let others = parts().into_iter().filter(|part| part.language != language);
        let Some(most) = largest(others) else { return own(Cause::Call(cause)) };
        // A request without an encoding is larger than any that has one.
        let all = size(request).unwrap_or(0).max(most.bytes);
        if most.bytes <= all / 2 {
            return own(Cause::Call(cause));
        }
        let cause = Cause::Burden { bytes: most.bytes, of: all, cause };
        self.failure(dir, most.language, most.method, cause)
    }
}

impl Context<'_> {
    /// The failure of a merge: that of the language whose rule it is about. Where there is too much for it, that of the
    /// language which has generated most.
    #[allow(clippy::unnecessary_box_returns, reason = "results are small where the error is in a box")]
    pub(super) fn blame_merge(&self, dir: &Directory, visited: &Visited, cause: Cause) -> Box<Failure> {
        let language = match &cause {
            Cause::Rule { rule, .. } => {
                let is_it = |generated: &&Generated| build::shown(&generated.incoming.rule) == *rule;
                visited.rules.iter().find(is_it).map(|generated| generated.language)
            }
            Cause::TooMuchWork { .. } => largest(generate::parts(visited)).map(|part| part.language),
            _ => None,
        };
        match language {
            Some(language) => self.failure(dir, language, GENERATE, cause),
            None => Box::new(Failure::of_pipeline(&dir.rel, cause)),
        }
    }
}

/// Whether a call would have gone well with less to do.
fn is_too_much(error: &CallError) -> bool {
    match error {
        CallError::Request { .. } => true,
        CallError::Limit { exceeded, .. } => !matches!(exceeded, Exceeded::Run { .. } | Exceeded::System),
        CallError::Trap { memory_refused, .. } => memory_refused.is_some(),
        _ => false,
    }
}

/// The language and method that most is of, with all that is of them.
fn largest(parts: impl IntoIterator<Item = Part>) -> Option<Part> {
    let mut sums: Vec<Part> = Vec::new();
    for part in parts {
        match sums.iter_mut().find(|sum| (sum.language, sum.method) == (part.language, part.method)) {
            Some(sum) => sum.bytes = sum.bytes.saturating_add(part.bytes),
            None => sums.push(part),
        }
    }
    // Of two that are equal the first.
    sums.into_iter().rev().max_by_key(|part| part.bytes)
}

fn size<T: Message + Serialize>(value: &T) -> Option<u64> {
    wire::encode(value).ok().map(|bytes| bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_has_answered_to_one_method_counts_together() {
        let part = |language, method, bytes| Part { language, method, bytes };
        let most = |parts: &[Part]| largest(parts.to_vec()).map(|part| (part.language, part.method, part.bytes));
        assert_eq!(most(&[]), None);
        assert_eq!(most(&[part(0, "fix", 3), part(1, "fix", 2), part(1, "fix", 2)]), Some((1, "fix", 4)));
        assert_eq!(most(&[part(1, "fix", 3), part(1, "find", 4), part(0, "fix", 4)]), Some((1, "find", 4)));
    }
}
