//! May a BUILD file be repaired in that way?

use super::{Breach, Checked, diagnostic::diagnostics, in_it, rule};
use dorcas_abi::message::{Edit, FixResponse};

pub(crate) fn fix(response: &FixResponse) -> Checked {
    for (index, edit) in response.edits.iter().enumerate() {
        one(edit).map_err(in_it(|| format!("edit {}", index + 1)))?;
    }
    diagnostics(&response.diagnostics)
}

fn one(edit: &Edit) -> Result<(), Breach> {
    match edit {
        Edit::SetKind { kind, .. } => rule::kind(kind),
        Edit::SetName { name, .. } => rule::name(name),
        Edit::SetAttr { attr, .. } => rule::attr(attr),
        Edit::DeleteAttr { name, .. } => rule::attr_name(name),
        Edit::AppendRule { rule } => rule::rule(rule),
        Edit::SetLoad { name, .. } | Edit::InsertLoad { name, .. } => rule::label("the file that is loaded", name),
        Edit::DeleteRule { .. } => Ok(()),
    }
}
