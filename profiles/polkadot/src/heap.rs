//! How is the heap of a runtime kept, which the host allocates?
//!
//! The allocator of Polkadot's host: it begins behind the runtime's own data, at `__heap_base`, hands out blocks of 8 bytes to 32
//! MiB, each a power of two, and keeps a list of free blocks for each size. In front of each block stand 8 bytes, little-endian:
//!
//! | | low 32 bits | high 32 bits |
//! |---|---|---|
//! | a block in use | its order: 0 for 8 bytes, 22 for 32 MiB | 1 |
//! | a free block | the address of the next free one's header; all ones: none | 0 |
//!
//! These bytes are in the runtime's memory, so that it can write to them. Nothing of them is believed: what isn't as the allocator
//! left it ends the call, and no address outside the heap is handed out or written to.

use dorcas_host::module::{Halt, Memory};

/// Bytes of the smallest block.
const SMALLEST: u32 = 8;
/// Bytes of the largest block.
pub(crate) const LARGEST: u32 = 32 << 20;
const ORDERS: usize = 23;
const HEADER: u32 = 8;
const IN_USE: u64 = 1 << 32;
const NO_BLOCK: u32 = u32::MAX;
const PAGE: u64 = 1 << 16;

/// The heap of an instance.
#[derive(Debug)]
pub(crate) struct Heap {
    base: u32,
    /// Where the first block will be that was never handed out.
    next: u32,
    /// The header of the first free block of each order.
    free: [u32; ORDERS],
    /// Whether something was wrong, after which nothing is handed out.
    is_broken: bool,
}

/// What is wrong with a heap, or with what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeapFault {
    /// There is no heap yet: a start function allocates.
    #[error("there is no heap before the instance is complete")]
    NoHeap,
    /// More than the largest block.
    #[error("{bytes} bytes were asked for; a block has at most {LARGEST}")]
    TooLarge {
        /// How many were asked for.
        bytes: u32,
    },
    /// The memory can't be made larger.
    #[error(
        "there is no room for a block of {bytes} bytes: the heap ends at {end}, and the memory of {memory} bytes can't grow to hold it"
    )]
    Full {
        /// The size of the block.
        bytes: u32,
        /// Where the heap ends.
        end: u32,
        /// The size of the memory.
        memory: u64,
    },
    /// An address was given back at which no block begins.
    #[error(
        "{address:#x} was given back, where no block begins: the heap is from {base:#x} to {end:#x}, in steps of 8"
    )]
    NoBlock {
        /// The address.
        address: u32,
        /// Where the heap begins.
        base: u32,
        /// Where the heap ends.
        end: u32,
    },
    /// A block was given back that is free.
    #[error("the block at {address:#x} was given back twice, or its header was written to")]
    NotInUse {
        /// Its address.
        address: u32,
    },
    /// The header of a block isn't what the allocator wrote.
    #[error("the header in front of {address:#x} was written to: it is {header:#018x}")]
    Header {
        /// The address of the block.
        address: u32,
        /// What stands in it.
        header: u64,
    },
    /// Something was wrong before.
    #[error("the heap is broken since an earlier fault")]
    Broken,
}

impl Heap {
    /// None yet.
    pub(crate) fn none() -> Self {
        Self { base: 0, next: 0, free: [NO_BLOCK; ORDERS], is_broken: false }
    }

    /// One that begins at an address, or at the next multiple of 8.
    pub(crate) fn at(base: u32) -> Self {
        let base = base.checked_next_multiple_of(SMALLEST).unwrap_or(u32::MAX - 7);
        Self { base, next: base, ..Self::none() }
    }

    /// A block of at least so many bytes: its address.
    pub(crate) fn allocate(&mut self, memory: &mut Memory<'_>, bytes: u32) -> Result<u32, Halt> {
        self.checked(|heap| heap.take(memory, bytes))
    }

    /// Takes a block back.
    pub(crate) fn free(&mut self, memory: &mut Memory<'_>, address: u32) -> Result<(), Halt> {
        self.checked(|heap| heap.give(memory, address))
    }

