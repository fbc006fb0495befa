//! Which parts of memory does a function get, and can it have all of them at once?

use super::Problem;
use std::{cell::Cell, ops::Range};

/// The part of its memory that a guest passes to a function, as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where it begins.
    pub ptr: u32,
    /// Its length in bytes.
    pub bytes: u64,
    /// What its address has to be a multiple of.
    pub align: u32,
    /// Whether the function may write to it. Then it shares no byte with another one, unless both are seen as cells.
    pub exclusive: bool,
    /// Whether the function can see it as cells, whose bytes others may change: then it may overlap others of the kind.
    pub cells: bool,
}

/// The bytes of a [`Claim`].
#[derive(Debug)]
pub(super) enum Piece<'m> {
    /// To read.
    Shared(&'m [u8]),
    /// To read and write.
    Exclusive(&'m mut [u8]),
    /// To read, and to write if that was claimed; others do so too.
    Cells(&'m [Cell<u8>]),
}

/// Bytes to read.
#[derive(Clone, Copy)]
pub(super) enum View<'m> {
    /// Nobody changes them.
    Shared(&'m [u8]),
    /// Others may.
    Cells(&'m [Cell<u8>]),
}

/// Bytes to read and write.
pub enum ViewMut<'m> {
    /// Nobody else sees them.
    Exclusive(&'m mut [u8]),
    /// Others may.
    Cells(&'m [Cell<u8>]),
}

/// The claims of a call, as they are collected.
pub(super) struct Claims<const N: usize> {
    list: [Claim; N],
    len: usize,
}

/// The pieces of a call, as they are handed out.
pub struct Pieces<'a, 'm>(pub(super) std::slice::IterMut<'a, Piece<'m>>);

/// Takes claims.
pub trait Collect {
    /// Takes one more.
    fn push(&mut self, claim: Claim);
}

impl<const N: usize> Collect for Claims<N> {
    #[inline]
    fn push(&mut self, claim: Claim) {
        self.list[self.len] = claim;
        self.len += 1;
    }
}

impl<const N: usize> Claims<N> {
    #[inline]
    pub(super) fn collect(from: impl FnOnce(&mut Self)) -> [Claim; N] {
        let mut this = Self { list: [Claim::shared(0, 0); N], len: 0 };
        from(&mut this);
        this.list
    }
}

impl<'m> Pieces<'_, 'm> {
    fn next(&mut self) -> Piece<'m> {
        self.0.next().map(std::mem::take).unwrap_or_default()
    }

    /// The bytes to read of the next one.
    #[inline]
    pub fn bytes(&mut self) -> &'m [u8] {
        match self.next() {
            Piece::Shared(bytes) => bytes,
            Piece::Exclusive(bytes) => bytes,
            // It was claimed as cells, and nothing that was is read like this.
            Piece::Cells(_) => &[],
        }
    }

    /// The bytes of the next one, which others may change.
    #[inline]
    pub(super) fn view(&mut self) -> View<'m> {
        match self.next() {
            Piece::Shared(bytes) => View::Shared(bytes),
            Piece::Exclusive(bytes) => View::Shared(bytes),
            Piece::Cells(cells) => View::Cells(cells),
        }
    }

    /// The same to write to.
    #[inline]
    pub(super) fn view_mut(&mut self) -> ViewMut<'m> {
        match self.next() {
            Piece::Shared(_) => ViewMut::Exclusive(&mut []),
            Piece::Exclusive(bytes) => ViewMut::Exclusive(bytes),
            Piece::Cells(cells) => ViewMut::Cells(cells),
        }
    }

    /// The bytes to write to of the next one; none where the claim was to read.
    #[inline]
    pub fn bytes_mut(&mut self) -> &'m mut [u8] {
        match self.next() {
            Piece::Shared(_) | Piece::Cells(_) => &mut [],
            Piece::Exclusive(bytes) => bytes,
        }
    }
}

impl View<'_> {
    /// A copy.
    #[cfg(test)]
    fn to_vec(self) -> Vec<u8> {
        match self {
            Self::Shared(bytes) => bytes.to_vec(),
            Self::Cells(cells) => cells.iter().map(Cell::get).collect(),
        }
    }

    pub(super) fn len(self) -> usize {
        match self {
            Self::Shared(bytes) => bytes.len(),
            Self::Cells(cells) => cells.len(),
        }
    }
}

