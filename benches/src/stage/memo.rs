use super::{SIZES, Stage, proto_wasm};
use crate::{subject, workload};
use dorcas_abi::method::GenerateRules;
use dorcas_gazelle::{MemoDir, inside};
use dorcas_host::Engine;

/// A call that was made in an earlier run: its key, the response found by it, decoded and checked.
pub(super) fn stages() -> Vec<Stage> {
    let guest = Engine::new(subject::config()).load(&proto_wasm()).expect("the prebuilt guest is one");
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let open = || MemoDir::new(folder.path(), 1 << 30).open(folder.path(), "benches");
    let memo = open();
    let requests = SIZES.map(workload::proto_files);
    let responses = requests.each_ref().map(|request| guest.call::<GenerateRules>(request).expect("it answers"));
    for (request, response) in requests.iter().zip(&responses) {
        inside::remember::<GenerateRules>(&memo, guest.digest(), request, response);
    }
    memo.save().expect("there is room for temporary files");

    let mut stages = Vec::new();
    for ((files, request), response) in SIZES.into_iter().zip(requests).zip(responses) {
        let group = format!("memo, {files} files");
        // It is read as a whole when it is opened.
        let (memo, digest, guest) = (open(), guest.digest(), guest.clone());
        assert_eq!(inside::remembered::<GenerateRules>(&memo, digest, &request), Some(response));
        let again = request.clone();
        stages.push(Stage::of(&group, "no hit: the call", move || guest.call::<GenerateRules>(&again)));
        let hit = move || inside::remembered::<GenerateRules>(&memo, digest, &request).expect("it was kept");
        stages.push(Stage::of(&group, "hit", hit));
    }
    stages
}
