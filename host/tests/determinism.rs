//! The same input gives the same bytes and takes the same fuel: in any order, on any number of threads, in fresh and in
//! used instances, in any build, on any machine.

mod portable;

use dorcas_host::{
    CallStats, Config, Digest, Engine, Guest, Limits, Recording, ReplayError, Replayed, Run, abi::method,
};
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

const GOOD: &str = include_str!("guests/good.wat");

/// Guests that load, good ones and faulty ones, with the requests that are made of each.
struct Corpus {
    modules: Vec<Vec<u8>>,
    guests: Vec<Guest>,
    calls: Vec<(usize, &'static str, Vec<u8>)>,
}

type Outcome = (Result<Vec<u8>, String>, CallStats);

fn config() -> Config {
    let limits = Limits { fuel_per_call: 1_000_000, memory_bytes: 4 << 16, ..Limits::default() };
    Config { limits, ..Config::default() }
}

fn corpus(engine: &Engine) -> Corpus {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let modules: Vec<_> = files.into_iter().map(|file| wat::parse_file(file).unwrap()).collect();
    let guests: Vec<_> = modules.iter().filter_map(|wasm| engine.load(wasm).ok()).collect();
    let mut calls = Vec::new();
    for (guest, loaded) in guests.iter().enumerate() {
        for export in method::NAMES.iter().filter(|name| loaded.has(name)) {
            for size in [0, 1, 8, 300] {
                calls.push((guest, *export, vec![0; size]));
            }
        }
    }
    Corpus { modules, guests, calls }
}

impl Corpus {
    fn call(&self, index: usize) -> Outcome {
        let (guest, export, request) = &self.calls[index];
        let (result, stats) = self.guests[*guest].call_bytes_measured(export, request);
        (result.map_err(|error| error.to_string()), stats)
    }

    fn in_order(&self) -> Vec<Outcome> {
        (0..self.calls.len()).map(|index| self.call(index)).collect()
    }
}

/// The numbers below `len` in another order; which one depends on the seed alone.
fn shuffled(len: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<_> = (0..len).collect();
    order.sort_by_key(|index| Digest::of(&[*index as u64, seed].map(u64::to_le_bytes).concat()));
    order
}

#[test]
fn on_any_number_of_threads_in_any_order() {
    let corpus = corpus(&Engine::new(config()));
    assert!(corpus.calls.len() > 150, "{}", corpus.calls.len());
    let expected = corpus.in_order();
    for (threads, seed) in [(1, 1), (2, 2), (8, 3), (8, 4)] {
        let (order, next) = (shuffled(expected.len(), seed), AtomicUsize::new(0));
        let outcomes = Mutex::new(vec![None; expected.len()]);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let outcome = corpus.call(*index);
                        outcomes.lock().unwrap()[*index] = Some(outcome);
                    }
                });
            }
        });
        let outcomes: Vec<_> = outcomes.into_inner().unwrap().into_iter().flatten().collect();
        assert_eq!(outcomes, expected, "on {threads} threads");
    }
}

#[test]
fn in_guests_that_are_loaded_again() {
    assert_eq!(corpus(&Engine::new(config())).in_order(), corpus(&Engine::new(config())).in_order());
}

#[test]
fn in_fresh_and_in_used_instances() {
    // Its allocator is as it was when all buffers are free, so that even the fuel is the same.
    let text = GOOD.replace(
        "(if (i32.eq (i32.add (local.get $ptr) (local.get $len)) (global.get $top)) (then",
        "(if (i32.const 1) (then (if (i32.gt_u (local.get $ptr) (i32.const 1024)) (then (return)))",
    );
    assert_ne!(text, GOOD);
    let guest = Engine::default().load(&wat::parse_str(text).unwrap()).unwrap();
    let mut used = guest.instantiate().unwrap();
    for size in [1, 300, 0, 20, 1] {
        let request = vec![0; size];
        let fresh = guest.instantiate().unwrap().call_bytes_measured("generate_rules", &request);
        for _ in 0..20 {
            assert_eq!(used.call_bytes_measured("generate_rules", &request), fresh);
        }
    }
}

#[test]
fn in_any_build() {
    assert_eq!(portable::digest(), portable::EXPECTED);
}

