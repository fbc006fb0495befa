//! Is an answer about imports one that can be used?

use super::{Breach, Checked, diagnostic::diagnostics, in_it, rule, verify};
use dorcas_abi::{
    clause,
    message::{FindResponse, ResolveRequest, ResolveResponse, ResolvedRule},
};

pub(crate) fn resolve(request: &ResolveRequest, response: &ResolveResponse) -> Checked {
    match response {
        ResolveResponse::Resolved { rules, diagnostics: said } => {
            for (asked, ResolvedRule { set, delete }) in request.rules.iter().zip(rules) {
                let check = || -> Result<(), Breach> {
                    for attr in set {
                        verify(clause::RESOLVE_SET_OR_DELETE, !delete.contains(&attr.name), || {
                            format!("attribute {} is to be set and to be deleted", attr.name)
                        })?;
                        rule::attr(attr)?;
                    }
                    delete.iter().map(String::as_str).try_for_each(rule::attr_name)
                };
                check().map_err(in_it(|| format!("rule {} {:?}", asked.rule.kind, asked.rule.name)))?;
            }
            diagnostics(said)
        }
        // That none of them was answered before is seen where the answers are.
        ResolveResponse::Need(queries) => {
            verify(clause::RESOLVE_NEW_QUERIES, !queries.is_empty(), || "it needs more and asks for nothing".into())
        }
    }
}

pub(crate) fn find(response: &FindResponse) -> Checked {
    for found in response.found.iter().flat_map(|found| &found.matches) {
        let label = &found.label;
        verify(clause::FIND_ABSOLUTE, label.starts_with("//") || label.starts_with('@'), || {
            format!("it has found {label:?}, which is no absolute label")
        })?;
        rule::label("what it has found", label)?;
        found.embeds.iter().try_for_each(|embed| rule::label("what that embeds", embed))?;
    }
    Ok(())
}
