//! Measures Extism, for the report of dorcas-benches: it answers orders, a line of JSON each.
//!
//! Its plugins get their argument and give their result through functions of its kernel, so that the guests can't be called
//! as they are. They do the same work here, unchanged: each is a module of a plugin whose main module is an adapter, which
//! fetches the argument into the guest's memory and hands the result over, eight bytes at a time, as Extism's own
//! plugin kits do.
//!
//! What an order means is worded in `benches/src/measurement.rs`, what is said in `benches/src/protocol.rs`.
#![forbid(unsafe_code)]

use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    hint::black_box,
    io::{self, BufRead, Write},
    time::{Duration, Instant},
};

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
    let mut peer = Peer::default();
    let mut output = io::stdout();
    say(&mut output, &Greeting { subject: "extism", version: "1.30.0, wasmtime 43.0.2" })?;
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

#[derive(Default)]
struct Peer {
    /// By workload and method: an adapter is made for one method.
    loaded: BTreeMap<(String, String), (CompiledPlugin, Plugin)>,
}

enum Outcome {
    Done(Duration, Vec<u8>),
    Missing(&'static str),
}

/// Does something so many times; the last result counts.
fn timed<T>(times: u64, mut work: impl FnMut() -> Result<T>) -> Result<(Duration, T)> {
    let started = Instant::now();
    for _ in 1..times {
        black_box(work()?);
    }
    let last = work()?;
    Ok((started.elapsed(), last))
}

impl Peer {
    fn answer(&mut self, line: &str) -> Answer {
        let outcome = serde_json::from_str(line).map_err(Into::into).and_then(|order: Order| self.measure(&order));
        match outcome {
            Ok(Outcome::Done(took, reply)) => {
                let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
                let digest: String = if reply.is_empty() {
                    String::new()
                } else {
                    Sha256::digest(&reply).iter().map(|byte| format!("{byte:02x}")).collect()
                };
                Answer::Done { nanoseconds, reply: digest }
            }
            Ok(Outcome::Missing(why)) => Answer::Missing { why: why.into() },
            Err(error) => Answer::Failed { why: error.to_string() },
        }
    }

    fn measure(&mut self, order: &Order) -> Result<Outcome> {
        let read = |path: &Option<String>| -> Result<Vec<u8>> {
            Ok(path.as_ref().map(fs::read).transpose()?.unwrap_or_default())
        };
        let times = order.times.max(1);
        let method = order.method.clone().unwrap_or_else(|| "lang_name".into());
        match &*order.measure {
            "runtime_creation" | "module_loading_warm" => {
                return Ok(Outcome::Missing("a plugin has a runtime of its own, and makes it when it is loaded"));
            }
            "module_loading_cold" => {
                let (wasm, adapter) = (read(&order.module)?, adapter(&method)?);
                let (took, _) = timed(times, || Ok(Plugin::new_from_compiled(&compile(&wasm, &adapter)?)?))?;
                return Ok(Outcome::Done(took, Vec::new()));
            }
            "lang_name_read" => return Ok(Outcome::Missing("reading is part of a call")),
            "simple_call_wasm" | "expensive_call_wasm" | "fresh_instance_call" | "instantiation" | "lang_name"
            | "lang_name_call" => {}
            _ => return Ok(Outcome::Missing("it has nothing like this")),
        }
        let request = read(&order.request)?;
        let key = (order.workload.clone(), method.clone());
        if !self.loaded.contains_key(&key) {
            let compiled = compile(&read(&order.module)?, &adapter(&method)?)?;
            let plugin = Plugin::new_from_compiled(&compiled)?;
            self.loaded.insert(key.clone(), (compiled, plugin));
        }
        let (compiled, plugin) = self.loaded.get_mut(&key).ok_or("it was inserted just now")?;
        let (took, reply) = match &*order.measure {
            "simple_call_wasm" | "expensive_call_wasm" => {
                timed(times, || Ok(plugin.call::<&[u8], Vec<u8>>(&method, &request)?))?
            }
            "fresh_instance_call" => {
                timed(times, || Ok(Plugin::new_from_compiled(compiled)?.call::<&[u8], Vec<u8>>(&method, &request)?))?
            }
            "instantiation" => {
                let (took, _) = timed(times, || Ok(Plugin::new_from_compiled(compiled)?))?;
                (took, Vec::new())
            }
            "lang_name" => {
                let (took, name) = timed(times, || Ok(plugin.call::<&[u8], String>("lang_name", &[])?))?;
                (took, name.into_bytes())
            }
            "lang_name_call" => {
                let (took, ()) = timed(times, || {
                    black_box(plugin.call::<&[u8], &[u8]>("lang_name", &[])?);
                    Ok(())
                })?;
                (took, plugin.call::<&[u8], Vec<u8>>("lang_name", &[])?)
            }
            other => return Err(format!("no such measurement: {other}").into()),
        };
        Ok(Outcome::Done(took, reply))
    }
}

/// Without a cache of compiled code on the disk, which Extism has by default.
fn compile(wasm: &[u8], adapter: &[u8]) -> Result<CompiledPlugin> {
    let modules = [Wasm::data(wasm).with_name("guest"), Wasm::data(adapter).with_name("main")];
    Ok(PluginBuilder::new(Manifest::new(modules)).with_wasi(false).with_cache_disabled().compile()?)
}

/// A main module that calls a method of the guest.
fn adapter(method: &str) -> Result<Vec<u8>> {
    let (method_type, call) = match method {
        "lang_name" => ("(result i64)", "(call $method)"),
        _ => ("(param i32 i32) (result i64)", "(call $method (local.get $ptr) (local.get $len))"),
    };
    let text = include_str!("adapter.wat")
        .replace("$METHOD_TYPE", method_type)
        .replace("$METHOD_CALL", call)
        .replace("$METHOD", method);
    Ok(wat::parse_str(text)?)
}
