//! How does a guest write what only people read?

use super::{Compose, HostModule};
use crate::printable::printable;
use std::{fmt::Write as _, sync::Arc};

/// How much a message of [`Engine::with_log`](crate::Engine::with_log) matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 0: something is wrong.
    Error,
    /// 1: something may be wrong.
    Warning,
    /// 2: good to know.
    Info,
    /// 3 and every other number: for whoever debugs the guest.
    Debug,
}

/// The module `dorcas` with the function `log`.
pub(crate) fn module(deliver: impl Fn(Level, &str) + Send + Sync + 'static) -> HostModule<Log> {
    let deliver: Arc<Deliver> = Arc::new(deliver);
    HostModule::new("dorcas", move || Log { deliver: Arc::clone(&deliver), left: MAX_INSTANCE_BYTES })
        .costing(MESSAGE_FUEL)
        .function("log", Log::log)
}

/// Most bytes of a message that are shown.
const MAX_MESSAGE_BYTES: usize = 1_000;

/// Most bytes that one instance writes. What comes then is left out, which a last message says.
const MAX_INSTANCE_BYTES: usize = 64 << 10;

/// What a short message counts as.
const MIN_MESSAGE_BYTES: usize = 32;

/// A message goes to a terminal or a file, which takes its time.
const MESSAGE_FUEL: u64 = 5_000;

type Deliver = dyn Fn(Level, &str) + Send + Sync;

pub(crate) struct Log {
    deliver: Arc<Deliver>,
    left: usize,
}

impl Log {
    fn log(&mut self, level: Level, message: &[u8]) {
        if self.left == 0 {
            return;
        }
        // Cut before it is looked at: a message may be as long as the memory.
        let start = &message[..message.len().min(MAX_MESSAGE_BYTES)];
        let mut text = printable(String::from_utf8_lossy(start).trim_end(), 3 * MAX_MESSAGE_BYTES);
        if start.len() < message.len() {
            write!(text, "... ({} bytes)", message.len()).expect("writing to a string");
        }
        (self.deliver)(level, &text);
        self.left = self.left.saturating_sub(start.len().max(MIN_MESSAGE_BYTES));
        if self.left == 0 {
            (self.deliver)(Level::Warning, "further messages of this instance are left out");
        }
    }
}

impl Compose for Level {
    type Item<'m> = Self;
    type Parts = u32;
}

impl From<u32> for Level {
    fn from(number: u32) -> Self {
        match number {
            0 => Self::Error,
            1 => Self::Warning,
            2 => Self::Info,
            _ => Self::Debug,
        }
    }
}
