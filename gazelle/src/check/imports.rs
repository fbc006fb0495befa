//! Are what rules embed, and what is provided without one, labels?

use super::{Checked, in_it, rule, verify};
use dorcas_abi::{
    clause,
    message::{ImportsRequest, ImportsResponse, Provided},
};

pub(crate) fn imports(request: &ImportsRequest, response: &ImportsResponse) -> Checked {
    for (asked, answer) in request.rules.iter().zip(&response.rules) {
        for embed in &answer.embeds {
            rule::label("what it embeds", embed)
                .map_err(in_it(|| format!("rule {} {:?}", asked.rule.kind, asked.rule.name)))?;
        }
    }
    Ok(())
}

/// Things that can be imported and that no rule need stand for.
pub(super) fn provided(all: &[Provided]) -> Checked {
    for Provided { import, label, .. } in all {
        let check = || {
            verify(clause::PROVIDED_ABSOLUTE, label.starts_with("//") || label.starts_with('@'), || {
                format!("it is {label:?}, which is no absolute label")
            })?;
            rule::label("its label", label)
        };
        check().map_err(in_it(|| format!("what is provided for {:?}", import.imp)))?;
    }
    Ok(())
}