/// A file, in memory.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The record of all calls of the corpus on some threads, in fresh instances and in one that is used again, and the modules.
fn recorded(threads: usize) -> (String, Vec<Vec<u8>>) {
    let file = Buffer::default();
    let run = Run::new().with_record(file.clone());
    let corpus = corpus(&Engine::new(config()).in_run(&run));
    thread::scope(|scope| {
        for thread in 0..threads {
            let corpus = &corpus;
            scope.spawn(move || {
                let mut used = corpus.guests.iter().map(Guest::instantiate).collect::<Vec<_>>();
                for index in shuffled(corpus.calls.len(), 5).into_iter().filter(|index| index % threads == thread) {
                    let _ = corpus.call(index);
                    let (guest, export, request) = &corpus.calls[index];
                    if let Ok(instance) = &mut used[*guest] {
                        let _ = instance.call_bytes(export, request);
                        let _ = instance.lang_name();
                    }
                }
            });
        }
    });
    run.finish_record().unwrap();
    (file.text(), corpus.modules)
}

fn find(modules: &[Vec<u8>]) -> impl FnMut(&Digest) -> Option<Vec<u8>> {
    |digest| modules.iter().find(|wasm| Digest::of(wasm) == *digest).cloned()
}

#[test]
fn what_was_recorded_happens_again() {
    for threads in [1, 4] {
        let (text, modules) = recorded(threads);
        let recording = Recording::parse(&text).unwrap();
        assert_eq!(recording.to_string(), text);
        let replayed = recording.replay(find(&modules)).unwrap();
        assert!(replayed.calls > 250 && replayed.calls == recording.calls(), "{replayed:?}");
        assert_eq!((replayed.guests, replayed.stopped), (modules.len(), 0));
    }
}

#[test]
fn one_thread_gives_one_record() {
    assert_eq!(recorded(1), recorded(1));
}

#[test]
fn a_record_in_typed_calls() {
    use dorcas_host::abi::{message::*, method::*};
    let file = Buffer::default();
    let run = Run::new().with_record(file.clone());
    let names = ["reply_undecodable", "reply_with_a_byte_left_over", "answer_with_too_few_rules", "error_of_its_own"];
    let modules =
        names.map(|name| wat::parse_file(format!("{}/tests/guests/{name}.wat", env!("CARGO_MANIFEST_DIR"))).unwrap());
    for wasm in &modules {
        // Loaded by an engine that knows nothing of the run.
        let mut instance = Engine::default().load(wasm).unwrap().in_run(&run).instantiate().unwrap();
        for _ in 0..2 {
            let _ = instance.call::<GenerateRules>(&GenerateRequest::default());
            let _ =
                instance.call::<Imports>(&ImportsRequest { rules: vec![ImportsRule::default()], ..Default::default() });
        }
    }
    run.finish_record().unwrap();
    let recording = Recording::parse(&file.text()).unwrap();
    assert_eq!(recording.calls(), 6, "nothing that wasn't called");
    recording.replay(find(&modules)).unwrap();
}

/// The record of one call, the modules, and what a replay says after a change of the text.
fn changed(from: &str, to: &str) -> Result<Replayed, String> {
    let file = Buffer::default();
    let run = Run::new().with_record(file.clone());
    let wasm = wat::parse_str(GOOD).unwrap();
    Engine::default().in_run(&run).load(&wasm).unwrap().call_bytes("generate_rules", &[1, 2]).unwrap();
    run.finish_record().unwrap();
    let text = file.text();
    assert!(text.contains(from), "{text}");
    let recording = Recording::parse(&text.replace(from, to)).map_err(|error| error.to_string())?;
    recording.replay(find(&[wasm])).map_err(|error| error.to_string())
}

/// Where what stands in the record of one call. There will be more limits.
struct Lines {
    tables: usize,
    instance: usize,
    call: usize,
    end: usize,
}

fn lines() -> Lines {
    let limits = Limits::default().list();
    let tables = 3 + limits.iter().position(|(name, _)| *name == "tables").unwrap();
    // The first line, the guest's, its limits, its name.
    let instance = 2 + limits.len() + 2;
    Lines { tables, instance, call: instance + 2, end: instance + 4 }
}

#[test]
fn the_first_difference_is_told() {
    let Lines { instance, call, .. } = lines();
    for (from, to, expected) in [
        (
            "reply 00000000000000",
            "reply 00000000000001",
            format!("line {call} of the recording: what came of `generate_rules` was `reply 00000000000001`, now it is `reply 00000000000000`"),
        ),
        ("fuel 1693", "fuel 1694", format!("line {instance} of the recording: the fuel of the instance was `1694`, now it is `1693`")),
        (
            "is good",
            "is better",
            "line 2 of the recording: what came of the guest was `is better 0000000000000000`, now it is \
             `is good 0000000000000000`".into(),
        ),
        (
            "limit memory_bytes 67108864",
            "limit memory_bytes 1",
            "line 2 of the recording: what came of the guest was `is good 0000000000000000`, now it is `failed module has \
             65536 bytes of memory at the start, the limit is 1 (`Limits::memory_bytes`)`".into(),
        ),
    ] {
        assert_eq!(changed(from, to), Err(expected), "{from} as {to}");
    }
}

