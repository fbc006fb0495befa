//! What does a function see that is offered with all of its caller's memory?

use super::Pod;
use crate::{
    error::Halt,
    sandbox::{dispatch::GROWTH_FUEL, store::StoreData},
};
use std::{cell::Cell, fmt, ops::Range};
use wasmi::Caller;

/// The memory of the guest that calls, for a function that was offered by
/// [`HostModule::with_memory`](crate::HostModule::with_memory).
///
/// Each access is compared with the size of the memory, in 64 bits, and costs a unit of fuel for 8 bytes. What is outside
/// ends the call with [`Halt::OutOfBounds`] by `?`. Values need no alignment; they are little-endian.
///
/// A function can be tested without any guest, on a vector:
///
/// ```
/// use dorcas_host::module::{Halt, Memory};
///
/// /// `fd_write` of WASI, as far as it is about memory: the lengths of all parts of a list.
/// fn total(_: &mut (), memory: &mut Memory<'_>, list: u32, count: u32, out: u32) -> Result<u32, Halt> {
///     let parts: Vec<[u32; 2]> = memory.list(list, count)?.collect();
///     let mut sum = 0_u32;
///     for [ptr, len] in parts {
///         sum = sum.saturating_add(memory.get(ptr, len)?.len() as u32);
///     }
///     memory.write(out, sum)?;
///     Ok(0)
/// }
///
/// let mut bytes = vec![0; 64];
/// bytes[..16].copy_from_slice(&[32, 0, 0, 0, 3, 0, 0, 0, 40, 0, 0, 0, 4, 0, 0, 0]);
/// assert_eq!(total(&mut (), &mut Memory::of(&mut bytes), 0, 2, 60), Ok(0));
/// assert_eq!(bytes[60..], [7, 0, 0, 0]);
///
/// let outside = total(&mut (), &mut Memory::of(&mut bytes), 0, 2, 61);
/// assert_eq!(outside, Err(Halt::OutOfBounds { ptr: 61, bytes: 4, memory: 64 }));
/// ```
pub struct Memory<'a> {
    linear: &'a mut dyn Linear,
    /// Fuel that there is for it.
    fuel: u64,
    spent: Cell<u64>,
}

/// Bytes that may grow.
pub(super) trait Linear {
    fn bytes(&self) -> &[u8];
    fn bytes_mut(&mut self) -> &mut [u8];
    /// Gives the number of pages before. `None` if a limit is in the way.
    fn grow(&mut self, pages: u32) -> Option<u32>;
}

/// Those of the guest that calls.
pub(super) struct Called<'a, 'c> {
    pub(super) caller: &'a mut Caller<'c, StoreData>,
    pub(super) memory: Option<wasmi::Memory>,
}

impl Linear for Called<'_, '_> {
    fn bytes(&self) -> &[u8] {
        self.memory.map_or(&[], |memory| memory.data(&*self.caller))
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self.memory {
            Some(memory) => memory.data_mut(&mut *self.caller),
            None => &mut [],
        }
    }

    fn grow(&mut self, pages: u32) -> Option<u32> {
        let before = self.memory?.grow(&mut *self.caller, pages.into()).ok()?;
        u32::try_from(before).ok()
    }
}

/// Those of an instance, while nothing of it runs.
struct Outside<'a> {
    store: &'a mut wasmi::Store<StoreData>,
    memory: Option<wasmi::Memory>,
}

impl Linear for Outside<'_> {
    fn bytes(&self) -> &[u8] {
        self.memory.map_or(&[], |memory| memory.data(&*self.store))
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self.memory {
            Some(memory) => memory.data_mut(&mut *self.store),
            None => &mut [],
        }
    }

    fn grow(&mut self, pages: u32) -> Option<u32> {
        let before = self.memory?.grow(&mut *self.store, pages.into()).ok()?;
        u32::try_from(before).ok()
    }
}

/// Looks at the memory of an instance, while nothing of it runs, with so much fuel.
pub(crate) fn outside<T>(
    store: &mut wasmi::Store<StoreData>,
    memory: Option<wasmi::Memory>,
    fuel: u64,
    work: impl FnOnce(&mut Memory<'_>) -> T,
) -> T {
    work(&mut Memory::new(&mut Outside { store, memory }, fuel))
}

impl Linear for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self
    }

    fn grow(&mut self, pages: u32) -> Option<u32> {
        let before = u32::try_from(self.len() / PAGE).ok()?;
        let len = self.len().checked_add((pages as usize).checked_mul(PAGE)?)?;
        if len as u64 > 1 << 32 {
            return None;
        }
        self.resize(len, 0);
        Some(before)
    }
}

