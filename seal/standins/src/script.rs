//! What AssemblyScript imports: a failed assertion, a trace, a seed, and the clock and the console of JavaScript.
//!
//! A string is UTF-16, with its number of bytes in the four bytes in front of it. Address 0 is no string.

use crate::{
    clock,
    memory::{load_u16, load_u32, trap},
    output::{byte, decimal, publish},
    process::{exit, random, word},
};

stand_in!(
    "env.abort",
    fn abort(message: u32, file: u32, line: u32, column: u32) {
        if message == 0 {
            // "abort"
            word(0x74_726f_6261, 5);
        }
        string(message);
        if file != 0 {
            // " at "
            word(0x2074_6120, 4);
            string(file);
            byte(b':');
            decimal(line);
            byte(b':');
            decimal(column);
        }
        publish();
        trap()
    }
);

// The one of C, which has no text.
stand_in!(
    "env.abort#2",
    fn abort_silently() {
        abort(0, 0, 0, 0);
    }
);

stand_in!(
    "env.trace",
    fn trace(message: u32, count: u32, a: f64, b: f64, c: f64, d: f64, e: f64) {
        string(message);
        number(count, 0, a);
        number(count, 1, b);
        number(count, 2, c);
        number(count, 3, d);
        number(count, 4, e);
        byte(b'\n');
        publish();
    }
);

stand_in!(
    "env.seed",
    fn seed() -> f64 {
        f64::from((random() >> 11) as u32)
    }
);

stand_in!(
    "env.Date.now",
    fn date_now() -> f64 {
        millis(0)
    }
);

stand_in!(
    "env.performance.now",
    fn performance_now() -> f64 {
        millis(1)
    }
);

fn millis(clock: u32) -> f64 {
    // Less than 2^53 for 285,000 years.
    #[allow(clippy::cast_precision_loss)]
    let millis = (clock::read(clock) / 1_000_000) as f64;
    millis
}

stand_in!(
    "env.process.exit",
    fn process_exit(status: u32) {
        exit(status)
    }
);

stand_in!(
    "env.console.log",
    fn console_log(message: u32) {
        console(message);
    }
);
stand_in!(
    "env.console.debug",
    fn console_debug(message: u32) {
        console(message);
    }
);
stand_in!(
    "env.console.info",
    fn console_info(message: u32) {
        console(message);
    }
);
stand_in!(
    "env.console.warn",
    fn console_warn(message: u32) {
        console(message);
    }
);
stand_in!(
    "env.console.error",
    fn console_error(message: u32) {
        console(message);
    }
);

fn console(message: u32) {
    string(message);
    byte(b'\n');
    publish();
}

/// One of the numbers of a trace, if there are so many: as an integer, which most are; of others the integer part.
#[inline(never)]
fn number(count: u32, place: u32, value: f64) {
    if place >= count {
        return;
    }
    byte(b' ');
    if value < 0.0 {
        byte(b'-');
    }
    // What doesn't fit becomes the nearest that does.
    #[allow(clippy::cast_sign_loss)]
    let whole = if value < 0.0 { -value } else { value } as u32;
    decimal(whole);
}

/// Adds a string, as UTF-8.
#[inline(never)]
fn string(at: u32) {
    if at == 0 {
        return;
    }
    let end = at.wrapping_add(load_u32(at.wrapping_sub(4)) & !1);
    let mut at = at;
    while at != end {
        let mut code = u32::from(load_u16(at));
        at = at.wrapping_add(2);
        if code & 0xfc00 == 0xd800 && at != end {
            let low = u32::from(load_u16(at));
            if low & 0xfc00 == 0xdc00 {
                code = 0x1_0000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
                at = at.wrapping_add(2);
            }
        }
        utf8(code);
    }
}

fn utf8(code: u32) {
    let rest = |shift: u32| byte(0x80 | (code >> shift & 0x3f) as u8);
    match code {
        0..0x80 => byte(code as u8),
        0x80..0x800 => {
            byte(0xc0 | (code >> 6) as u8);
            rest(0);
        }
        0x800..0x1_0000 => {
            byte(0xe0 | (code >> 12) as u8);
            rest(6);
            rest(0);
        }
        _ => {
            byte(0xf0 | (code >> 18) as u8);
            rest(12);
            rest(6);
            rest(0);
        }
    }
}
