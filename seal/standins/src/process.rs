//! Arguments, environment, randomness, and the end.

use crate::{
    errno::{NOSYS, SUCCESS},
    memory::{store_u8, store_u32, trap},
    output::{append, byte, decimal, publish},
    region::{self, RANDOM},
};

stand_in!(
    "wasi_snapshot_preview1.args_sizes_get",
    fn args_sizes_get(count: u32, bytes: u32) -> u32 {
        store_u32(count, 0);
        store_u32(bytes, 0);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.args_get",
    fn args_get(_list: u32, _bytes: u32) -> u32 {
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.environ_sizes_get",
    fn environ_sizes_get(count: u32, bytes: u32) -> u32 {
        store_u32(count, 0);
        store_u32(bytes, 0);
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.environ_get",
    fn environ_get(_list: u32, _bytes: u32) -> u32 {
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.random_get",
    fn random_get(bytes: u32, len: u32) -> u32 {
        let (mut at, mut left) = (bytes, len);
        while left != 0 {
            let mut word = random();
            let mut some = left.min(8);
            left -= some;
            while some != 0 {
                store_u8(at, word as u8);
                word >>= 8;
                at = at.wrapping_add(1);
                some -= 1;
            }
        }
        SUCCESS
    }
);

/// The next number of the random stream: `SplitMix64`, from 0.
pub(crate) fn random() -> u64 {
    let state = RANDOM.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    RANDOM.set(state);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

stand_in!(
    "wasi_snapshot_preview1.proc_exit",
    fn proc_exit(status: u32) {
        exit(status)
    }
);

/// Ends the module with a text that has its status.
pub(crate) fn exit(status: u32) -> ! {
    line();
    // "exit status "
    word(0x0074_7320_7469_7865, 7);
    word(0x0020_7375_7461, 5);
    decimal(status);
    publish();
    trap()
}

stand_in!(
    "wasi_snapshot_preview1.proc_raise",
    fn proc_raise(signal: u32) -> u32 {
        line();
        // "signal "
        word(0x0020_6c61_6e67_6973, 7);
        decimal(signal);
        publish();
        trap()
    }
);

/// Begins a line, unless one has just begun.
fn line() {
    let len = region::TEXT_LEN.get_u32();
    if len != 0 && crate::memory::load_u8(region::text() + len - 1) != b'\n' {
        byte(b'\n');
    }
}

/// Adds up to eight bytes, the lowest first: there is no place for a text here.
pub(crate) fn word(bytes: u64, len: u32) {
    crate::memory::store_u64(region::path(), bytes);
    append(region::path(), len);
}

stand_in!(
    "wasi_snapshot_preview1.sched_yield",
    fn sched_yield() -> u32 {
        SUCCESS
    }
);

stand_in!(
    "wasi_snapshot_preview1.sock_accept",
    fn sock_accept(_fd: u32, _flags: u32, _accepted: u32) -> u32 {
        NOSYS
    }
);

stand_in!(
    "wasi_snapshot_preview1.sock_recv",
    fn sock_recv(_fd: u32, _slices: u32, _count: u32, _in: u32, _len: u32, _out: u32) -> u32 {
        NOSYS
    }
);

stand_in!(
    "wasi_snapshot_preview1.sock_send",
    fn sock_send(_fd: u32, _slices: u32, _count: u32, _in: u32, _len: u32) -> u32 {
        NOSYS
    }
);

stand_in!(
    "wasi_snapshot_preview1.sock_shutdown",
    fn sock_shutdown(_fd: u32, _how: u32) -> u32 {
        NOSYS
    }
);