    fn checked<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Halt>) -> Result<T, Halt> {
        if self.is_broken {
            return Err(Halt::error(HeapFault::Broken));
        }
        if self.base == 0 {
            return Err(Halt::error(HeapFault::NoHeap));
        }
        let done = work(self);
        self.is_broken = done.is_err();
        done
    }

    fn take(&mut self, memory: &mut Memory<'_>, bytes: u32) -> Result<u32, Halt> {
        if bytes > LARGEST {
            return Err(Halt::error(HeapFault::TooLarge { bytes }));
        }
        let size = bytes.max(SMALLEST).next_power_of_two();
        let order = size.trailing_zeros() - SMALLEST.trailing_zeros();
        let header = match self.free[order as usize] {
            NO_BLOCK => self.extend(memory, size)?,
            header => {
                self.free[order as usize] = self.link(memory, header, size)?;
                header
            }
        };
        memory.write(header, u64::from(order) | IN_USE)?;
        Ok(header + HEADER)
    }

    /// A block behind all others: its header.
    fn extend(&mut self, memory: &mut Memory<'_>, size: u32) -> Result<u32, Halt> {
        let full = |memory: &Memory<'_>, end| Halt::error(HeapFault::Full { bytes: size, end, memory: memory.size() });
        let header = self.next;
        let Some(end) = header.checked_add(HEADER + size) else { return Err(full(memory, header)) };
        let missing = u64::from(end).saturating_sub(memory.size()).div_ceil(PAGE);
        if missing > 0 {
            // Twice as much while that goes, so that growth is rare.
            let double = memory.size() / PAGE;
            let pages = |pages| u32::try_from(pages).unwrap_or(u32::MAX);
            if memory.grow(pages(missing.max(double)))?.is_none() && memory.grow(pages(missing))?.is_none() {
                return Err(full(memory, header));
            }
        }
        self.next = end;
        Ok(header)
    }

    /// The free block behind a free one, which is there as the allocator left it.
    fn link(&self, memory: &Memory<'_>, header: u32, size: u32) -> Result<u32, Halt> {
        let fault = |found| Halt::error(HeapFault::Header { address: header.wrapping_add(HEADER), header: found });
        let is_block = |header: u32| {
            let end = u64::from(header) + u64::from(HEADER) + u64::from(size);
            header >= self.base && header.is_multiple_of(SMALLEST) && end <= u64::from(self.next)
        };
        let found: u64 = memory.read(header)?;
        let next = u32::try_from(found).map_err(|_| fault(found))?;
        if next != NO_BLOCK && !is_block(next) {
            return Err(fault(found));
        }
        Ok(next)
    }

    fn give(&mut self, memory: &mut Memory<'_>, address: u32) -> Result<(), Halt> {
        let outside = || Halt::error(HeapFault::NoBlock { address, base: self.base, end: self.next });
        let header = address.checked_sub(HEADER).filter(|header| *header >= self.base).ok_or_else(outside)?;
        if header % SMALLEST != 0 || address >= self.next {
            return Err(outside());
        }
        let found: u64 = memory.read(header)?;
        if found & IN_USE == 0 {
            return Err(Halt::error(HeapFault::NotInUse { address }));
        }
        let order = found ^ IN_USE;
        let size = u32::try_from(order).ok().filter(|order| (*order as usize) < ORDERS).map(|order| SMALLEST << order);
        let Some(size) = size.filter(|size| u64::from(address) + u64::from(*size) <= u64::from(self.next)) else {
            return Err(Halt::error(HeapFault::Header { address, header: found }));
        };
        let first = &mut self.free[(size.trailing_zeros() - SMALLEST.trailing_zeros()) as usize];
        memory.write(header, u64::from(*first))?;
        *first = header;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{
        collection::vec,
        prelude::{Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest},
    };
    use std::{collections::BTreeMap, error::Error as _};

    const BASE: u32 = 1_003;

    fn fault(halt: &Halt) -> Option<&HeapFault> {
        match halt {
            Halt::Error(error) => error.downcast_ref(),
            _ => None,
        }
    }

    fn fresh() -> (Heap, Vec<u8>) {
        (Heap::at(BASE), vec![0; 1 << 16])
    }

    #[test]
    fn blocks_are_used_again_and_are_of_their_own_size() {
        let (mut heap, mut bytes) = fresh();
        let memory = &mut Memory::of(&mut bytes);
        let first = heap.allocate(memory, 1).unwrap();
        assert_eq!(first, 1_008 + 8);
        let second = heap.allocate(memory, 9).unwrap();
        assert_eq!(second, first + 8 + 8);
        assert_eq!(heap.allocate(memory, 0).unwrap(), second + 16 + 8);
        heap.free(memory, first).unwrap();
        assert_eq!(heap.allocate(memory, 16).unwrap(), second + 16 + 8 + 8 + 8, "the free one is too small");
        assert_eq!(heap.allocate(memory, 8).unwrap(), first);
    }

    #[test]
    fn the_largest_block_makes_the_memory_larger() {
        let (mut heap, mut bytes) = fresh();
        let memory = &mut Memory::of(&mut bytes);
        assert_eq!(heap.allocate(memory, LARGEST).unwrap(), 1_016);
        assert!(memory.size() >= u64::from(LARGEST) + 1_016);
    }

    #[test]
    fn what_is_wrong_is_said_and_is_the_end() {
        type Wrong = fn(&mut Heap, &mut Memory<'_>, u32) -> Result<u32, Halt>;
        let cases: [(Wrong, &str); 10] = [
            (
                |heap, memory, _| heap.allocate(memory, LARGEST + 1),
                "33554433 bytes were asked for; a block has at most 33554432",
            ),
            (
                |heap, memory, _| heap.free(memory, 1_000).map(|()| 0),
                "0x3e8 was given back, where no block begins: the heap is from 0x3f0 to 0x400, in steps of 8",
            ),
            (
                |heap, memory, block| heap.free(memory, block + 1).map(|()| 0),
                "0x3f9 was given back, where no block begins: the heap is from 0x3f0 to 0x400, in steps of 8",
            ),
            (
                |heap, memory, _| heap.free(memory, u32::MAX - 7).map(|()| 0),
                "0xfffffff8 was given back, where no block begins: the heap is from 0x3f0 to 0x400, in steps of 8",
            ),
            (
                |heap, memory, _| heap.free(memory, 0).map(|()| 0),
                "0x0 was given back, where no block begins: the heap is from 0x3f0 to 0x400, in steps of 8",
            ),
            (
                |heap, memory, block| heap.free(memory, block).and_then(|()| heap.free(memory, block)).map(|()| 0),
                "the block at 0x3f8 was given back twice, or its header was written to",
            ),
            (
                |heap, memory, block| {
                    memory.write(block - 8, 0x17_u64 | IN_USE).and_then(|()| heap.free(memory, block)).map(|()| 0)
                },
                "the header in front of 0x3f8 was written to: it is 0x0000000100000017",
            ),
            (
                |heap, memory, block| {
                    memory.write(block - 8, 5_u64 | IN_USE).and_then(|()| heap.free(memory, block)).map(|()| 0)
                },
                "the header in front of 0x3f8 was written to: it is 0x0000000100000005",
            ),
            (
                |heap, memory, block| {
                    heap.free(memory, block)
                        .and_then(|()| memory.write(block - 8, 16_u64))
                        .and_then(|()| heap.allocate(memory, 8))
                },
                "the header in front of 0x3f8 was written to: it is 0x0000000000000010",
            ),
            (
                |heap, memory, block| {
                    heap.free(memory, block)
                        .and_then(|()| memory.write(block - 8, IN_USE))
                        .and_then(|()| heap.allocate(memory, 8))
                },
                "the header in front of 0x3f8 was written to: it is 0x0000000100000000",
            ),
        ];
        for (wrong, text) in cases {
            let (mut heap, mut bytes) = fresh();
            let memory = &mut Memory::of(&mut bytes);
            let block = heap.allocate(memory, 8).unwrap();
            let halt = wrong(&mut heap, memory, block).unwrap_err();
            assert_eq!(fault(&halt).unwrap().to_string(), text);
            let halt = heap.allocate(memory, 8).unwrap_err();
            assert_eq!(fault(&halt), Some(&HeapFault::Broken));
        }
        let (_, mut bytes) = fresh();
        let halt = Heap::none().allocate(&mut Memory::of(&mut bytes), 8).unwrap_err();
        assert_eq!(fault(&halt), Some(&HeapFault::NoHeap));
        assert!(HeapFault::NoHeap.source().is_none());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Allocate(u32),
        /// The block of this number among those in use.
        Free(usize),
        /// Eight bytes anywhere in the heap.
        Scribble(u32, u64),
    }

    fn step(hostile: bool) -> impl Strategy<Value = Step> {
        let scribble = (0..4_000_u32, prop_oneof![0..64_u64, (0..64_u64).prop_map(|low| low | IN_USE), 0..=u64::MAX]);
        prop_oneof![
            6 => prop_oneof![0..200_u32, 0..70_000_u32].prop_map(Step::Allocate),
            4 => (0..100_usize).prop_map(Step::Free),
            u32::from(hostile) => scribble.prop_map(|(at, value)| Step::Scribble(at, value)),
        ]
    }

    proptest! {
        #[test]
        fn no_two_blocks_overlap_and_what_is_in_them_stays(steps in vec(step(false), 1..120)) {
            let (mut heap, mut bytes) = fresh();
            let memory = &mut Memory::of(&mut bytes);
            let mut live: BTreeMap<u32, (u32, u8)> = BTreeMap::new();
            let mut given: Vec<(u32, u32)> = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                let fill = number.to_le_bytes()[0];
                match step {
                    Step::Allocate(size) => {
                        let block = heap.allocate(memory, size).unwrap();
                        prop_assert!(block > BASE && block % 8 == 0);
                        let rounded = size.max(8).next_power_of_two();
                        if let Some(place) = given.iter().rposition(|(_, free)| *free == rounded) {
                            prop_assert_eq!(given.remove(place).0, block, "a free block is used again, the last one first");
                        }
                        memory.get_mut(block, size).unwrap().fill(fill);
                        prop_assert!(live.insert(block, (size, fill)).is_none());
                    }
                    Step::Free(number) if !live.is_empty() => {
                        let (&block, &(size, _)) = live.iter().nth(number % live.len()).unwrap();
                        heap.free(memory, block).unwrap();
                        live.remove(&block);
                        given.push((block, size.max(8).next_power_of_two()));
                    }
                    _ => {}
                }
                let mut end = BASE;
                for (&block, &(size, fill)) in &live {
                    prop_assert!(block >= end + 8, "{block} begins in what ends at {end}, or in its own header");
                    prop_assert!(memory.get(block, size).unwrap().iter().all(|byte| *byte == fill));
                    end = block + size;
                }
            }
        }

        #[test]
        fn whatever_is_written_nothing_outside_the_heap_is_handed_out_or_changed(steps in vec(step(true), 1..120)) {
            let (mut heap, mut bytes) = fresh();
            bytes[..BASE as usize].fill(0xaa);
            let memory = &mut Memory::of(&mut bytes);
            let mut live = Vec::new();
            for step in steps {
                match step {
                    Step::Allocate(size) => {
                        if let Ok(block) = heap.allocate(memory, size) {
                            prop_assert!(block > BASE && memory.get(block, size).is_ok());
                            live.push(block);
                        }
                    }
                    Step::Free(number) if !live.is_empty() => {
                        let _ = heap.free(memory, live[number % live.len()]);
                    }
                    Step::Free(_) => {}
                    Step::Scribble(at, value) => memory.write(BASE + 5 + at, value).unwrap(),
                }
            }
            prop_assert!(memory.get(0, BASE).unwrap().iter().all(|byte| *byte == 0xaa));
        }
    }
}
