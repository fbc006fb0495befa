//! What time it is: a fixed instant, and a little later with each look at the clock.

use crate::{
    errno::{BADF, INVAL, SUCCESS},
    files,
    memory::{load_u8, load_u16, load_u32, load_u64, store_u8, store_u32, store_u64},
    region::{MONOTONIC, REAL},
};

/// 2000-01-01, in nanoseconds. Go refuses to start at 0.
pub(crate) const EPOCH: u64 = 946_684_800_000_000_000;
/// Where the monotonic clock starts.
const START: u64 = 1_000_000_000;
/// What passes between two looks.
const STEP: u64 = 1_000;

const REALTIME: u32 = 0;
const LAST_CLOCK: u32 = 3;

stand_in!(
    "wasi_snapshot_preview1.clock_res_get",
    fn clock_res_get(clock: u32, resolution: u32) -> u32 {
        if clock > LAST_CLOCK {
            return INVAL;
        }
        store_u64(resolution, STEP);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.clock_time_get",
    fn clock_time_get(clock: u32, _precision: u64, time: u32) -> u32 {
        if clock > LAST_CLOCK {
            return INVAL;
        }
        store_u64(time, read(clock));
        SUCCESS
    }
);

/// Looks at a clock, by which it moves on.
pub(crate) fn read(clock: u32) -> u64 {
    let word = if clock == REALTIME { REAL } else { MONOTONIC };
    let time = now(clock);
    word.set(word.get().wrapping_add(STEP));
    time
}

/// The two clocks of processor time are the monotonic one from 0.
fn now(clock: u32) -> u64 {
    match clock {
        REALTIME => REAL.get().wrapping_add(EPOCH),
        1 => MONOTONIC.get().wrapping_add(START),
        _ => MONOTONIC.get(),
    }
}

/// Sizes and places in `subscription` and `event`.
const SUBSCRIPTION: u32 = 48;
const EVENT: u32 = 32;
const TAG: u32 = 8;
const ID: u32 = 16;
const TIMEOUT: u32 = 24;
const FLAGS: u32 = 40;
const ABSOLUTE: u16 = 1;

// Files are ready at once. With clocks alone, both move to the earliest deadline: nobody has to wait here.
stand_in!(
    "wasi_snapshot_preview1.poll_oneoff",
    fn poll_oneoff(subscriptions: u32, events: u32, count: u32, reported: u32) -> u32 {
        if count == 0 {
            return INVAL;
        }
        let (mut earliest, mut files) = (u64::MAX, false);
        let (mut at, mut left) = (subscriptions, count);
        while left != 0 {
            if load_u8(at.wrapping_add(TAG)) == 0 {
                if load_u32(at.wrapping_add(ID)) > LAST_CLOCK {
                    return INVAL;
                }
                earliest = earliest.min(wait(at));
            } else {
                files = true;
            }
            at = at.wrapping_add(SUBSCRIPTION);
            left -= 1;
        }
        if !files {
            REAL.set(REAL.get().saturating_add(earliest));
            MONOTONIC.set(MONOTONIC.get().saturating_add(earliest));
        }
        let mut event = events;
        (at, left) = (subscriptions, count);
        while left != 0 {
            let tag = load_u8(at.wrapping_add(TAG));
            if tag != 0 || (!files && is_due(at, earliest)) {
                let error = if tag == 0 || is_pollable(load_u32(at.wrapping_add(ID))) { SUCCESS } else { BADF };
                let (userdata, ready) = (load_u64(at), u64::from(tag != 0 && error == SUCCESS));
                store_u64(event, userdata);
                store_u64(event.wrapping_add(8), 0);
                store_u64(event.wrapping_add(16), ready);
                store_u64(event.wrapping_add(24), 0);
                store_u8(event.wrapping_add(8), error as u8);
                store_u8(event.wrapping_add(10), tag);
                event = event.wrapping_add(EVENT);
            }
            at = at.wrapping_add(SUBSCRIPTION);
            left -= 1;
        }
        store_u32(reported, event.wrapping_sub(events) / EVENT);
        SUCCESS
    }
);

/// How long it is until a subscription's deadline.
fn wait(subscription: u32) -> u64 {
    let timeout = load_u64(subscription.wrapping_add(TIMEOUT));
    if load_u16(subscription.wrapping_add(FLAGS)) & ABSOLUTE == 0 {
        return timeout;
    }
    timeout.saturating_sub(now(load_u32(subscription.wrapping_add(ID))))
}

/// Whether it is reported after so much time has passed. What is absolute is measured from the new instant.
fn is_due(subscription: u32, passed: u64) -> bool {
    let left = wait(subscription);
    left == 0 || (load_u16(subscription.wrapping_add(FLAGS)) & ABSOLUTE == 0 && left <= passed)
}

fn is_pollable(fd: u32) -> bool {
    fd < 3 || files::is_open(fd)
}
