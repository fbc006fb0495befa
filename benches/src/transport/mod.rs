//! What do the other ways cost, to have work done by code that is not one's own?
//!
//! The same message and the same [`Work`] by a function, by a guest, and by a process that is reached over pipes, over a
//! socket, or spawned for the one call. (Shared memory is in `peers/shm`, go-plugin in `peers/plugin`.)
//! The process runs the very function that is called natively.
//!
//! Every reply is compared with what it should be, which is part of what is timed, the same for all. The message changes
//! from call to call, so that none is answered with what was left of the last.

mod fresh;
mod process;
mod service;

pub use fresh::Fresh;
pub use process::{Child, Line, serve_if_told};
pub use service::Work;

use crate::subject::{Outcome, Task};
use std::{error::Error, time::Instant};

/// Names and lengths of the messages.
pub const SIZES: [(&str, usize); 3] = [("16 B", 16), ("1 KiB", 1 << 10), ("64 KiB", 1 << 16)];

/// The guest that does both kinds of work.
///
/// # Panics
/// Where a file of this crate is broken, which its tests would find.
pub fn guest() -> Vec<u8> {
    wat::parse_str(include_str!("../../guests/service.wat")).expect("a test assembles it")
}

/// Bytes without a pattern that anything could make use of, the same each time: a xorshift.
pub fn message(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

/// Has the work of a task done as many times as it wants by `exchange`, and compares each reply with what it should be.
pub fn measure(
    task: &Task,
    mut exchange: impl FnMut(Work, &[u8]) -> Result<Vec<u8>, Box<dyn Error>>,
) -> Result<Outcome, Box<dyn Error>> {
    let Some(work) = Work::of(task.measure) else {
        return Ok(Outcome::Missing("it carries messages, no more"));
    };
    let pair = |variant| {
        let mut message = task.request.clone();
        message.iter_mut().take(1).for_each(|byte| *byte ^= variant);
        let reply = work.on(&message);
        (message, reply)
    };
    let ordered = pair(0);
    let others = [1, 2, 3].map(pair);
    let before = usize::try_from(task.times)?.saturating_sub(1);
    let mut last = Vec::new();
    let started = Instant::now();
    // Whatever the number of times, the last message is the one that was ordered.
    for (message, reply) in others.iter().cycle().take(before).chain([&ordered]) {
        last = exchange(work, message)?;
        if last != *reply {
            return Err(format!("{work:?} of {} bytes came to something else", message.len()).into());
        }
    }
    Ok(Outcome::done(started.elapsed(), last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measurement::Measurement;

    fn task(times: u64) -> Task {
        Task {
            measure: Measurement::ServiceWork,
            workload: "16 B".into(),
            module: guest(),
            method: "find".into(),
            request: message(16),
            times,
        }
    }

    #[test]
    fn the_last_message_is_the_one_that_was_ordered() {
        for times in [1, 2, 3, 4, 5] {
            let mut seen = Vec::new();
            let outcome = measure(&task(times), |work, message| {
                seen.push(message.to_vec());
                Ok(work.on(message))
            });
            let Ok(Outcome::Done { reply, .. }) = outcome else { panic!("{outcome:?}") };
            assert_eq!(reply, Work::Hash.on(&message(16)));
            assert_eq!(seen.len() as u64, times);
            assert_eq!(seen.last(), Some(&message(16)));
            assert!(seen.windows(2).all(|two| two[0] != two[1]));
        }
    }

    #[test]
    fn an_answer_to_the_message_before() {
        let mut before = Work::Hash.on(&message(16));
        let outcome = measure(&task(2), |work, message| Ok(std::mem::replace(&mut before, work.on(message))));
        assert_eq!(outcome.unwrap_err().to_string(), "Hash of 16 bytes came to something else");
    }
}
