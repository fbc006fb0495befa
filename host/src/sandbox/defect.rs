//! What if the host itself fails?

use crate::printable::{MAX_TEXT_BYTES, printable};
use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
};

/// Does some work, and turns a panic in it into its text.
///
/// There is none that is known of. But between a guest and the process stand an interpreter and a parser that others
/// wrote, and an embedder must not go down with a defect in them. What the work left behind isn't used any more.
#[inline]
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| text(&*payload))
}

/// Apart, so that what runs at each call of a function of the host stays small.
#[cold]
fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    printable(text.unwrap_or("a panic without a text"), MAX_TEXT_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_text() {
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| panic!("one")), Err::<(), _>("one".into()));
        assert_eq!(caught(|| panic!("number {}\u{7}", 2)), Err::<(), _>(r"number 2\u{7}".into()));
        assert_eq!(caught(|| panic::panic_any(3)), Err::<(), _>("a panic without a text".into()));
    }
}
