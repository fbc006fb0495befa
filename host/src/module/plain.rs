//! How is plain old data seen where it lies?
//!
//! WebAssembly is little-endian, so that this is there on little-endian hosts only.

use super::{
    Claim, Param, Pod, Problem,
    claim::{Collect, Pieces, View, ViewMut},
    param::{Span, low},
    show,
};
use std::{borrow::Cow, cell::Cell, fmt, marker::PhantomData, slice::ChunksExact};

/// A value of plain old data in the guest's memory, at any address.
///
/// It may overlap other parameters of the kind, [`PtrMut`], [`ArrayMut`] and [`ListMut`](super::ListMut) among them: what is
/// written to one is seen in the other, as in C. A method that takes it can be tested on a slice:
///
/// ```
/// use dorcas_host::module::{Array, Ptr, PtrMut};
///
/// fn scale(factor: Ptr<'_, u32>, from: Array<'_, u32>, mut sum: PtrMut<'_, u64>) {
///     sum.store(from.iter().map(|number| u64::from(number) * u64::from(factor.load())).sum());
/// }
///
/// let mut sum = [0; 8];
/// scale(Ptr::of(&5_u32.to_le_bytes()), Array::of(&[1, 2, 3]), PtrMut::of(&mut sum));
/// assert_eq!(u64::from_le_bytes(sum), 30);
/// ```
#[derive(Clone, Copy)]
pub struct Ptr<'m, T>(View<'m>, PhantomData<T>);

/// A value of plain old data in the guest's memory, to read and write: see [`Ptr`].
pub struct PtrMut<'m, T>(ViewMut<'m>, PhantomData<T>);

/// An array of plain old data in the guest's memory, at any address: see [`Ptr`].
#[derive(Clone, Copy)]
pub struct Array<'m, T>(View<'m>, PhantomData<T>);

/// An array of plain old data in the guest's memory, to read and write: see [`Ptr`].
pub struct ArrayMut<'m, T>(ViewMut<'m>, PhantomData<T>);

/// The value at a place, counted in values.
#[inline]
fn load<T: Pod>(view: View<'_>, index: usize) -> T {
    let range = index * size_of::<T>()..(index + 1) * size_of::<T>();
    match view {
        View::Shared(bytes) => bytemuck::pod_read_unaligned(&bytes[range]),
        View::Cells(cells) => of_cells(&cells[range]),
    }
}

fn of_cells<T: Pod>(cells: &[Cell<u8>]) -> T {
    let mut value = T::zeroed();
    for (byte, cell) in bytemuck::bytes_of_mut(&mut value).iter_mut().zip(cells) {
        *byte = cell.get();
    }
    value
}

impl<'m, T: Pod> Ptr<'m, T> {
    /// The value that these bytes are, for a test.
    ///
    /// # Panics
    ///
    /// If there are not as many bytes as a `T` has.
    pub fn of(bytes: &'m [u8]) -> Self {
        assert_eq!(bytes.len(), size_of::<T>(), "a pointer is to one value");
        Self(View::Shared(bytes), PhantomData)
    }

    /// Reads the value.
    pub fn load(&self) -> T {
        load(self.0, 0)
    }
}

impl<'m, T: Pod> PtrMut<'m, T> {
    /// The value that these bytes are, for a test.
    ///
    /// # Panics
    ///
    /// If there are not as many bytes as a `T` has.
    pub fn of(bytes: &'m mut [u8]) -> Self {
        assert_eq!(bytes.len(), size_of::<T>(), "a pointer is to one value");
        Self(ViewMut::Exclusive(bytes), PhantomData)
    }

    /// Reads the value.
    pub fn load(&self) -> T {
        load(self.0.view(), 0)
    }

    /// Writes a value.
    pub fn store(&mut self, value: T) {
        self.0.write(0, bytemuck::bytes_of(&value));
    }
}

impl<'m, T: Pod> Array<'m, T> {
    /// These elements, for a test.
    pub fn of(elements: &'m [T]) -> Self {
        Self(View::Shared(bytemuck::cast_slice(elements)), PhantomData)
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.0.len() / size_of::<T>()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// An element. `None` behind the last one.
    pub fn get(&self, index: usize) -> Option<T> {
        (index < self.len()).then(|| load(self.0, index))
    }

    /// All elements, read one by one where they lie.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + 'm {
        match self.0 {
            View::Shared(bytes) => Elements::Shared(bytes.chunks_exact(size_of::<T>()), PhantomData),
            View::Cells(cells) => Elements::Cells(cells.chunks_exact(size_of::<T>())),
        }
    }