impl ViewMut<'_> {
    /// The same to read.
    pub(super) fn view(&self) -> View<'_> {
        match self {
            Self::Exclusive(bytes) => View::Shared(bytes),
            Self::Cells(cells) => View::Cells(cells),
        }
    }

    /// Writes bytes from `start` on, which have room.
    #[inline]
    pub(super) fn write(&mut self, start: usize, from: &[u8]) {
        match self {
            Self::Exclusive(bytes) => bytes[start..start + from.len()].copy_from_slice(from),
            Self::Cells(cells) => {
                for (cell, byte) in cells[start..start + from.len()].iter().zip(from) {
                    cell.set(*byte);
                }
            }
        }
    }
}

impl Default for Piece<'_> {
    fn default() -> Self {
        Self::Shared(&[])
    }
}

/// Compares claims with the size of the memory and with one another; gives the number of bytes of all of them. Fails with
/// the position of the first one that can't be met.
#[inline]
pub(super) fn check<const N: usize>(claims: &[Claim; N], memory: u64) -> Result<u64, (usize, Problem)> {
    let mut total = 0_u64;
    for (position, claim) in claims.iter().enumerate() {
        let Claim { ptr, bytes, align, .. } = *claim;
        if claim.end() > memory {
            return Err((position, Problem::OutOfBounds { ptr, bytes, memory }));
        }
        if align > 1 && ptr % align != 0 {
            return Err((position, Problem::Misaligned { ptr, bytes, align, memory }));
        }
        for (other, earlier) in claims[..position].iter().enumerate() {
            if claim.clashes(*earlier) {
                return Err((position, Problem::Overlaps { ptr, bytes, other, memory }));
            }
        }
        total = total.saturating_add(bytes);
    }
    Ok(total)
}

/// Takes memory apart. The claims were checked.
#[inline]
pub(super) fn carve<'m, const N: usize>(claims: &[Claim; N], memory: &'m mut [u8]) -> [Piece<'m>; N] {
    if claims.iter().all(|claim| !claim.exclusive) {
        let memory: &'m [u8] = memory;
        return std::array::from_fn(|position| Piece::Shared(&memory[claims[position].range()]));
    }
    if N == 1 {
        let mut whole = Some(&mut memory[claims[0].range()]);
        return std::array::from_fn(|_| Piece::Exclusive(whole.take().unwrap_or_default()));
    }
    cut(claims, memory)
}

