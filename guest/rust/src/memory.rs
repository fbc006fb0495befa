//! Buffers that cross the boundary. The host frees each of them, with the length with which it crossed.
#![allow(unsafe_code, reason = "addresses cross the boundary")]

use dorcas_abi::Span;
use std::alloc::{Layout, alloc, dealloc};

/// Gets a buffer. 0 where there is no room, or where the length is none that a buffer can have.
pub fn get(len: u32) -> u32 {
    let Some(layout) = layout(len) else { return 0 };
    // SAFETY: the layout's size is not 0.
    unsafe { alloc(layout) as u32 }
}

/// Gives a buffer back.
///
/// # Safety
///
/// `ptr` and `len` are those of a live buffer, from [`get`] or [`lend`].
pub unsafe fn give_back(ptr: u32, len: u32) {
    if let Some(layout) = layout(len) {
        // SAFETY: the buffer was allocated with this layout, in `get` or as the bytes of a boxed slice.
        unsafe { dealloc(ptr as *mut u8, layout) }
    }
}

/// The argument of a method.
///
/// # Safety
///
/// `ptr` and `len` are those of a live buffer that nobody writes to as long as the slice is in use, or `len` is 0.
pub unsafe fn argument<'a>(ptr: u32, len: u32) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: by the function's own condition.
    unsafe { std::slice::from_raw_parts(ptr as *const u8, len as usize) }
}

/// Hands bytes over to the host.
pub fn lend(bytes: Vec<u8>) -> i64 {
    // The box's layout is its length, which is what comes back with the pointer.
    let bytes = Box::leak(bytes.into_boxed_slice());
    Span { ptr: bytes.as_ptr() as u32, len: bytes.len() as u32 }.pack()
}

/// One byte is alignment enough for bytes, and what a boxed slice of them has.
fn layout(len: u32) -> Option<Layout> {
    Layout::array::<u8>(len as usize).ok().filter(|layout| layout.size() > 0)
}
