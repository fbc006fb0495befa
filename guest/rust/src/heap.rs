//! The allocator of a guest: fast, small, and steady.
//!
//! A guest's call makes tens of thousands of small values, answers, and drops them all; most of the time its instance is
//! thrown away then. The allocator that comes with Rust for WebAssembly is made for long lives, and took half of
//! such a call. Here each size class has a list of free blocks, and what isn't there is cut from the end of the
//! memory: a dozen instructions. Blocks are never split nor joined, so that the same calls again and again find their
//! blocks again and the memory stays as it is (`mem.steady`).
#![allow(unsafe_code, reason = "an allocator hands out memory")]

use core::{
    alloc::Layout,
    ptr::{self, NonNull},
};

/// Blocks are multiples of this, and so are their addresses.
const GRAIN: usize = 16;
/// Up to here there is a class for each multiple of [`GRAIN`], beyond for each power of two.
const FINE: usize = 512;
const FINE_CLASSES: usize = FINE / GRAIN;
/// No block is larger.
const LARGEST: usize = 1 << 30;
const CLASSES: usize = FINE_CLASSES + (LARGEST / FINE).trailing_zeros() as usize;

/// Where a heap gets its memory.
pub(crate) trait Pages {
    /// Makes the memory at the end of the heap longer by at least so many bytes, and says by how many; none where there
    /// is no room.
    fn extend(&mut self, bytes: usize) -> Option<usize>;
}

/// A heap that begins where it was told to, and ends where its memory does.
pub(crate) struct Heap<P> {
    pages: P,
    /// First byte that was never part of a block.
    next: usize,
    /// First byte behind the memory.
    end: usize,
    /// Heads of the lists of free blocks, by class.
    free: [Option<NonNull<Free>>; CLASSES],
}

/// A free block: it holds the address of the next one.
struct Free {
    next: Option<NonNull<Free>>,
}

impl<P: Pages> Heap<P> {
    /// A heap over the memory from `start` to `end`.
    pub(crate) const fn new(pages: P, start: usize, end: usize) -> Self {
        Self { pages, next: start, end, free: [None; CLASSES] }
    }

    /// A block for `layout`; null where there is no room, and then nothing has changed.
    ///
    /// # Safety
    ///
    /// The memory between `start` and the end of `pages` is this heap's alone. The layout's size is not 0.
    #[inline]
    pub(crate) unsafe fn get(&mut self, layout: Layout) -> *mut u8 {
        let Some((class, size)) = class(layout) else { return ptr::null_mut() };
        let block = match self.free[class] {
            Some(block) => {
                // SAFETY: a block in a list was given back, and nobody else writes to it.
                self.free[class] = unsafe { block.read().next };
                block.as_ptr().cast()
            }
            None => self.cut(size),
        };
        if layout.align() <= GRAIN || block.is_null() {
            return block;
        }
        // The block is larger than the value by its alignment: room to move the value, and to say by how much before it.
        let shift = layout.align() - block.addr() % layout.align();
        // SAFETY: `shift` is at least GRAIN, since both addresses are multiples of it, and at most the alignment.
        unsafe {
            let value = block.add(shift);
            value.sub(size_of::<usize>()).cast::<usize>().write_unaligned(shift);
            value
        }
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// The block is live and came from this heap, for the same layout.
    #[inline]
    pub(crate) unsafe fn give_back(&mut self, value: *mut u8, layout: Layout) {
        let (Some((class, _)), Some(value)) = (class(layout), NonNull::new(value)) else { return };
        let block = if layout.align() <= GRAIN {
            value
        } else {
            // SAFETY: see `get`: what stands before a value of this alignment is the way back to its block.
            unsafe { value.sub(value.sub(size_of::<usize>()).cast::<usize>().read_unaligned()) }
        };
        let block = block.cast::<Free>();
        // SAFETY: a block has room for an address, is aligned, and is nobody's from now on.
        unsafe { block.write(Free { next: self.free[class] }) };
        self.free[class] = Some(block);
    }

    /// A block with the same bytes for another size, in the same place where that is possible.
    ///
    /// # Safety
    ///
    /// As for [`Heap::give_back`]; `new_size` is not 0. Where null comes back the block is as it was.
    pub(crate) unsafe fn resize(&mut self, value: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let Ok(new_layout) = Layout::from_size_align(new_size, layout.align()) else { return ptr::null_mut() };
        let (Some((_, old)), Some((class, new))) = (class(layout), class(new_layout)) else { return ptr::null_mut() };
        if old == new {
            return value;
        }
        // The last block can simply be made longer. Where there is a free one of the new size that would take memory for
        // nothing: each time one block more would change its class.
        let is_last = layout.align() <= GRAIN && value.addr() + old == self.next;
        if is_last && new > old && self.free[class].is_none() && self.reserve(new - old) {
            self.next += new - old;
            return value;
        }
        // SAFETY: the two blocks are different, and both have room for the smaller size.
        unsafe {
            let moved = self.get(new_layout);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(value, moved, layout.size().min(new_size));
                self.give_back(value, layout);
            }
            moved
        }
    }

