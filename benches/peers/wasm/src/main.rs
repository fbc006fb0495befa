//! Measures wasmtime, for the report of dorcas-benches: it answers orders, a line of JSON each.
//!
//! ```text
//! wasm-peers wasmtime    compiled by Cranelift
//! wasm-peers pulley      wasmtime's interpreter
//! ```
//!
//! What an order means is worded in `benches/src/measurement.rs`, what is said in `benches/src/protocol.rs`.
#![forbid(unsafe_code)]

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{self, BufRead, Write},
    time::{Duration, Instant},
};
use wasmtime::{Config, Engine, Instance, Memory, Module, Store, TypedFunc};

#[derive(Serialize)]
struct Greeting {
    subject: &'static str,
    version: &'static str,
}

#[derive(Deserialize)]
struct Order {
    measure: String,
    workload: String,
    module: Option<String>,
    method: Option<String>,
    request: Option<String>,
    times: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done { nanoseconds: u64, reply: String },
    Missing { why: String },
    Failed { why: String },
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (subject, target) = match &arguments[..] {
        [name] if name == "wasmtime" => ("wasmtime", None),
        [name] if name == "pulley" => ("wasmtime pulley", Some("pulley64")),
        _ => return Err("usage: wasm-peers wasmtime|pulley".into()),
    };
    let mut peer = Peer { target, loaded: BTreeMap::new() };
    let mut output = io::stdout();
    say(&mut output, &Greeting { subject, version: "48.0.8" })?;
    for line in io::stdin().lock().lines() {
        say(&mut output, &peer.answer(&line?))?;
    }
    Ok(())
}

fn say(output: &mut impl Write, what: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *output, what)?;
    output.write_all(b"\n")?;
    Ok(output.flush()?)
}

struct Peer {
    target: Option<&'static str>,
    loaded: BTreeMap<String, (Engine, Module, Loaded)>,
}

struct Loaded {
    store: Store<()>,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<(u32, u32), ()>,
    lang_name: TypedFunc<(), i64>,
    methods: BTreeMap<&'static str, TypedFunc<(u32, u32), i64>>,
}

const METHODS: [&str; 7] = ["manifest", "configure", "fix", "generate_rules", "imports", "resolve", "find"];

/// Does something so many times; the last result counts.
fn timed<T>(times: u64, mut work: impl FnMut() -> Result<T>) -> Result<(Duration, T)> {
    let started = Instant::now();
    for _ in 1..times {
        std::hint::black_box(work()?);
    }
    let last = work()?;
    Ok((started.elapsed(), last))
}

/// Calls a service so many times and compares each reply with what its work gives here, as `measure` in
/// `benches/src/transport/mod.rs` does. The message that was ordered is the last one.
fn served(
    times: u64,
    request: &[u8],
    work: impl Fn(&[u8]) -> Vec<u8>,
    mut call: impl FnMut(&[u8]) -> Result<Vec<u8>>,
) -> Result<(Duration, Vec<u8>)> {
    let pairs = [1, 2, 3, 0].map(|variant| {
        let mut message = request.to_vec();
        message[0] ^= variant;
        let reply = work(&message);
        (message, reply)
    });
    let mut turns = pairs[..3].iter().cycle().take(usize::try_from(times)? - 1).chain(&pairs[3..]);
    timed(times, || {
        let (message, reply) = turns.next().ok_or("there are as many as times")?;
        let got = call(message)?;
        if got == *reply { Ok(got) } else { Err(format!("the reply to {} bytes is another", message.len()).into()) }
    })
}

/// A message and behind it its FNV-1a of 64 bits.
fn hashed(message: &[u8]) -> Vec<u8> {
    let hash = message
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    [message, &hash.to_le_bytes()].concat()
}

impl Peer {
    fn answer(&mut self, line: &str) -> Answer {
        let outcome = serde_json::from_str(line).map_err(Into::into).and_then(|order: Order| self.measure(&order));
        match outcome {
            Ok(Some((took, reply))) => {
                let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
                let digest: String = if reply.is_empty() {
                    String::new()
                } else {
                    Sha256::digest(&reply).iter().map(|byte| format!("{byte:02x}")).collect()
                };
                Answer::Done { nanoseconds, reply: digest }
            }
            Ok(None) => Answer::Missing { why: "it calls modules, no more".into() },
            Err(error) => Answer::Failed { why: error.to_string() },
        }
    }

