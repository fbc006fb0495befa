//! What a program in Go asks of WASI, as functions of a host module: a clock that moves only when somebody looks or sleeps, bytes
//! that look random and follow from a seed, no files, and a log.

use dorcas_host::{
    HostModule,
    module::{Halt, Memory},
};

/// What an instance has of WASI.
pub(crate) struct Wasi {
    /// Nanoseconds since 1970, by the clock of this world.
    pub(crate) now: u64,
    /// What was written to standard output and standard error: the first [`LOG_BYTES`].
    pub(crate) log: Vec<u8>,
    random: u64,
}

const LOG_BYTES: usize = 64 << 10;

/// Errors as WASI numbers them.
const BAD_FILE: u32 = 8;
const NOT_SUPPORTED: u32 = 58;

impl Wasi {
    /// A world of its own: the same seed, the same world.
    pub(crate) fn new(seed: u64) -> Self {
        Self { now: 946_684_800_000_000_000, log: Vec::new(), random: seed }
    }

    /// What was written, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.log).into_owned()
    }

    /// The generator of `java.util.SplittableRandom`.
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn random_get(&mut self, memory: &mut Memory<'_>, ptr: u32, len: u32) -> Result<u32, Halt> {
        for bytes in memory.get_mut(ptr, len)?.chunks_mut(8) {
            bytes.copy_from_slice(&self.next().to_le_bytes()[..bytes.len()]);
        }
        Ok(0)
    }

    fn clock_time_get(&mut self, memory: &mut Memory<'_>, _clock: u32, _precision: u64, out: u32) -> Result<u32, Halt> {
        self.now += 1_000;
        memory.write(out, self.now)?;
        Ok(0)
    }

    fn fd_write(&mut self, memory: &mut Memory<'_>, fd: u32, parts: u32, count: u32, out: u32) -> Result<u32, Halt> {
        if !matches!(fd, 1 | 2) {
            return Ok(BAD_FILE);
        }
        let parts: Vec<[u32; 2]> = memory.list(parts, count)?.collect();
        let mut written = 0_u32;
        for [ptr, len] in parts {
            let bytes = memory.get(ptr, len)?;
            let room = LOG_BYTES.saturating_sub(self.log.len());
            self.log.extend_from_slice(&bytes[..bytes.len().min(room)]);
            written = written.saturating_add(len);
        }
        memory.write(out, written)?;
        Ok(0)
    }

    /// Go asks for one clock, and sleeps until it has come that far.
    fn poll_oneoff(
        &mut self,
        memory: &mut Memory<'_>,
        subscriptions: u32,
        events: u32,
        count: u32,
        out: u32,
    ) -> Result<u32, Halt> {
        const CLOCK: u8 = 0;
        const IS_ABSOLUTE: u16 = 1;
        if count == 0 {
            return Ok(28);
        }
        // The one that comes first; the others are asked for again.
        let mut first: Option<(u64, u64)> = None;
        for number in 0..count {
            let at = subscriptions.saturating_add(number.saturating_mul(48));
            let user: u64 = memory.read(at)?;
            if memory.read::<u8>(at.saturating_add(8))? != CLOCK {
                return Ok(NOT_SUPPORTED);
            }
            let timeout: u64 = memory.read(at.saturating_add(24))?;
            let flags: u16 = memory.read(at.saturating_add(40))?;
            let until = if flags & IS_ABSOLUTE != 0 { timeout } else { self.now.saturating_add(timeout) };
            if first.is_none_or(|(earliest, _)| until < earliest) {
                first = Some((until, user));
            }
        }
        let Some((until, user)) = first else { return Ok(0) };
        self.now = self.now.max(until);
        memory.write(events, [user, 0, 0, 0])?;
        memory.write(out, 1_u32)?;
        Ok(0)
    }

    fn sizes(_: &mut Self, memory: &mut Memory<'_>, count: u32, bytes: u32) -> Result<u32, Halt> {
        memory.write(count, 0_u32)?;
        memory.write(bytes, 0_u32)?;
        Ok(0)
    }

    /// Standard input, output and error are streams; there are no other files.
    fn fd_fdstat_get(_: &mut Self, memory: &mut Memory<'_>, fd: u32, out: u32) -> Result<u32, Halt> {
        const CHARACTER_DEVICE: u64 = 2;
        if fd > 2 {
            return Ok(BAD_FILE);
        }
        memory.write(out, [CHARACTER_DEVICE, 0, 0])?;
        Ok(0)
    }
}

/// What Go's programs import.
pub(crate) fn module(seed: u64) -> HostModule<Wasi> {
    HostModule::new("wasi_snapshot_preview1", move || Wasi::new(seed))
        .function("args_get", |_: &mut Wasi, _list: u32, _bytes: u32| 0_u32)
        .with_memory("args_sizes_get", Wasi::sizes)
        .with_memory("clock_time_get", Wasi::clock_time_get)
        .function("environ_get", |_: &mut Wasi, _list: u32, _bytes: u32| 0_u32)
        .with_memory("environ_sizes_get", Wasi::sizes)
        .function("fd_close", |_: &mut Wasi, _fd: u32| BAD_FILE)
        .with_memory("fd_fdstat_get", Wasi::fd_fdstat_get)
        .function("fd_fdstat_set_flags", |_: &mut Wasi, _fd: u32, _flags: u32| 0_u32)
        .function("fd_prestat_dir_name", |_: &mut Wasi, _fd: u32, _path: u32, _len: u32| BAD_FILE)
        .function("fd_prestat_get", |_: &mut Wasi, _fd: u32, _out: u32| BAD_FILE)
        .with_memory("fd_write", Wasi::fd_write)
        .with_memory("poll_oneoff", Wasi::poll_oneoff)
        .function("proc_exit", |_: &mut Wasi, status: i32| -> Result<(), Halt> { Err(Halt::Exit(status)) })
        .with_memory("random_get", Wasi::random_get)
        .function("sched_yield", |_: &mut Wasi| 0_u32)
}
