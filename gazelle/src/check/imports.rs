//! Are what rules embed labels?

use super::{Checked, in_it, rule};
use dorcas_abi::message::{ImportsRequest, ImportsResponse};

pub(crate) fn imports(request: &ImportsRequest, response: &ImportsResponse) -> Checked {
    for (asked, answer) in request.rules.iter().zip(&response.rules) {
        for embed in &answer.embeds {
            rule::label("what it embeds", embed).map_err(in_it(|| format!("rule {} {:?}", asked.kind, asked.name)))?;
        }
    }
    Ok(())
}
