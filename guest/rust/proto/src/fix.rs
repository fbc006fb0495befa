//! What has to be repaired before rules are generated?

use crate::{
    config::{Config, warning},
    known::{self, PROTOBUF, RULES_PROTO},
};
use dorcas_guest::{
    Result,
    message::{Edit, FixRequest, FixResponse},
};

/// `fix`: what was loaded from `@rules_proto//proto:defs.bzl` is loaded from protobuf, where protobuf is a module.
pub(crate) fn fix(request: &FixRequest) -> Result<FixResponse> {
    let config = Config::from_state(&request.state)?;
    let mut response = FixResponse::default();
    let Some(protobuf) = config.apparent(&PROTOBUF) else { return Ok(response) };
    let deprecated = format!("@{}//proto:defs.bzl", config.repository(&RULES_PROTO));
    for (load, index) in request.build_file.loads.iter().zip(0..) {
        if load.name != deprecated {
            continue;
        }
        for symbol in &load.symbols {
            let Some(file) = known::symbol_file(&symbol.from) else {
                let message = format!("unknown symbol {:?} loaded from {deprecated}", symbol.from);
                response.diagnostics.push(warning(message, Some(request.build_file.name.clone())));
                continue;
            };
            let name = format!("@{protobuf}{file}");
            response.edits.push(Edit::InsertLoad { load: index, name, symbols: vec![symbol.clone()] });
        }
        // Without symbols it is deleted.
        response.edits.push(Edit::SetLoad { load: index, name: load.name.clone(), symbols: Vec::new() });
    }
    Ok(response)
}
