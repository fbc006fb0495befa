//! How are numbers written in a module? LEB128: seven bits a byte, the lowest first.

/// Writes a number.
pub(crate) fn unsigned(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let (low, rest) = (value.to_le_bytes()[0] & 0x7f, value >> 7);
        if rest == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
        value = rest;
    }
}

/// Writes a number that can be negative: bit 6 of its last byte is its sign.
pub(super) fn signed(out: &mut Vec<u8>, mut value: i32) {
    loop {
        let (low, rest) = (value.to_le_bytes()[0] & 0x7f, value >> 7);
        if rest == if low & 0x40 == 0 { 0 } else { -1 } {
            return out.push(low);
        }
        out.push(low | 0x80);
        value = rest;
    }
}

/// Reads a number that was read before, so that it is known to end, and goes on behind it.
pub(super) fn read(bytes: &[u8], at: &mut usize) -> u32 {
    let mut value = 0;
    for shift in (0..32).step_by(7) {
        let byte = bytes.get(*at).copied().unwrap_or(0);
        *at += 1;
        value |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_bytes_that_they_need() {
        for (value, bytes) in
            [(0, &[0][..]), (0x7f, &[0x7f]), (0x80, &[0x80, 1]), (0xffff_ffff, &[0xff, 0xff, 0xff, 0xff, 15])]
        {
            let (mut out, mut at) = (Vec::new(), 0);
            unsigned(&mut out, value);
            assert_eq!(out, bytes);
            assert_eq!((read(&out, &mut at) as usize, at), (value, bytes.len()));
        }
        for (value, bytes) in [
            (-64, &[0x40][..]),
            (-1, &[0x7f]),
            (-0x11, &[0x6f]),
            (0, &[0]),
            (63, &[63]),
            (64, &[0xc0, 0]),
            (200, &[0xc8, 1]),
        ] {
            let mut out = Vec::new();
            signed(&mut out, value);
            assert_eq!(out, bytes, "{value}");
        }
    }

    #[test]
    fn a_number_may_be_longer_than_it_has_to_be() {
        let mut at = 0;
        assert_eq!((read(&[0x85, 0x80, 0x80, 0x80, 0, 9], &mut at), at), (5, 5));
    }
}
