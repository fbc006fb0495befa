//! Which parts of memory does a function get, and can it have all of them at once?

use super::Problem;

/// The part of its memory that a guest passes to a function, as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where it begins.
    pub ptr: u32,
    /// Its length in bytes.
    pub bytes: u64,
    /// What its address has to be a multiple of.
    pub align: u32,
    /// Whether the function may write to it. Then it shares no byte with another parameter.
    pub exclusive: bool,
}

/// The bytes of a [`Claim`].
#[derive(Debug, Default)]
pub enum Piece<'m> {
    /// The parameter makes no claim.
    #[default]
    Nothing,
    /// To read.
    Shared(&'m [u8]),
    /// To read and write.
    Exclusive(&'m mut [u8]),
}

/// Compares claims with the size of the memory and with one another; gives the number of bytes of all of them. Fails with
/// the position of the first one that can't be met.
pub(super) fn check<const N: usize>(claims: &[Option<Claim>; N], memory: u64) -> Result<u64, (usize, Problem)> {
    let mut total = 0_u64;
    for (position, claim) in claims.iter().enumerate() {
        let Some(claim @ Claim { ptr, bytes, align, .. }) = *claim else { continue };
        if claim.end() > memory {
            return Err((position, Problem::OutOfBounds { ptr, bytes, memory }));
        }
        if align > 1 && ptr % align != 0 {
            return Err((position, Problem::Misaligned { ptr, bytes, align, memory }));
        }
        let clash = claims[..position].iter().position(|other| other.is_some_and(|other| claim.clashes(other)));
        if let Some(other) = clash {
            return Err((position, Problem::Overlaps { ptr, bytes, other: other + 1, memory }));
        }
        total = total.saturating_add(bytes);
    }
    Ok(total)
}

/// Takes memory apart. The claims were checked.
pub(super) fn carve<'m, const N: usize>(claims: &[Option<Claim>; N], memory: &'m mut [u8]) -> [Piece<'m>; N] {
    let mut pieces = [const { Piece::Nothing }; N];
    let mut order = [0; N];
    let mut count = 0;
    for (position, claim) in claims.iter().enumerate() {
        match claim {
            None => {}
            Some(Claim { bytes: 0, exclusive: true, .. }) => pieces[position] = Piece::Exclusive(&mut []),
            Some(Claim { bytes: 0, exclusive: false, .. }) => pieces[position] = Piece::Shared(&[]),
            Some(_) => {
                order[count] = position;
                count += 1;
            }
        }
    }
    let range = |position: usize| claims[position].map_or(0..0, |claim| claim.ptr as usize..index(claim.end()));
    let mut order = &mut order[..count];
    order.sort_unstable_by_key(|position| range(*position).start);

    let (mut rest, mut rest_start) = (memory, 0);
    while let Some(&first) = order.first() {
        // Those to read may overlap: what hangs together is cut out as one.
        let start = range(first).start;
        let mut end = range(first).end;
        let mut together = 1;
        while together < order.len() && range(order[together]).start < end {
            end = end.max(range(order[together]).end);
            together += 1;
        }
        let (_, tail) = rest.split_at_mut(start - rest_start);
        let (cut, tail) = tail.split_at_mut(end - start);
        (rest, rest_start) = (tail, end);
        if claims[first].is_some_and(|claim| claim.exclusive) {
            pieces[first] = Piece::Exclusive(cut);
        } else {
            let cut: &[u8] = cut;
            for position in &order[..together] {
                let range = range(*position);
                pieces[*position] = Piece::Shared(&cut[range.start - start..range.end - start]);
            }
        }
        order = &mut order[together..];
    }
    pieces
}

/// It was compared with the size of a slice.
fn index(address: u64) -> usize {
    usize::try_from(address).unwrap_or(usize::MAX)
}

impl Claim {
    /// To read so many bytes.
    #[must_use]
    pub fn shared(ptr: u32, bytes: u64) -> Self {
        Self { ptr, bytes, align: 1, exclusive: false }
    }

    /// To read and write so many bytes.
    #[must_use]
    pub fn exclusive(ptr: u32, bytes: u64) -> Self {
        Self { exclusive: true, ..Self::shared(ptr, bytes) }
    }

    fn end(self) -> u64 {
        u64::from(self.ptr).saturating_add(self.bytes)
    }

    fn clashes(self, other: Self) -> bool {
        let overlap = u64::from(self.ptr) < other.end() && u64::from(other.ptr) < self.end();
        (self.exclusive || other.exclusive) && self.bytes > 0 && other.bytes > 0 && overlap
    }
}

impl<'m> Piece<'m> {
    /// The bytes to read; none where there was no claim.
    pub fn bytes(self) -> &'m [u8] {
        match self {
            Self::Nothing => &[],
            Self::Shared(bytes) => bytes,
            Self::Exclusive(bytes) => bytes,
        }
    }

    /// The bytes to write to; none where there was no claim to write.
    pub fn bytes_mut(self) -> &'m mut [u8] {
        match self {
            Self::Nothing | Self::Shared(_) => &mut [],
            Self::Exclusive(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim() -> impl Strategy<Value = Option<Claim>> {
        let ptr = prop_oneof![0_u32..40, Just(u32::MAX)];
        let bytes = prop_oneof![0_u64..20, Just(u64::MAX)];
        proptest::option::of(
            (ptr, bytes, prop_oneof![Just(1), Just(4)], any::<bool>())
                .prop_map(|(ptr, bytes, align, exclusive)| Claim { ptr, bytes, align, exclusive }),
        )
    }

    proptest! {
        #[test]
        fn what_is_carved_is_what_was_claimed(claims in [claim(), claim(), claim(), claim()]) {
            let mut memory: Vec<u8> = (0..32).collect();
            let Ok(total) = check(&claims, 32) else { return Ok(()) };
            let mut sum = 0;
            for (piece, claim) in carve(&claims, &mut memory).into_iter().zip(claims) {
                let exclusive = matches!(piece, Piece::Exclusive(_));
                let bytes = piece.bytes();
                sum += bytes.len() as u64;
                prop_assert_eq!(bytes.len() as u64, claim.map_or(0, |claim| claim.bytes));
                prop_assert_eq!(exclusive, claim.is_some_and(|claim| claim.exclusive));
                if let (Some(first), Some(claim)) = (bytes.first(), claim) {
                    prop_assert_eq!(u32::from(*first), claim.ptr);
                }
            }
            prop_assert_eq!(total, sum);
        }
    }

    #[test]
    fn nothing_at_the_end_of_memory_is_inside() {
        assert_eq!(check(&[Some(Claim::shared(8, 0))], 8), Ok(0));
        let outside = Problem::OutOfBounds { ptr: 9, bytes: 0, memory: 8 };
        assert_eq!(check(&[Some(Claim::shared(9, 0))], 8), Err((0, outside)));
    }

    #[test]
    fn only_what_is_written_to_must_not_overlap() {
        let (read, write) = (Some(Claim::shared(0, 4)), Some(Claim::exclusive(3, 4)));
        assert_eq!(check(&[read, read], 8), Ok(8));
        let overlap = Problem::Overlaps { ptr: 3, bytes: 4, other: 1, memory: 8 };
        assert_eq!(check(&[read, write], 8), Err((1, overlap)));
    }
}
