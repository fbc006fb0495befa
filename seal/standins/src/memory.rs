//! Reading and writing at addresses.
//!
//! A wrong address traps, as it would in the module itself. Nobody promises an alignment. Nothing here asks an address whether
//! it is 0, so that the compiler's belief that none is does no harm; where one is 0 for certain, bytes are used, which are
//! volatile.

pub(crate) fn load_u8(address: u32) -> u8 {
    // SAFETY: the memory is the module's, and an address outside of it traps.
    unsafe { (address as usize as *const u8).read_volatile() }
}

pub(crate) fn load_u16(address: u32) -> u16 {
    u16::from(load_u8(address)) | u16::from(load_u8(address.wrapping_add(1))) << 8
}

pub(crate) fn load_u32(address: u32) -> u32 {
    // SAFETY: as above.
    unsafe { (address as usize as *const u32).read_unaligned() }
}

pub(crate) fn load_u64(address: u32) -> u64 {
    // SAFETY: as above.
    unsafe { (address as usize as *const u64).read_unaligned() }
}

pub(crate) fn store_u8(address: u32, value: u8) {
    // SAFETY: as above; what a module asks to have written over is its own.
    unsafe { (address as usize as *mut u8).write_volatile(value) }
}

pub(crate) fn store_u32(address: u32, value: u32) {
    // SAFETY: as above.
    unsafe { (address as usize as *mut u32).write_unaligned(value) }
}

pub(crate) fn store_u64(address: u32, value: u64) {
    // SAFETY: as above.
    unsafe { (address as usize as *mut u64).write_unaligned(value) }
}

/// [`load_u32`] at an address that may well be 0.
pub(crate) fn load_bytes(address: u32) -> u32 {
    u32::from(load_u16(address)) | u32::from(load_u16(address.wrapping_add(2))) << 16
}

/// [`store_u32`] at an address that may well be 0, and before a trap, in front of which others may be left out.
pub(crate) fn store_bytes(address: u32, value: u32) {
    store_u8(address, value as u8);
    store_u8(address.wrapping_add(1), (value >> 8) as u8);
    store_u8(address.wrapping_add(2), (value >> 16) as u8);
    store_u8(address.wrapping_add(3), (value >> 24) as u8);
}

/// Copies bytes that may overlap.
pub(crate) fn copy(to: u32, from: u32, len: u32) {
    if len != 0 {
        // SAFETY: as above; it becomes one instruction.
        unsafe { core::ptr::copy(from as usize as *const u8, to as usize as *mut u8, len as usize) }
    }
}

/// Sets bytes to zero.
pub(crate) fn clear(address: u32, len: u32) {
    if len != 0 {
        // SAFETY: as above; it becomes one instruction.
        unsafe { core::ptr::write_bytes(address as usize as *mut u8, 0, len as usize) }
    }
}

/// Size of the memory in pages, the stand-ins' own included.
pub(crate) fn pages() -> u32 {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size(0) as u32;
    #[cfg(not(target_arch = "wasm32"))]
    unreachable!("this is code for a module");
}

/// Makes the memory larger; says how large it was, or `u32::MAX` where there is no room.
pub(crate) fn grow(pages: u32) -> u32 {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_grow(0, pages as usize) as u32;
    #[cfg(not(target_arch = "wasm32"))]
    unreachable!("this is code for a module, {pages}");
}

/// Stops the module.
pub(crate) fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    unreachable!("this is code for a module");
}
