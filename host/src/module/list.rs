//! How do objects lie in the guest's memory whose bytes are not those of a Rust type?

use super::{
    Claim, Param, Problem,
    claim::{Collect, Pieces},
    param::{Span, low},
    show,
};
use std::{fmt, marker::PhantomData};

/// A type that loads and stores itself: for a layout that is the guest's, or values of which not every one is good.
///
/// ```
/// use dorcas_host::{HostModule, module::{List, ListMut, Object, Problem}};
///
/// /// Three bytes: a tag, and a number that begins at an odd address.
/// #[derive(Clone, Copy, PartialEq)]
/// enum Shape { Circle(u16), Square(u16) }
///
/// impl Object for Shape {
///     const SIZE: usize = 3;
///
///     fn load(bytes: &[u8]) -> Result<Self, Problem> {
///         let size = u16::from_le_bytes([bytes[1], bytes[2]]);
///         match bytes[0] {
///             0 => Ok(Self::Circle(size)),
///             1 => Ok(Self::Square(size)),
///             tag => Err(Problem::Value { value: tag.into(), expected: "shape" }),
///         }
///     }
///
///     fn store(&self, bytes: &mut [u8]) {
///         let (tag, size) = match *self {
///             Self::Circle(size) => (0, size),
///             Self::Square(size) => (1, size),
///         };
///         bytes[0] = tag;
///         bytes[1..].copy_from_slice(&size.to_le_bytes());
///     }
/// }
///
/// fn circles((): &mut (), from: List<'_, Shape>, mut to: ListMut<'_, Shape>) -> u64 {
///     to.fill(from.iter().filter(|shape| matches!(shape, Shape::Circle(_)))) as u64
/// }
///
/// let module = HostModule::new("shapes", || ()).function("circles", circles);
/// assert_eq!(module.to_string(), "shapes.circles (i32, i32, i32, i32) -> i64\n");
/// ```
pub trait Object: Sized {
    /// Number of bytes of each, at least 1.
    const SIZE: usize;
    /// What the address of the first one has to be a multiple of.
    const ALIGN: u32 = 1;

    /// Reads one from [`Self::SIZE`] bytes. An error stops the guest.
    fn load(bytes: &[u8]) -> Result<Self, Problem>;

    /// Writes one to [`Self::SIZE`] bytes.
    fn store(&self, bytes: &mut [u8]);
}

/// Objects one after the other in the guest's memory. All of them were loaded once when the function begins, so that
/// each of them is good.
#[derive(Clone, Copy)]
pub struct List<'m, T>(&'m [u8], PhantomData<T>);

/// Room for objects to be stored. What is in it was not looked at.
pub struct ListMut<'m, T>(&'m mut [u8], PhantomData<T>);

impl<'m, T: Object> List<'m, T> {
    /// Number of objects.
    pub fn len(&self) -> usize {
        self.0.len() / T::SIZE
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An object; nothing behind the last one.
    pub fn get(&self, index: usize) -> Option<T> {
        self.0.chunks_exact(T::SIZE).nth(index).map(again)
    }

    /// All objects, loaded one by one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + use<'m, T> {
        self.0.chunks_exact(T::SIZE).map(again)
    }
}

fn again<T: Object>(bytes: &[u8]) -> T {
    T::load(bytes).unwrap_or_else(|_| panic!("an object was loaded once and isn't any more"))
}

impl<T: Object> ListMut<'_, T> {
    /// Number of objects that there is room for.
    pub fn len(&self) -> usize {
        self.0.len() / T::SIZE
    }

    /// Whether there is no room.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Stores an object. False behind the last one, where nothing happens.
    #[must_use]
    pub fn set(&mut self, index: usize, object: &T) -> bool {
        self.0.chunks_exact_mut(T::SIZE).nth(index).map(|bytes| object.store(bytes)).is_some()
    }

    /// Stores objects from the first one on, as many as there are and have room; gives their number.
    pub fn fill(&mut self, objects: impl IntoIterator<Item = T>) -> usize {
        self.0.chunks_exact_mut(T::SIZE).zip(objects).map(|(bytes, object)| object.store(bytes)).count()
    }
}

#[inline]
fn claim<T: Object>(words: &[u64], exclusive: bool) -> Claim {
    const { assert!(T::SIZE > 0, "an object takes at least a byte") }
    const { assert!(T::ALIGN > 0, "every address is a multiple of 1, and none of 0") }
    let bytes = u64::from(low(words[1])).saturating_mul(T::SIZE as u64);
    Claim { ptr: low(words[0]), bytes, align: T::ALIGN, exclusive, cells: false }
}

impl<T: Object> Param for List<'_, T> {
    type Item<'m> = List<'m, T>;
    type Wasm = Span;
    const CLAIMS: usize = 1;

    #[inline]
    fn claim(words: &[u64], claims: &mut impl Collect) {
        claims.push(claim::<T>(words, false));
    }

    #[inline]
    fn load<'m>(words: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<List<'m, T>, Problem> {
        let bytes = pieces.bytes();
        for (index, object) in bytes.chunks_exact(T::SIZE).enumerate() {
            if let Err(problem) = T::load(object) {
                let problem = Box::new(problem);
                return Err(Problem::Object {
                    ptr: low(words[0]),
                    bytes: bytes.len() as u64,
                    index,
                    problem,
                    memory: 0,
                });
            }
        }
        Ok(List(bytes, PhantomData))
    }

    fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::elements(words, T::SIZE, memory, show::object, f)
    }
}

impl<T: Object> Param for ListMut<'_, T> {
    type Item<'m> = ListMut<'m, T>;
    type Wasm = Span;
    const CLAIMS: usize = 1;

    #[inline]
    fn claim(words: &[u64], claims: &mut impl Collect) {
        claims.push(claim::<T>(words, true));
    }

    #[inline]
    fn load<'m>(_: &[u64], pieces: &mut Pieces<'_, 'm>) -> Result<ListMut<'m, T>, Problem> {
        Ok(ListMut(pieces.bytes_mut(), PhantomData))
    }

    fn show(words: &[u64], memory: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::elements(words, T::SIZE, memory, show::object, f)
    }
}

impl<T: Object + fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Object> fmt::Debug for ListMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListMut").field("len", &self.len()).finish()
    }
}