    /// All of them as a slice: borrowed where the memory of the guest lies as `T` wants it on this machine, which it
    /// nearly always does, or else a copy.
    pub fn to_slice(&self) -> Cow<'m, [T]> {
        match self.0 {
            View::Shared(bytes) => {
                bytemuck::try_cast_slice(bytes).map_or_else(|_| Cow::Owned(self.iter().collect()), Cow::Borrowed)
            }
            View::Cells(_) => Cow::Owned(self.iter().collect()),
        }
    }
}

/// The elements of an array.
enum Elements<'m, T> {
    Shared(ChunksExact<'m, u8>, PhantomData<T>),
    Cells(ChunksExact<'m, Cell<u8>>),
}

impl<T: Pod> Iterator for Elements<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match self {
            Self::Shared(chunks, _) => chunks.next().map(bytemuck::pod_read_unaligned),
            Self::Cells(chunks) => chunks.next().map(of_cells),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Shared(chunks, _) => chunks.size_hint(),
            Self::Cells(chunks) => chunks.size_hint(),
        }
    }

    // All at once there is one look at what they are.
    #[inline]
    fn fold<B, F: FnMut(B, T) -> B>(self, init: B, f: F) -> B {
        match self {
            Self::Shared(chunks, _) => chunks.map(bytemuck::pod_read_unaligned).fold(init, f),
            Self::Cells(chunks) => chunks.map(of_cells).fold(init, f),
        }
    }
}

impl<T: Pod> ExactSizeIterator for Elements<'_, T> {}

impl<'m, T: Pod> ArrayMut<'m, T> {
    /// These elements, for a test.
    pub fn of(elements: &'m mut [T]) -> Self {
        Self(ViewMut::Exclusive(bytemuck::cast_slice_mut(elements)), PhantomData)
    }

    /// The same to read.
    pub fn as_array(&self) -> Array<'_, T> {
        Array(self.0.view(), PhantomData)
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.as_array().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.as_array().is_empty()
    }

    /// An element. `None` behind the last one.
    pub fn get(&self, index: usize) -> Option<T> {
        self.as_array().get(index)
    }

    /// Writes an element. False behind the last one, where nothing happens.
    #[must_use]
    pub fn set(&mut self, index: usize, value: T) -> bool {
        let is_inside = index < self.len();
        if is_inside {
            self.0.write(index * size_of::<T>(), bytemuck::bytes_of(&value));
        }
        is_inside
    }

    /// Writes elements from the first one on, as many as there are and have room; gives their number.
    pub fn fill(&mut self, values: impl IntoIterator<Item = T>) -> usize {
        let mut count = 0;
        for (index, value) in (0..self.len()).zip(values) {
            self.0.write(index * size_of::<T>(), bytemuck::bytes_of(&value));
            count = index + 1;
        }
        count
    }
}

/// Words are an address, and a number of elements where it is not one.
#[inline]
fn claim<T>(words: &[u64], exclusive: bool) -> Claim {
    const { assert!(size_of::<T>() > 0, "an element takes at least a byte") }
    let count = words.get(1).map_or(1, |count| low(*count).into());
    let bytes = u64::saturating_mul(count, size_of::<T>() as u64);
    Claim { ptr: low(words[0]), bytes, align: 1, exclusive, cells: true }
}

macro_rules! params {
    ($($ty:ident $wasm:ty, $exclusive:literal, $bytes:ident;)*) => {
        $(
            impl<T: Pod> Param for $ty<'_, T> {
                type Item<'m> = $ty<'m, T>;
                type Wasm = $wasm;
                const CLAIMS: usize = 1;

                #[inline]
                fn claim(words: &[u64], claims: &mut impl Collect) {
                    claims.push(claim::<T>(words, $exclusive));
                }

                #[inline]
                fn load<'m>(_: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<$ty<'m, T>, Problem> {
                    Ok($ty(pieces.$bytes(), PhantomData))
                }

                fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    show::elements(words, size_of::<T>(), memory, show::pod::<T>, f)
                }
            }
        )*
    };
}

params! {
    Ptr i32, false, view;
    PtrMut i32, true, view_mut;
    Array Span, false, view;
    ArrayMut Span, true, view_mut;
}

impl<T: Pod + fmt::Debug> fmt::Debug for Ptr<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.load().fmt(f)
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for PtrMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.load().fmt(f)
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for Array<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for ArrayMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_array().fmt(f)
    }
}