    /// A new block from the end.
    fn cut(&mut self, size: usize) -> *mut u8 {
        if !self.reserve(size) {
            return ptr::null_mut();
        }
        let block = self.next;
        self.next += size;
        ptr::with_exposed_provenance_mut(block)
    }

    /// Sees to it that so many bytes are left at the end.
    fn reserve(&mut self, bytes: usize) -> bool {
        let left = self.end - self.next;
        if bytes <= left {
            return true;
        }
        match self.pages.extend(bytes - left) {
            Some(more) => {
                self.end += more;
                true
            }
            None => false,
        }
    }
}

/// The class of the blocks for a layout, and their size; none where the layout is too large.
fn class(layout: Layout) -> Option<(usize, usize)> {
    let size = if layout.align() <= GRAIN { layout.size() } else { layout.size().checked_add(layout.align())? };
    if size <= FINE {
        let grains = size.div_ceil(GRAIN).max(1);
        Some((grains - 1, grains * GRAIN))
    } else if size <= LARGEST {
        let size = size.next_power_of_two();
        Some((FINE_CLASSES + (size / FINE).trailing_zeros() as usize - 1, size))
    } else {
        None
    }
}

#[cfg(target_family = "wasm")]
mod wasm {
    use super::{GRAIN, Heap, Pages};
    use core::{
        alloc::{GlobalAlloc, Layout},
        arch::wasm32::{memory_grow, memory_size},
        cell::UnsafeCell,
    };

    const PAGE: usize = 64 << 10;

    struct LinearMemory;

    impl Pages for LinearMemory {
        fn extend(&mut self, bytes: usize) -> Option<usize> {
            let needed = bytes.div_ceil(PAGE);
            // To grow copies the memory in some engines, so that half as much again is cheaper in the long run.
            let pages = [needed.max(memory_size(0) / 2), needed];
            pages.into_iter().find(|&pages| memory_grow(0, pages) != usize::MAX).map(|pages| pages * PAGE)
        }
    }

    struct Global(UnsafeCell<Option<Heap<LinearMemory>>>);

    #[cfg(target_feature = "atomics")]
    compile_error!("the allocator is for guests with one thread, which all are (module.one-memory)");
    // SAFETY: there is one thread.
    unsafe impl Sync for Global {}

    #[global_allocator]
    static GLOBAL: Global = Global(UnsafeCell::new(None));

    impl Global {
        #[allow(clippy::mut_from_ref, reason = "one thread, and no allocation within one")]
        fn heap(&self) -> &mut Heap<LinearMemory> {
            unsafe extern "C" {
                static __heap_base: u8;
            }
            // SAFETY: one thread, and no reference outlives the call that it is for. The linker puts `__heap_base` behind all
            // that the program has in memory.
            unsafe {
                (*self.0.get()).get_or_insert_with(|| {
                    let start = (&raw const __heap_base).expose_provenance().next_multiple_of(GRAIN);
                    Heap::new(LinearMemory, start, memory_size(0) * PAGE)
                })
            }
        }
    }

