use super::{SIZES, Stage, proto_wasm};
use crate::{subject, workload};
use dorcas_abi::{
    message::{GenerateRequest, GenerateResponse, Reply},
    wire,
};
use dorcas_host::Engine;

/// Requests and replies of `generate_rules`, as the host and a guest in Rust encode and decode them.
pub(super) fn stages() -> Vec<Stage> {
    let guest = Engine::new(subject::config()).load(&proto_wasm()).expect("the prebuilt guest is one");
    let mut stages = Vec::new();
    for files in SIZES {
        let group = format!("wire format, {files} files");
        let request = workload::proto_files(files);
        let request_bytes = wire::encode(&request).expect("it was decoded");
        let reply_bytes = guest.call_bytes("generate_rules", &request_bytes).expect("it answers");
        let reply: Reply<GenerateResponse> = wire::decode(&reply_bytes).expect("it is a reply");
        assert!(reply.as_ref().is_ok_and(|response| !response.rules.is_empty()));
        assert_eq!(wire::encode(&reply).as_deref(), Ok(&reply_bytes[..]));

        stages.push(Stage::of(&group, "encode the request", move || wire::encode(&request)));
        stages.push(Stage::of(&group, "decode the request", move || wire::decode::<GenerateRequest>(&request_bytes)));
        stages.push(Stage::of(&group, "encode the reply", move || wire::encode(&reply)));
        let decode = move || wire::decode::<Reply<GenerateResponse>>(&reply_bytes);
        stages.push(Stage::of(&group, "decode the reply", decode));
    }
    stages
}
