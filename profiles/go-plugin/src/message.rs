//! Can bytes be a message of protocol buffers, whatever its type?

/// Says where they can't be read, and why.
pub(crate) fn check(bytes: &[u8]) -> Result<(), (usize, &'static str)> {
    // Numbers of the groups that are open: a kind of field that nobody writes any more.
    let mut groups = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = at;
        let tag = number(bytes, &mut at)?;
        let field = tag >> 3;
        if field == 0 || field > (1 << 29) - 1 {
            return Err((begins, "no field has such a number"));
        }
        let length = match tag & 7 {
            0 => {
                number(bytes, &mut at)?;
                0
            }
            1 => 8,
            2 => number(bytes, &mut at)?,
            3 => {
                groups.push(field);
                0
            }
            4 if groups.pop() == Some(field) => 0,
            4 => return Err((begins, "a group ends that did not begin")),
            5 => 4,
            _ => return Err((begins, "there is no such kind of field")),
        };
        let room = (bytes.len() - at) as u64;
        if length > room {
            return Err((begins, "a field is longer than what is left"));
        }
        at += usize::try_from(length).unwrap_or(usize::MAX);
    }
    if groups.is_empty() { Ok(()) } else { Err((at, "a group does not end")) }
}

/// A number of at most 64 bits, seven a byte, the lowest first.
fn number(bytes: &[u8], at: &mut usize) -> Result<u64, (usize, &'static str)> {
    let begins = *at;
    let mut value = 0_u64;
    for shift in (0..70).step_by(7) {
        let byte = *bytes.get(*at).ok_or((begins, "a number does not end"))?;
        *at += 1;
        if shift == 63 && byte > 1 {
            break;
        }
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err((begins, "a number has more than 64 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_to_their_ends() {
        for (bytes, outcome) in [
            (&b""[..], Ok(())),
            (b"\x0a\x05wasmi", Ok(())),
            (b"\x08\x96\x01\x11\0\0\0\0\0\0\0\0\x1d\0\0\0\0\x23\x20\x01\x24", Ok(())),
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", Ok(())),
            (b"\xff\xff\xff", Err((0, "a number does not end"))),
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", Err((1, "a number has more than 64 bits"))),
            (b"\x0a\x05wasm", Err((0, "a field is longer than what is left"))),
            (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", Err((0, "a field is longer than what is left"))),
            (b"\x02\x00", Err((0, "no field has such a number"))),
            (b"\x0f", Err((0, "there is no such kind of field"))),
            (b"\x08\x01\x24", Err((2, "a group ends that did not begin"))),
            (b"\x23\x2c", Err((1, "a group ends that did not begin"))),
            (b"\x23", Err((1, "a group does not end"))),
        ] {
            assert_eq!(check(bytes), outcome, "{bytes:?}");
        }
    }
}