#[test]
fn what_something_outside_stopped_is_not_compared() {
    let replayed = changed("reply 00000000000000", "stopped by a person").unwrap();
    assert_eq!((replayed.calls, replayed.stopped), (1, 1));
}

#[test]
fn a_module_that_is_not_at_hand() {
    let (text, _) = recorded(1);
    let error = Recording::parse(&text).unwrap().replay(|_| None).unwrap_err();
    assert!(matches!(error, ReplayError::Module { line: 2, .. }), "{error}");
}

#[test]
fn a_recording_does_not_set_what_a_replay_may_take() {
    let fuel = Limits::default().fuel_per_call;
    for (name, recorded, limit) in
        [("fuel_per_call", u64::MAX, fuel), ("fuel_per_call", fuel + 1, fuel), ("memory_bytes", 1 << 30, 64 << 20)]
    {
        let error = changed(&format!("limit {name} {limit}"), &format!("limit {name} {recorded}")).unwrap_err();
        let expected = format!(
            "line 2 of the recording: it was made with a `{name}` of {recorded}, which is above the limit of {limit} for \
             this replay (`Limits::{name}`)"
        );
        assert_eq!(error, expected);
    }
    // Who allows more gets more.
    let file = Buffer::default();
    let run = Run::new().with_record(file.clone());
    let config = Config { limits: Limits { fuel_per_call: fuel + 1, ..Limits::default() }, ..Config::default() };
    let wasm = wat::parse_str(GOOD).unwrap();
    let engine = Engine::new(config);
    engine.in_run(&run).load(&wasm).unwrap().call_bytes("generate_rules", &[1, 2]).unwrap();
    run.finish_record().unwrap();
    let recording = Recording::parse(&file.text()).unwrap();
    let error = recording.replay(find(std::slice::from_ref(&wasm))).unwrap_err();
    assert!(matches!(error, ReplayError::Limit { name: "fuel_per_call", .. }), "{error}");
    recording.replay_with(&engine, find(std::slice::from_ref(&wasm))).unwrap();

    // The run that it belongs to has the last word, and what it stops is no difference.
    let stopped = Run::new();
    stopped.interrupt();
    for (run, expected) in
        [(stopped, "was interrupted"), (Run::new().with_fuel(2_000), "over the fuel of the whole run")]
    {
        let error = recording.replay_with(&engine.in_run(&run), find(std::slice::from_ref(&wasm))).unwrap_err();
        assert!(matches!(error, ReplayError::Stopped { .. }) && error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn what_is_no_recording() {
    let Lines { instance, call, end, tables } = lines();
    let after = end + 1;
    for (from, to, expected) in [
        (
            "recording 1",
            "recording 2",
            "line 1 of the recording: expected `dorcas recording 1`, got `dorcas recording 2`".into(),
        ),
        (
            "fuel 1693",
            "fuel 01693",
            format!("line {instance} of the recording: expected what a recorder writes, got `instance 0 fuel 01693`"),
        ),
        (
            "0102",
            "01020",
            format!(
                "line {call} of the recording: expected what a recorder writes, got `bytes 0 generate_rules fuel 152 01020`"
            ),
        ),
        (
            "0102",
            "01zz",
            format!(
                "line {call} of the recording: expected what a recorder writes, got `bytes 0 generate_rules fuel 152 01zz`"
            ),
        ),
        ("end 3", "end 4", format!("line {end} of the recording: expected what a recorder writes, got `end 4`")),
        (
            "end 3\n",
            "",
            format!(
                "line {end} of the recording: expected `guest`, `instance`, `call`, `bytes` or `end`, with their words, got ``"
            ),
        ),
        (
            "end 3\n",
            "end 3\nmore",
            format!("line {after} of the recording: expected what a recorder writes, got `more`"),
        ),
        (
            "bytes 0",
            "bytes 1",
            format!(
                "line {call} of the recording: expected what a recorder writes, got `bytes 1 generate_rules fuel 152 0102`"
            ),
        ),
        (
            "instance 0",
            "instance 1",
            format!("line {instance} of the recording: expected what a recorder writes, got `instance 1 fuel 1693`"),
        ),
        (
            "generate_rules",
            "alloc",
            format!("line {call} of the recording: expected what a recorder writes, got `bytes 0 alloc fuel 152 0102`"),
        ),
        (
            "limit tables 16",
            "limit table 16",
            format!("line {tables} of the recording: expected what a recorder writes, got `limit table 16`"),
        ),
    ] {
        assert_eq!(changed(from, to), Err(expected), "{from:?} as {to:?}");
    }
}
