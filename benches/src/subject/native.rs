use super::{Outcome, Subject, Task};
use crate::{measurement::Measurement, protocol::Greeting, transport};
use dorcas_abi::{
    message::{GenerateRequest, Reply},
    wire,
};
use dorcas_guest::Language as _;
use dorcas_guest_proto::Proto;
use std::{
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

/// The same work as native code: functions of Rust, which get the request as a value and return the response as one.
#[derive(Debug)]
pub struct Native;

/// Requests that are made before the clock runs.
const AT_A_TIME: u64 = 64;

impl Subject for Native {
    fn greeting(&self) -> Greeting {
        Greeting { subject: "native".into(), version: env!("CARGO_PKG_VERSION").into() }
    }

    fn measure(&mut self, task: &Task) -> Result<Outcome, Box<dyn Error>> {
        let simple = match task.measure {
            Measurement::SimpleCallNative => true,
            Measurement::ExpensiveCallNative => false,
            Measurement::ServiceEcho | Measurement::ServiceWork => {
                return transport::measure(task, |work, message| Ok(black_box(work.on(black_box(message)))));
            }
            _ => return Ok(Outcome::Missing("native code has no module")),
        };
        let (took, reply) = match &*task.workload {
            "text" if simple => by_hand(task, |_| vec![0; 5]),
            "text" => by_hand(task, |request| fnv_1a(request).to_le_bytes().to_vec()),
            "rust" => proto(task)?,
            _ => return Ok(Outcome::Missing("there is no native build of this guest")),
        };
        Ok(Outcome::done(took, reply))
    }
}

fn by_hand(task: &Task, work: impl Fn(&[u8]) -> Vec<u8>) -> (Duration, Vec<u8>) {
    let started = Instant::now();
    let mut reply = Vec::new();
    for _ in 0..task.times {
        reply = black_box(work(black_box(&task.request)));
    }
    (started.elapsed(), reply)
}

/// What `find` of `guests/text.wat` does.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn proto(task: &Task) -> Result<(Duration, Vec<u8>), Box<dyn Error>> {
    let request: GenerateRequest = wire::decode(&task.request)?;
    let (mut took, mut left, mut last) = (Duration::ZERO, task.times, None);
    while left > 0 {
        let requests: Vec<_> = (0..left.min(AT_A_TIME)).map(|_| request.clone()).collect();
        left -= requests.len() as u64;
        let started = Instant::now();
        for request in requests {
            last = Some(black_box(Proto::generate_rules(request)));
        }
        took += started.elapsed();
    }
    let response = last.ok_or("nothing was done")?.map_err(|error| error.message)?;
    Ok((took, wire::encode(&Reply::Ok(response))?))
}
