//! How is plain old data seen where it lies?
//!
//! WebAssembly is little-endian, so that this is there on little-endian hosts only.

use super::{Claim, Param, Pod, Problem, claim::Collect, claim::Pieces, param::Span, param::low, show};
use std::{borrow::Cow, fmt, marker::PhantomData};

/// A value of plain old data in the guest's memory.
///
/// The address has to be a multiple of the alignment of `T`.
#[derive(Clone, Copy)]
pub struct Ptr<'m, T>(&'m [u8], PhantomData<T>);

/// The same to write to.
pub struct PtrMut<'m, T>(&'m mut [u8], PhantomData<T>);

/// An array of plain old data in the guest's memory.
///
/// The address has to be a multiple of the alignment of `T`.
#[derive(Clone, Copy)]
pub struct Array<'m, T>(&'m [u8], PhantomData<T>);

/// The same to write to.
pub struct ArrayMut<'m, T>(&'m mut [u8], PhantomData<T>);

impl<T: Pod> Ptr<'_, T> {
    /// Reads the value.
    pub fn load(&self) -> T {
        bytemuck::pod_read_unaligned(self.0)
    }
}

impl<T: Pod> PtrMut<'_, T> {
    /// Reads the value.
    pub fn load(&self) -> T {
        bytemuck::pod_read_unaligned(self.0)
    }

    /// Writes a value.
    pub fn store(&mut self, value: T) {
        self.0.copy_from_slice(bytemuck::bytes_of(&value));
    }
}

impl<'m, T: Pod> Array<'m, T> {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.0.len() / size_of::<T>()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An element; nothing behind the last one.
    pub fn get(&self, index: usize) -> Option<T> {
        self.0.chunks_exact(size_of::<T>()).nth(index).map(bytemuck::pod_read_unaligned)
    }

    /// All elements, read one by one where they lie.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + 'm {
        self.0.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned)
    }

    /// All of them as a slice: borrowed where the memory of the guest lies as `T` wants it on this machine, which it
    /// nearly always does, or else a copy.
    pub fn to_slice(&self) -> Cow<'m, [T]> {
        bytemuck::try_cast_slice(self.0).map_or_else(|_| Cow::Owned(self.iter().collect()), Cow::Borrowed)
    }
}

impl<T: Pod> ArrayMut<'_, T> {
    /// The same to read.
    pub fn as_array(&self) -> Array<'_, T> {
        Array(self.0, PhantomData)
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.as_array().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes an element. False behind the last one, where nothing happens.
    #[must_use]
    pub fn set(&mut self, index: usize, value: T) -> bool {
        let element = self.0.chunks_exact_mut(size_of::<T>()).nth(index);
        element.map(|element| element.copy_from_slice(bytemuck::bytes_of(&value))).is_some()
    }

    /// Writes elements from the first one on, as many as there are and have room; gives their number.
    pub fn fill(&mut self, values: impl IntoIterator<Item = T>) -> usize {
        let pairs = self.0.chunks_exact_mut(size_of::<T>()).zip(values);
        pairs.map(|(element, value)| element.copy_from_slice(bytemuck::bytes_of(&value))).count()
    }
}

/// Words are an address, and a number of elements where it is not one.
#[expect(clippy::cast_possible_truncation)]
#[inline]
fn claim<T>(words: &[u64], exclusive: bool) -> Claim {
    const { assert!(size_of::<T>() > 0, "an element takes at least a byte") }
    let count = words.get(1).map_or(1, |count| low(*count).into());
    let bytes = u64::saturating_mul(count, size_of::<T>() as u64);
    Claim { ptr: low(words[0]), bytes, align: align_of::<T>() as u32, exclusive }
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
    Ptr i32, false, bytes;
    PtrMut i32, true, bytes_mut;
    Array Span, false, bytes;
    ArrayMut Span, true, bytes_mut;
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
