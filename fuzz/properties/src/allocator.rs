//! Any sequence of `alloc`, `free` and calls, against a model of what is live.

use arbitrary::{Arbitrary, Unstructured};
use dorcas_host::{
    Config, Limits, Probe, Specimen,
    abi::{
        Span,
        message::{GenerateRequest, GenerateResponse, Reply},
        wire,
    },
};
use std::sync::LazyLock;

/// The bytes are steps in one instance of the proto guest, in any order and with any buffers live in between.
///
/// Live buffers lie in the memory, apart from each other, and keep what was written to them. Every call is answered as
/// the first one was. Memory ends where the limit is, and to be out of memory is no end: what is freed can be had again.
pub fn allocator(data: &[u8]) {
    let mut steps = Unstructured::new(data);
    let mut guest = Guest::new();
    for step in steps.arbitrary_iter::<Step>().expect("it always begins").flatten().take(200) {
        match step {
            Step::Alloc(len) => guest.alloc(u32::from(len).max(1)),
            // A few of these fill the memory.
            Step::AllocMuch(pages) => guest.alloc((u32::from(pages) + 1) << 14),
            Step::Free(which) => guest.free(which.into()),
            Step::Call => guest.call(),
        }
        guest.check();
    }
    while !guest.live.is_empty() {
        guest.free(0);
    }
    guest.call();
    assert!(!guest.starved || guest.has_room(MEMORY_BYTES / 8), "what is freed can be had again");
}

#[derive(Arbitrary)]
enum Step {
    Alloc(u16),
    AllocMuch(u8),
    Free(u8),
    Call,
}

struct Guest {
    probe: Probe,
    /// Each with the byte that fills it.
    live: Vec<(Span, u8)>,
    next: u8,
    starved: bool,
}

const MEMORY_BYTES: u32 = 16 << 20;
const FUEL: u64 = 50_000_000;

static SPECIMEN: LazyLock<Specimen> = LazyLock::new(|| {
    let limits = Limits { memory_bytes: MEMORY_BYTES.into(), ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    Specimen::compile(include_bytes!("../../../guest/prebuilt/proto.wasm"), &config).expect("it is a guest")
});

/// A request, and the reply of an instance in which nothing else has happened.
static ANSWERED: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let request = GenerateRequest { rel: "api/v1".into(), ..GenerateRequest::default() };
    let request = wire::encode(&request).expect("it is well-formed");
    let mut guest = Guest::new();
    let reply = guest.answer(&request).expect("there is memory for it");
    wire::decode::<Reply<GenerateResponse>>(&reply).expect("a reply").expect("a response");
    (request, reply)
});

impl Guest {
    fn new() -> Self {
        let probe = SPECIMEN.instantiate(MEMORY_BYTES.into()).expect("it can be instantiated");
        let mut guest = Self { probe, live: Vec::new(), next: 0, starved: false };
        if SPECIMEN.outline().exports.iter().any(|export| export.name == "_initialize") {
            guest.probe.call("_initialize", &[], FUEL).expect("it initialises");
        }
        guest
    }

    /// A buffer; none where the guest has no room.
    fn buffer(&mut self, len: u32) -> Option<Span> {
        let ptr = self.probe.call("alloc", &[len], FUEL).expect("alloc does not trap").i32().expect("an address");
        self.starved |= ptr == 0;
        (ptr != 0).then_some(Span { ptr, len })
    }

    fn alloc(&mut self, len: u32) {
        let Some(span) = self.buffer(len) else { return };
        let apart = |other: &Span| span.end() <= other.ptr.into() || other.end() <= span.ptr.into();
        assert!(self.live.iter().all(|(other, _)| apart(other)), "{span} is not apart");
        self.next = self.next.wrapping_add(1);
        self.probe.bytes_mut(span).expect("it lies in the memory").fill(self.next);
        self.live.push((span, self.next));
    }

    fn free(&mut self, which: usize) {
        if self.live.is_empty() {
            return;
        }
        let (span, _) = self.live.swap_remove(which % self.live.len());
        self.probe.call("free", &[span.ptr, span.len], FUEL).expect("free returns");
    }

    fn call(&mut self) {
        let (request, expected) = &*ANSWERED;
        if let Some(reply) = self.answer(request) {
            assert!(reply == *expected || self.starved, "another reply");
        }
    }

    fn answer(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        let argument = self.buffer(u32::try_from(request.len()).expect("it is small"))?;
        self.probe.bytes_mut(argument).expect("it lies in the memory").copy_from_slice(request);
        let word = self.probe.call("generate_rules", &[argument.ptr, argument.len], FUEL).expect("it answers");
        let result = Span::unpack(word.i64().expect("a word"));
        let reply = self.probe.read(result).expect("it lies in the memory").to_vec();
        for span in [argument, result] {
            self.probe.call("free", &[span.ptr, span.len], FUEL).expect("free returns");
        }
        Some(reply)
    }

    fn has_room(&mut self, len: u32) -> bool {
        self.buffer(len).is_some()
    }

    fn check(&self) {
        for (span, byte) in &self.live {
            let bytes = self.probe.read(*span).expect("memory does not shrink");
            assert!(bytes.iter().all(|other| other == byte), "{span} was written to");
        }
        assert!(self.probe.memory_bytes() <= MEMORY_BYTES.into());
    }
}
