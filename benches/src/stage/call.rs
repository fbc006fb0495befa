use super::{SIZES, Stage, proto_wasm};
use crate::{subject, workload};
use dorcas_abi::{
    Span,
    message::{GenerateResponse, Reply},
    method::GenerateRules,
    wire,
};
use dorcas_host::{Engine, Probe, Specimen};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// A call of the proto guest, step by step, and all of it.
///
/// What a step leaves behind is cleared away while the clock stands still.
pub(super) fn stages() -> Vec<Stage> {
    let mut stages = Vec::new();
    for files in SIZES {
        let group = format!("generate_rules step by step, {files} files");
        let request = workload::proto_files(files);
        let bytes = wire::encode(&request).expect("it was decoded");
        let guest = Engine::new(subject::config()).load(&proto_wasm()).expect("the prebuilt guest is one");
        let expected = guest.call::<GenerateRules>(&request).expect("it answers");
        assert!(!expected.rules.is_empty());

        let mut instance = guest.instantiate().expect("it has no need of anything");
        assert_eq!(instance.call::<GenerateRules>(&request).as_ref(), Ok(&expected));
        stages.push(Stage::of(&group, "all", move || instance.call::<GenerateRules>(&request)));
        let mut probe = Steps::new(bytes.clone());
        stages.push(Stage::new(&group, "alloc and write", move |times| probe.requests(times)));
        let mut probe = Steps::new(bytes.clone());
        stages.push(Stage::new(&group, "call", move |times| probe.calls(times)));
        let mut probe = Steps::new(bytes);
        stages.push(Stage::new(&group, "read and decode", move |times| {
            let (took, response) = probe.replies(times);
            assert_eq!(response, expected);
            took
        }));
    }
    stages
}

struct Steps {
    probe: Probe,
    request: Vec<u8>,
}

/// More than any step takes.
const FUEL: u64 = 1 << 40;
/// As much as is done before it is cleared away.
const AT_A_TIME: u64 = 8;

impl Steps {
    fn new(request: Vec<u8>) -> Self {
        let config = subject::config();
        let specimen = Specimen::compile(&proto_wasm(), &config).expect("the prebuilt guest is valid");
        Self { probe: specimen.instantiate(config.limits.memory_bytes).expect("it has no need of anything"), request }
    }

    /// `alloc`, and the request written.
    fn send(&mut self) -> Span {
        let len = u32::try_from(self.request.len()).expect("some thousand");
        let ptr = self.probe.call("alloc", &[len], FUEL).ok().and_then(dorcas_host::Returned::i32).expect("a pointer");
        let span = Span { ptr, len };
        self.probe.bytes_mut(span).expect("it is inside").copy_from_slice(&self.request);
        span
    }

    fn call(&mut self, argument: Span) -> Span {
        let returned = self.probe.call("generate_rules", &[argument.ptr, argument.len], FUEL);
        Span::unpack(returned.ok().and_then(dorcas_host::Returned::i64).expect("a span"))
    }

    fn free(&mut self, span: Span) {
        self.probe.call("free", &[span.ptr, span.len], FUEL).expect("it traps nowhere");
    }

    /// Does a step that leaves a buffer behind.
    fn step(&mut self, times: u64, step: impl Fn(&mut Self) -> Span) -> Duration {
        let (mut took, mut left) = (Duration::ZERO, times);
        while left > 0 {
            let now = left.min(AT_A_TIME);
            let started = Instant::now();
            let spans: Vec<Span> = (0..now).map(|_| step(self)).collect();
            took += started.elapsed();
            for span in spans {
                self.free(span);
            }
            left -= now;
        }
        took
    }

    fn requests(&mut self, times: u64) -> Duration {
        self.step(times, Self::send)
    }

    fn calls(&mut self, times: u64) -> Duration {
        let argument = self.send();
        let took = self.step(times, |this| this.call(argument));
        self.free(argument);
        took
    }

    fn replies(&mut self, times: u64) -> (Duration, GenerateResponse) {
        let argument = self.send();
        let result = self.call(argument);
        let mut last = None;
        let started = Instant::now();
        for _ in 0..times {
            let bytes = self.probe.read(black_box(result)).expect("it is inside");
            last = black_box(wire::decode::<Reply<GenerateResponse>>(bytes).ok());
        }
        let took = started.elapsed();
        self.free(argument);
        self.free(result);
        (took, last.expect("it was done once").expect("it is no error"))
    }
}