const PAGE: usize = 1 << 16;

/// Bytes for a unit of fuel: what a guest reads with one instruction.
pub(super) const BYTES_A_UNIT: u64 = 8;

impl<'a> Memory<'a> {
    /// A memory of your own, to test functions with. It may grow, and there is no end of fuel.
    pub fn of(bytes: &'a mut Vec<u8>) -> Self {
        Self { linear: bytes, fuel: u64::MAX, spent: Cell::new(0) }
    }

    pub(super) fn new(linear: &'a mut dyn Linear, fuel: u64) -> Self {
        Self { linear, fuel, spent: Cell::new(0) }
    }

    pub(super) fn spent(&self) -> u64 {
        self.spent.get()
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.linear.bytes().len() as u64
    }

    /// So many bytes.
    pub fn get(&self, ptr: u32, len: u32) -> Result<&[u8], Halt> {
        let range = self.range(ptr, len.into())?;
        Ok(&self.linear.bytes()[range])
    }

    /// So many bytes to write to.
    pub fn get_mut(&mut self, ptr: u32, len: u32) -> Result<&mut [u8], Halt> {
        let range = self.range(ptr, len.into())?;
        Ok(&mut self.linear.bytes_mut()[range])
    }

    /// A text of so many bytes. Anything but UTF-8 ends the call with [`Halt::NotUtf8`].
    pub fn str(&self, ptr: u32, len: u32) -> Result<&str, Halt> {
        str::from_utf8(self.get(ptr, len)?).map_err(|_| Halt::NotUtf8 { ptr, bytes: len.into() })
    }

    /// A value of plain old data.
    pub fn read<T: Pod>(&self, ptr: u32) -> Result<T, Halt> {
        let range = self.range(ptr, size_of::<T>() as u64)?;
        Ok(bytemuck::pod_read_unaligned(&self.linear.bytes()[range]))
    }

    /// Writes a value of plain old data.
    pub fn write<T: Pod>(&mut self, ptr: u32, value: T) -> Result<(), Halt> {
        let range = self.range(ptr, size_of::<T>() as u64)?;
        self.linear.bytes_mut()[range].copy_from_slice(bytemuck::bytes_of(&value));
        Ok(())
    }

    /// So many values of plain old data, one behind the other.
    pub fn list<T: Pod>(&self, ptr: u32, count: u32) -> Result<impl ExactSizeIterator<Item = T> + '_, Halt> {
        const { assert!(size_of::<T>() > 0, "an element takes at least a byte") }
        let range = self.range(ptr, u64::from(count).saturating_mul(size_of::<T>() as u64))?;
        Ok(self.linear.bytes()[range].chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned))
    }

    /// Makes the memory larger by so many pages of 64 KiB; gives the number that it had. `None` if a limit of the embedder's,
    /// or the guest's own maximum, is in the way. It costs what `memory.grow` costs the guest.
    pub fn grow(&mut self, pages: u32) -> Result<Option<u32>, Halt> {
        self.charge(GROWTH_FUEL.into())?;
        Ok(self.linear.grow(pages))
    }

    /// Charges for what the function does beside, or is about to do: a unit for two to five nanoseconds. Ends the call with
    /// [`Halt::Fuel`] if there is not as much.
    pub fn charge(&self, fuel: u64) -> Result<(), Halt> {
        let spent = self.spent.get().saturating_add(fuel);
        if spent > self.fuel {
            return Err(Halt::Fuel);
        }
        self.spent.set(spent);
        Ok(())
    }

    fn range(&self, ptr: u32, bytes: u64) -> Result<Range<usize>, Halt> {
        let memory = self.linear.bytes().len();
        let end = u64::from(ptr).saturating_add(bytes);
        if end > memory as u64 {
            return Err(Halt::OutOfBounds { ptr, bytes, memory: memory as u64 });
        }
        self.charge(bytes.div_ceil(BYTES_A_UNIT))?;
        // Both fit a usize: they are at most the length of a slice.
        Ok(ptr as usize..usize::try_from(end).unwrap_or(memory))
    }
}

impl fmt::Debug for Memory<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("size", &self.size()).finish_non_exhaustive()
    }
}
