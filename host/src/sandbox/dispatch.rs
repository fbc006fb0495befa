//! How does the engine go from one instruction to the next, and what keeps that off the host's stack?
//!
//! With the feature `portable-dispatch` by a loop: nothing can pile up. Without it by a jump from the code of one
//! instruction to that of the next, which is three times as fast. `memory.grow` and `table.grow` are the exceptions:
//! from them the engine goes on by a call, which takes some 200 bytes of the host's stack and gives them back only when the
//! guest returns or is stopped (wasmi#2039). A thousand of them between two stops do no harm, and this is how there are
//! never more: each costs [`GROWTH_FUEL`] at the moment when it is carried out ([`growth`](super::growth)), and the engine is
//! stopped whenever a slice of fuel is used up ([`slices`](super::slices)). A guest whose code can't be stopped everywhere is
//! not let in then.

use super::slices;
use crate::{config::Profile, error::LoadError, outline::Outline};

/// Whether it is done by a loop.
pub(crate) const PORTABLE: bool = cfg!(feature = "portable-dispatch");

/// What it costs to make a memory or a table larger, or to try to. The memory may have to move, so that it is
/// not too much. The engine's prices go no higher than 255.
pub(crate) const GROWTH_FUEL: u8 = 250;

/// Growths from one stop to the next.
const GROWTHS: u64 = slices::SLICE / GROWTH_FUEL as u64;
const _: () = assert!(GROWTHS <= 1_000);

/// Whether the engine is stopped when a slice of fuel is used up, so that it can be resumed, and not only at the end.
pub(crate) fn in_slices(profile: Profile, outline: &Outline) -> bool {
    // Translated lazily, a function that is short of fuel before it begins can't be resumed.
    is_eager(profile) && !outline.grows_table
}

/// Whether all of a module is compiled when it is loaded.
pub(crate) fn is_eager(profile: Profile) -> bool {
    !PORTABLE || profile == Profile::Deterministic
}

/// Refuses a module whose code this host can't stop everywhere, where it must.
pub(crate) fn check(outline: &Outline) -> Result<(), LoadError> {
    if PORTABLE || !outline.grows_table {
        return Ok(());
    }
    let what = "`table.grow` is for hosts that are built with the feature `portable-dispatch`";
    Err(LoadError::Invalid { what: what.into() })
}
