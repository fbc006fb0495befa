//! What is left when guests have come and gone?

use crate::{Bomb, GOES_THROUGH, Text, attacks, harness::kib};
use dorcas_host::{
    CallError, Engine, Pool, Recording, Run,
    abi::{
        Method,
        message::{GenerateRequest, GenerateResponse},
        method::{GenerateRules, Mismatch},
    },
};

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

/// A file in memory.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Does something again and again, and says by how much the process has grown since it had done it some times.
fn growth(rounds: usize, mut round: impl FnMut()) -> u64 {
    (0..rounds / 4).for_each(|_| round());
    let before = kib("VmRSS:");
    (0..rounds).for_each(|_| round());
    kib("VmRSS:").saturating_sub(before)
}

/// An embedder's own type, which fails. It stands for any defect behind the doors of the host.
enum Panics {}

impl Method for Panics {
    const EXPORT: &'static str = GenerateRules::EXPORT;
    const REQUIRED: bool = true;
    type Request = GenerateRequest;
    type Response = GenerateResponse;

    fn check_answer(_: &GenerateRequest, _: &GenerateResponse) -> Result<(), Mismatch> {
        panic!("a defect")
    }
}

attacks! {
    fn a_thousand_instances_that_trap() {
        let text = Text { generate_rules: "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (unreachable)".into(), ..Text::default() };
        let guest = Engine::default().load(&text.wasm()).unwrap();
        let kib = growth(1_000, || {
            let mut instance = guest.instantiate().unwrap();
            assert!(instance.call::<GenerateRules>(&GenerateRequest::default()).is_err());
            assert!(instance.is_poisoned());
        });
        assert!(kib <= 256, "{kib} KiB more");
        GOES_THROUGH.into()
    } => GOES_THROUGH;

    /// An engine of the interpreter never frees code; each guest has one of its own.
    fn a_hundred_guests_that_are_dropped() {
        let mut bomb = Bomb::new();
        for _ in 0..1_000 {
            bomb.body(0, &[0x23, 0, 0xa7, 0x1a].repeat(50));
        }
        let wasm = bomb.wasm();
        let kib = growth(80, || drop(Engine::default().load(&wasm).unwrap()));
        assert!(kib <= 2_048, "{kib} KiB more");
        GOES_THROUGH.into()
    } => GOES_THROUGH;

    /// Each instance fills 16 MiB. The run has one at a time, and so has the replay.
    fn a_recording_of_a_hundred_instances() {
        let body = "(memory.fill (i32.const 65536) (i32.const 1) (i32.const 0x1000000)) (i64.const 0x20_0000_0007)";
        let head = r#"(memory (export "memory") 300)"#.into();
        let wasm = Text { head, generate_rules: body.into(), ..Text::default() }.wasm();
        let file = Written::default();
        let run = Run::new().with_record(file.clone());
        let guest = Engine::default().in_run(&run).load(&wasm).unwrap();
        for _ in 0..100 {
            guest.call::<GenerateRules>(&GenerateRequest::default()).unwrap();
        }
        // One that is called first and last.
        let mut instance = guest.instantiate().unwrap();
        for _ in 0..2 {
            instance.call::<GenerateRules>(&GenerateRequest::default()).unwrap();
            guest.call::<GenerateRules>(&GenerateRequest::default()).unwrap();
        }
        drop((instance, guest));
        run.finish_record().unwrap();
        let recording = Recording::parse(&file.text()).unwrap();
        let replayed = recording.replay(|_| Some(wasm.clone())).unwrap();
        assert_eq!((replayed.instances, replayed.calls, replayed.stopped), (103, 104, 0));
        GOES_THROUGH.into()
    } => GOES_THROUGH;

    fn globals_that_a_trap_left_half_changed() {
        let guest = Engine::default().load(&Text { generate_rules: "(unreachable)".into(), ..Text::default() }.wasm()).unwrap();
        let mut instance = guest.instantiate().unwrap();
        instance.call::<GenerateRules>(&GenerateRequest::default()).unwrap_err();
        instance.call::<GenerateRules>(&GenerateRequest::default()).unwrap_err().to_string()
    } => "`generate_rules` of guest `attack` was not called: the instance is poisoned since `generate_rules` of guest \
          `attack` trapped: unreachable";

    fn a_panic_behind_the_doors() {
        let guest = Engine::default().load(&Text::default().wasm()).unwrap();
        let pool = Pool::new(guest.clone());
        let error = pool.call::<Panics>(&GenerateRequest::default()).unwrap_err();
        assert!(matches!(error, CallError::Defect { .. }));
        // Neither the guest nor the pool is worse for it.
        pool.call::<GenerateRules>(&GenerateRequest::default()).unwrap();
        guest.call::<Panics>(&GenerateRequest::default()).unwrap_err().to_string()
    } => "`generate_rules` of guest `attack` made the host fail, please report this: a defect";
}