/// Takes memory apart where it is to be written to and there is more than one claim.
fn cut<'m, const N: usize>(claims: &[Claim; N], memory: &'m mut [u8]) -> [Piece<'m>; N] {
    let mut pieces = [const { Piece::Shared(&[]) }; N];
    let mut order = [0; N];
    let mut count = 0;
    for (position, claim) in claims.iter().enumerate() {
        if claim.bytes > 0 {
            order[count] = position;
            count += 1;
        } else if claim.exclusive {
            pieces[position] = Piece::Exclusive(&mut []);
        }
    }
    let range = |position: usize| claims[position].range();
    let mut order = &mut order[..count];
    order.sort_unstable_by_key(|position| range(*position).start);

    let (mut rest, mut rest_start) = (memory, 0);
    while let Some(&first) = order.first() {
        // Those to read, and those that are cells, may overlap: what hangs together is cut out as one.
        let start = range(first).start;
        let mut end = range(first).end;
        let mut together = 1;
        while together < order.len() && range(order[together]).start < end {
            end = end.max(range(order[together]).end);
            together += 1;
        }
        let (_, tail) = rest.split_at_mut(start - rest_start);
        let (piece, tail) = tail.split_at_mut(end - start);
        (rest, rest_start) = (tail, end);
        let written = order[..together].iter().any(|position| claims[*position].exclusive);
        if written && together > 1 {
            let cells: &[Cell<u8>] = Cell::from_mut(piece).as_slice_of_cells();
            for position in &order[..together] {
                let range = range(*position);
                pieces[*position] = Piece::Cells(&cells[range.start - start..range.end - start]);
            }
        } else if written {
            pieces[first] = Piece::Exclusive(piece);
        } else {
            let piece: &[u8] = piece;
            for position in &order[..together] {
                let range = range(*position);
                pieces[*position] = Piece::Shared(&piece[range.start - start..range.end - start]);
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
    #[inline]
    pub const fn shared(ptr: u32, bytes: u64) -> Self {
        Self { ptr, bytes, align: 1, exclusive: false, cells: false }
    }

    /// To read and write so many bytes.
    #[inline]
    pub const fn exclusive(ptr: u32, bytes: u64) -> Self {
        Self { exclusive: true, ..Self::shared(ptr, bytes) }
    }

    /// The same, seen as cells.
    #[inline]
    pub const fn as_cells(self) -> Self {
        Self { cells: true, ..self }
    }

    #[inline]
    fn end(self) -> u64 {
        u64::from(self.ptr).saturating_add(self.bytes)
    }

    #[inline]
    fn range(self) -> Range<usize> {
        self.ptr as usize..index(self.end())
    }

    #[inline]
    fn clashes(self, other: Self) -> bool {
        let overlap = u64::from(self.ptr) < other.end() && u64::from(other.ptr) < self.end();
        let apart = !(self.cells && other.cells);
        apart && (self.exclusive || other.exclusive) && self.bytes > 0 && other.bytes > 0 && overlap
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim() -> impl Strategy<Value = Claim> {
        let ptr = prop_oneof![0_u32..40, Just(u32::MAX)];
        let bytes = prop_oneof![0_u64..20, Just(u64::MAX)];
        (ptr, bytes, prop_oneof![Just(1), Just(4)], any::<(bool, bool)>())
            .prop_map(|(ptr, bytes, align, (exclusive, cells))| Claim { ptr, bytes, align, exclusive, cells })
    }

    proptest! {
        #[test]
        fn one_claim_is_met_like_many(claim in claim()) {
            let mut memory: Vec<u8> = (0..32).collect();
            if check(&[claim], 32).is_ok() {
                let [mut piece] = carve(&[claim], &mut memory);
                let bytes = Pieces(std::slice::from_mut(&mut piece).iter_mut()).bytes().to_vec();
                prop_assert_eq!(bytes, memory[claim.range()].to_vec());
            }
        }

        #[test]
        fn what_is_carved_is_what_was_claimed(claims in [claim(), claim(), claim(), claim()]) {
            let mut memory: Vec<u8> = (0..32).collect();
            let Ok(total) = check(&claims, 32) else { return Ok(()) };
            let mut sum = 0;
            for (piece, claim) in carve(&claims, &mut memory).into_iter().zip(claims) {
                let exclusive = matches!(piece, Piece::Exclusive(_)) || matches!(piece, Piece::Cells(_)) && claim.exclusive;
                let is_alone = !matches!(piece, Piece::Cells(_));
                prop_assert!(is_alone || claim.cells, "nothing else is seen as cells");
                let bytes = Pieces([piece].iter_mut()).view().to_vec();
                sum += bytes.len() as u64;
                prop_assert_eq!(bytes.len() as u64, claim.bytes);
                prop_assert_eq!(exclusive, claim.exclusive);
                if let Some(first) = bytes.first() {
                    prop_assert_eq!(u32::from(*first), claim.ptr);
                }
            }
            prop_assert_eq!(total, sum);
        }
    }

    #[test]
    fn nothing_at_the_end_of_memory_is_inside() {
        assert_eq!(check(&[Claim::shared(8, 0)], 8), Ok(0));
        let outside = Problem::OutOfBounds { ptr: 9, bytes: 0, memory: 8 };
        assert_eq!(check(&[Claim::shared(9, 0)], 8), Err((0, outside)));
    }

    #[test]
    fn only_what_is_written_to_must_not_overlap() {
        let (read, write) = (Claim::shared(0, 4), Claim::exclusive(3, 4));
        assert_eq!(check(&[read, read], 8), Ok(8));
        let overlap = Problem::Overlaps { ptr: 3, bytes: 4, other: 0, memory: 8 };
        assert_eq!(check(&[read, write], 8), Err((1, overlap)));
    }
}