    fn measure(&mut self, order: &Order) -> Result<Option<(Duration, Vec<u8>)>> {
        let read = |path: &Option<String>| -> Result<Vec<u8>> {
            Ok(path.as_ref().map(fs::read).transpose()?.unwrap_or_default())
        };
        let (wasm, request, times) = (read(&order.module)?, read(&order.request)?, order.times.max(1));
        let method = order.method.clone().unwrap_or_default();
        let nothing = |took: Duration| Ok(Some((took, Vec::new())));
        match &*order.measure {
            "runtime_creation" => return nothing(timed(times, || self.engine())?.0),
            "module_loading_cold" => {
                let load = || {
                    let engine = self.engine()?;
                    start(&engine, &Module::new(&engine, &wasm)?)
                };
                return nothing(timed(times, load)?.0);
            }
            "module_loading_warm" => {
                let engine = self.engine()?;
                Module::new(&engine, &wasm)?;
                return nothing(timed(times, || start(&engine, &Module::new(&engine, &wasm)?))?.0);
            }
            _ => {}
        }
        if order.module.is_none() {
            return Ok(None);
        }
        if !self.loaded.contains_key(&order.workload) {
            let engine = self.engine()?;
            let module = Module::new(&engine, &wasm)?;
            let loaded = start(&engine, &module)?;
            self.loaded.insert(order.workload.clone(), (engine, module, loaded));
        }
        let (engine, module, loaded) = self.loaded.get_mut(&order.workload).ok_or("it was inserted just now")?;
        Ok(Some(match &*order.measure {
            "simple_call_wasm" | "expensive_call_wasm" => timed(times, || loaded.exchange(&method, &request))?,
            "service_echo" => served(times, &request, |bytes| bytes.to_vec(), |bytes| loaded.exchange(&method, bytes))?,
            "service_work" => served(times, &request, hashed, |bytes| loaded.exchange(&method, bytes))?,
            "fresh_instance_call" => timed(times, || start(engine, module)?.exchange(&method, &request))?,
            "instantiation" => return nothing(timed(times, || start(engine, module))?.0),
            "lang_name" => {
                let (took, name) = timed(times, || {
                    let name = loaded.name()?;
                    let text = std::str::from_utf8(loaded.read(name)?)?.to_owned();
                    loaded.give(name)?;
                    Ok(text)
                })?;
                (took, name.into_bytes())
            }
            "lang_name_call" => {
                let (took, ()) = timed(times, || {
                    let name = loaded.name()?;
                    loaded.give(name)
                })?;
                let name = loaded.name()?;
                let bytes = loaded.read(name)?.to_vec();
                loaded.give(name)?;
                (took, bytes)
            }
            "lang_name_read" => {
                let name = loaded.name()?;
                let done = timed(times, || Ok(loaded.read(std::hint::black_box(name))?.to_vec()))?;
                loaded.give(name)?;
                done
            }
            _ => return Ok(None),
        }))
    }

    fn engine(&self) -> Result<Engine> {
        let mut config = Config::new();
        if let Some(target) = self.target {
            config.target(target)?;
        }
        Ok(Engine::new(&config)?)
    }
}

fn start(engine: &Engine, module: &Module) -> Result<Loaded> {
    let mut store = Store::new(engine, ());
    let instance = Instance::new(&mut store, module, &[])?;
    if let Ok(initialize) = instance.get_typed_func::<(), ()>(&mut store, "_initialize") {
        initialize.call(&mut store, ())?;
    }
    let methods =
        METHODS.iter().filter_map(|name| Some((*name, instance.get_typed_func(&mut store, name).ok()?))).collect();
    Ok(Loaded {
        memory: instance.get_memory(&mut store, "memory").ok_or("no memory")?,
        alloc: instance.get_typed_func(&mut store, "alloc")?,
        free: instance.get_typed_func(&mut store, "free")?,
        lang_name: instance.get_typed_func(&mut store, "lang_name")?,
        methods,
        store,
    })
}

impl Loaded {
    fn exchange(&mut self, method: &str, request: &[u8]) -> Result<Vec<u8>> {
        let function = self.methods.get(method).ok_or("no such export")?.clone();
        let len = u32::try_from(request.len())?;
        let ptr = self.alloc.call(&mut self.store, len)?;
        self.memory.write(&mut self.store, ptr as usize, request)?;
        let result = unpack(function.call(&mut self.store, (ptr, len))?);
        let reply = self.read(result)?.to_vec();
        self.give((ptr, len))?;
        self.give(result)?;
        Ok(reply)
    }

    fn name(&mut self) -> Result<(u32, u32)> {
        Ok(unpack(self.lang_name.call(&mut self.store, ())?))
    }

    fn give(&mut self, span: (u32, u32)) -> Result<()> {
        Ok(self.free.call(&mut self.store, span)?)
    }

    fn read(&self, (ptr, len): (u32, u32)) -> Result<&[u8]> {
        let start = ptr as usize;
        self.memory.data(&self.store).get(start..start + len as usize).ok_or_else(|| "outside the memory".into())
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn unpack(word: i64) -> (u32, u32) {
    ((word as u64 >> 32) as u32, word as u32)
}