    // SAFETY: blocks are of the layout's size and alignment, and are nobody else's until they are given back.
    unsafe impl GlobalAlloc for Global {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: by the trait's conditions.
            unsafe { self.heap().get(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: by the trait's conditions.
            unsafe { self.heap().give_back(block, layout) }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
            // SAFETY: by the trait's conditions.
            unsafe { self.heap().resize(block, layout, new_size) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A heap over part of a buffer, a step at a time.
    struct Buffer {
        left: usize,
    }

    impl Pages for Buffer {
        fn extend(&mut self, bytes: usize) -> Option<usize> {
            let step = bytes.next_multiple_of(1024);
            self.left = self.left.checked_sub(step)?;
            Some(step)
        }
    }

    /// A heap with so many bytes, and the memory that it is in.
    fn heap(bytes: usize) -> (Heap<Buffer>, Vec<u128>) {
        let mut memory = vec![0_u128; bytes / GRAIN];
        let start = memory.as_mut_ptr().expose_provenance();
        (Heap::new(Buffer { left: bytes }, start, start), memory)
    }

    #[test]
    fn a_class_is_never_smaller_than_what_it_is_for() {
        for size in (1..5000).chain([LARGEST - 1, LARGEST]) {
            let (index, block) = class(Layout::from_size_align(size, 1).unwrap()).unwrap();
            assert!(block >= size && block % GRAIN == 0 && index < CLASSES, "{size}: {index} {block}");
            assert!(size < 16 || block < size * 2, "{size}: {block}");
        }
        assert_eq!(class(Layout::from_size_align(LARGEST + 1, 1).unwrap()), None);
    }

    #[test]
    fn no_room_is_null_and_changes_nothing() {
        let (mut heap, _memory) = heap(4096);
        let small = Layout::from_size_align(64, 1).unwrap();
        // SAFETY: the heap has its memory to itself.
        unsafe {
            assert!(heap.get(Layout::from_size_align(1 << 20, 1).unwrap()).is_null());
            let block = heap.get(small);
            assert!(!block.is_null());
            assert!(heap.resize(block, small, 1 << 20).is_null());
            heap.give_back(block, small);
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Get(usize, u32),
        GiveBack(usize),
        Resize(usize, usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1_usize..3000, 0_u32..8).prop_map(|(size, align)| Step::Get(size, align)),
            any::<usize>().prop_map(Step::GiveBack),
            (any::<usize>(), 1_usize..3000).prop_map(|(which, size)| Step::Resize(which, size)),
        ]
    }

    proptest! {
        /// Every block keeps the byte that it was filled with, whatever happens around it.
        #[test]
        fn blocks_are_apart_and_aligned(steps in prop::collection::vec(step(), 1..200)) {
            let (mut heap, _memory) = heap(1 << 20);
            let mut live: Vec<(*mut u8, Layout, u8)> = Vec::new();
            for (step, fill) in steps.into_iter().zip((0..=u8::MAX).cycle()) {
                // SAFETY: blocks are used as long as they are live, within their layouts.
                unsafe {
                    match step {
                        Step::Get(size, align) => {
                            let layout = Layout::from_size_align(size, 1 << align).unwrap();
                            let block = heap.get(layout);
                            prop_assert!(!block.is_null() && block.addr() % layout.align() == 0);
                            block.write_bytes(fill, size);
                            live.push((block, layout, fill));
                        }
                        Step::GiveBack(which) if !live.is_empty() => {
                            let (block, layout, _) = live.swap_remove(which % live.len());
                            heap.give_back(block, layout);
                        }
                        Step::Resize(which, size) if !live.is_empty() => {
                            let which = which % live.len();
                            let (block, layout, fill) = live[which];
                            let block = heap.resize(block, layout, size);
                            prop_assert!(!block.is_null());
                            let kept = layout.size().min(size);
                            prop_assert!((0..kept).all(|at| block.add(at).read() == fill));
                            block.write_bytes(fill, size);
                            live[which] = (block, Layout::from_size_align(size, layout.align()).unwrap(), fill);
                        }
                        _ => {}
                    }
                    for &(block, layout, fill) in &live {
                        prop_assert!((0..layout.size()).all(|at| block.add(at).read() == fill));
                    }
                }
            }
        }

        /// The same blocks again, made larger step by step, take no more memory than the first two times.
        #[test]
        fn memory_is_steady(sizes in prop::collection::vec((1_usize..3000, 1_usize..3000), 1..50)) {
            let (mut heap, _memory) = heap(1 << 20);
            let layout = |size| Layout::from_size_align(size, 1).unwrap();
            let mut ends = Vec::new();
            for _ in 0..6 {
                // SAFETY: each block is given back once, with its layout.
                unsafe {
                    let mut blocks = Vec::new();
                    for &(first, second) in &sizes {
                        let block = heap.get(layout(first));
                        blocks.push((heap.resize(block, layout(first), second), layout(second)));
                    }
                    for (block, layout) in blocks {
                        heap.give_back(block, layout);
                    }
                }
                ends.push(heap.next);
            }
            prop_assert!(ends[2..].iter().all(|end| *end == ends[2]), "{:?}", ends);
        }
    }
}
