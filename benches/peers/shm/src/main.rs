//! Measures a service in a process that shares memory with its caller, for the report of dorcas-benches: it answers
//! orders, a line of JSON each.
//!
//! ```text
//! shm futex       whoever waits sleeps until the kernel wakes it
//! shm spinning    it looks for a while before it sleeps
//! ```
//!
//! What an order means is worded in `benches/src/measurement.rs`, what is said in `benches/src/protocol.rs`. The service
//! does what `benches/src/transport/service.rs` does.

mod region;

use region::{Region, Side};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead, Write},
    os::fd::AsFd as _,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How often is looked before somebody sleeps, where that is asked for: some ten microseconds.
const LOOKS: u32 = 5_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (subject, looks) = match arguments[..] {
        ["futex"] => ("process over shared memory", 0),
        ["spinning"] => ("process over shared memory, spinning", LOOKS),
        ["serve", looks] => return serve(looks.parse()?),
        _ => return Err("usage: shm futex|spinning".into()),
    };
    let mut service = Service::start(looks)?;
    let mut output = io::stdout();
    writeln!(output, "{}", json!({"subject": subject, "version": env!("CARGO_PKG_VERSION")}))?;
    for line in io::stdin().lock().lines() {
        writeln!(output, "{}", answer(&mut service, &line?))?;
        output.flush()?;
    }
    Ok(())
}

fn answer(service: &mut Service, line: &str) -> Value {
    match measure(service, line) {
        Ok(Some((took, reply))) => {
            let digest: String = Sha256::digest(&reply).iter().map(|byte| format!("{byte:02x}")).collect();
            let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
            json!({"done": {"nanoseconds": nanoseconds, "reply": digest}})
        }
        Ok(None) => json!({"missing": {"why": "it carries messages, no more"}}),
        Err(error) => json!({"failed": {"why": error.to_string()}}),
    }
}

/// Has the work done as many times as ordered and compares each reply with what it should be, as `measure` in
/// `benches/src/transport/mod.rs` does. The message that was ordered is the last one.
fn measure(service: &mut Service, line: &str) -> Result<Option<(Duration, Vec<u8>)>> {
    let order: Value = serde_json::from_str(line)?;
    let work = match order["measure"].as_str() {
        Some("service_echo") => Work::Echo,
        Some("service_work") => Work::Hash,
        _ => return Ok(None),
    };
    let request = fs::read(order["request"].as_str().ok_or("no request")?)?;
    let pairs = [0, 1, 2, 3].map(|variant| {
        let mut message = request.clone();
        message[0] ^= variant;
        let mut reply = vec![0; work.reply_len(message.len())];
        work.on(&message, &mut reply);
        (message, reply)
    });
    let times = usize::try_from(order["times"].as_u64().unwrap_or(1).max(1))?;
    let mut last = Vec::new();
    let started = Instant::now();
    for (message, reply) in pairs[1..].iter().cycle().take(times - 1).chain(&pairs[..1]) {
        last = service.call(work, message)?;
        if last != *reply {
            return Err(format!("the reply to {} bytes is another", message.len()).into());
        }
    }
    Ok(Some((started.elapsed(), last)))
}

/// What is done with a message.
#[derive(Clone, Copy)]
enum Work {
    /// It is sent back.
    Echo,
    /// It is sent back with its FNV-1a behind it.
    Hash,
}

impl Work {
    fn reply_len(self, len: usize) -> usize {
        match self {
            Self::Echo => len,
            Self::Hash => len + 8,
        }
    }

    /// Writes the reply to a message.
    fn on(self, message: &[u8], reply: &mut [u8]) {
        let (copy, rest) = reply.split_at_mut(message.len());
        copy.copy_from_slice(message);
        if let Self::Hash = self {
            let hash = message
                .iter()
                .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
            rest.copy_from_slice(&hash.to_le_bytes());
        }
    }
}

/// The process that does the work.
struct Service {
    region: Region,
    process: Child,
}

impl Service {
    fn start(looks: u32) -> Result<Self> {
        let (region, memory) = Region::new(looks)?;
        let process = Command::new(env::current_exe()?)
            .args(["serve", &looks.to_string()])
            .stdin(Stdio::from(memory))
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { region, process })
    }

    fn call(&mut self, work: Work, message: &[u8]) -> Result<Vec<u8>> {
        self.region.write(work as u32, message.len(), |to| to.copy_from_slice(message))?;
        self.region.give_to(Side::Service)?;
        if !self.region.wait_for(Side::Caller)? {
            return Err("the service has gone".into());
        }
        Ok(self.region.reply()?.to_vec())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.region.close();
        let _ = self.process.wait();
    }
}

/// What the other process does: its standard input is the memory.
fn serve(looks: u32) -> Result<()> {
    // A caller that is killed doesn't say good-bye.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let mut region = Region::open(io::stdin().as_fd(), looks)?;
    while region.wait_for(Side::Service)? {
        let (work, message, reply) = region.request()?;
        let work = if work == Work::Echo as u32 { Work::Echo } else { Work::Hash };
        let len = work.reply_len(message.len());
        work.on(message, reply.get_mut(..len).ok_or("the reply is too long")?);
        region.answered(len)?;
        region.give_to(Side::Caller)?;
    }
    Ok(())
}
