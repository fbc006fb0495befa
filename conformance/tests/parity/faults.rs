//! What can be wrong with a request? Each fault by itself, at each place where it can be.

use crate::shapes::{Part, Place, varint};

/// Texts that are not UTF-8.
const NOT_UTF8: &[&[u8]] = &[
    b"\xff",
    b"\x80",
    b"a\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xc0\x80",
    b"\xe0\x80\x80",
    b"\xf0\x80\x80\x80",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"abcdefgh\xff",
    b"abcdefghi\xe2\x28\xa1",
];

/// The message with each fault, and the name of the fault.
pub(crate) fn faults(message: &[u8], places: &[Place]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for more in [&[0][..], &[0xff], &[0; 300]] {
        out.push((format!("{} bytes behind", more.len()), [message, more].concat()));
    }
    for (at, part) in places {
        let mut add = |what: &str, bytes: Vec<u8>| out.push((format!("{what} at byte {at}"), bytes));
        let replaced = |len: usize, by: &[u8]| [&message[..*at], by, &message[at + len..]].concat();
        let left = message.len() - at;
        let digits = message[*at..].iter().position(|byte| *byte < 0x80).unwrap_or(left - 1) + 1;
        let number =
            message[*at..][..digits].iter().rev().fold(0_u64, |number, byte| number << 7 | u64::from(byte & 0x7f));

        add("end", message[..*at].to_vec());
        add("end within", message[..at + digits - 1].to_vec());
        if let Part::Flag = part {
            for byte in [0x02, 0x80, 0xff] {
                add("a flag that is none", replaced(1, &[byte]));
            }
            continue;
        }
        let mut long = message[*at..][..digits].to_vec();
        long[digits - 1] |= 0x80;
        for zeros in 0..2 {
            let more = [&long[..], &[0x80_u8][..zeros], &[0]].concat();
            add("a number with zeros behind", replaced(digits, &more));
        }
        let bits = if let Part::Number { bits: 64 } = part { 64 } else { 32 };
        let full = bits / 7;
        let mut wide = vec![0xff; full];
        wide.push(1 << (bits % 7));
        add("a number that is one bit too wide", replaced(digits, &wide));
        add("a number without an end", replaced(digits, &[0xff; 11]));
        match part {
            Part::Flag | Part::Number { .. } => {}
            Part::Variant { count } => {
                for unknown in [*count, *count + 1, 127, 128, u64::from(u32::MAX)] {
                    if unknown >= *count {
                        add("a variant that there is not", replaced(digits, &encoded(unknown)));
                    }
                }
            }
            Part::Run { text, non_empty } => {
                let end = digits + usize::try_from(number).unwrap();
                let rest = (left - digits) as u64;
                for len in [rest + 1, rest + 128, u64::from(u32::MAX >> 1) + 1, u64::from(u32::MAX)] {
                    add("a length beyond the end", replaced(digits, &encoded(len)));
                }
                if *text {
                    for bad in NOT_UTF8 {
                        add("text that is not UTF-8", replaced(end, &[&encoded(bad.len() as u64), *bad].concat()));
                    }
                }
                if *non_empty {
                    add("a text that is empty", replaced(end, &[0]));
                }
            }
            Part::List { ends, sorted } => {
                let rest = (left - digits) as u64;
                for count in [rest + 1, 1 << 20, (1 << 20) + 1, u64::from(u32::MAX >> 2) + 1, u64::from(u32::MAX)] {
                    if count > rest {
                        add("a count beyond the end", replaced(digits, &encoded(count)));
                    }
                }
                if !sorted || ends.is_empty() {
                    continue;
                }
                let first = at + digits;
                let last = ends.len() - 1;
                let start = if last == 0 { first } else { ends[last - 1] };
                let item = &message[start..ends[last]];
                let counted = encoded(ends.len() as u64 + 1);
                let doubled = [&message[..*at], &counted, &message[first..ends[last]], item, &message[ends[last]..]];
                add("an item twice", doubled.concat());
                if last > 0 {
                    let moved = [&message[..first], item, &message[first..start], &message[ends[last]..]];
                    add("the last item first", moved.concat());
                }
            }
        }
    }
    out
}

fn encoded(number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    varint(number, &mut out);
    out
}
