//! How do two processes take turns with the same memory?
//!
//! ```text
//! 0   whose turn it is: a futex       64     a message, caller to service
//! 4   what is to be done              64+M   a reply, service to caller
//! 8   length of the message
//! 12  length of the reply
//! ```
//!
//! Only the side whose turn it is touches anything but the turn. The turn is given with `Release` and seen with `Acquire`,
//! so that what one side wrote is there for the other.

use rustix::{
    fs::{MemfdFlags, ftruncate, memfd_create},
    io::Errno,
    mm::{MapFlags, ProtFlags, mmap, munmap},
    thread::futex::{self, Flags, Timespec},
};
use std::{
    ffi::c_void,
    hint,
    io::{Error, Result},
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    ptr,
    sync::atomic::{AtomicU32, Ordering},
};

/// Room for a message or a reply.
const ROOM: usize = 1 << 17;
/// Before the first message.
const HEAD: usize = 64;
const BYTES: usize = HEAD + 2 * ROOM;

/// Set in the turn while the side that waits for it sleeps.
const ASLEEP: u32 = 1 << 31;
/// The turn that never comes back.
const CLOSED: u32 = 2;
/// No reply takes as long.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

/// Who reads and writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who asks.
    Caller,
    /// Who answers.
    Service,
}

/// Memory that is here and in another process.
pub struct Region {
    start: *mut c_void,
    looks: u32,
}

impl Region {
    /// New memory, all zeros: the caller's turn. The other process gets it through the file.
    pub fn new(looks: u32) -> Result<(Self, OwnedFd)> {
        let file = memfd_create("dorcas-benches", MemfdFlags::CLOEXEC)?;
        ftruncate(&file, BYTES as u64)?;
        let region = Self::open(file.as_fd(), looks)?;
        Ok((region, file))
    }

    /// The memory of another process.
    pub fn open(file: BorrowedFd<'_>, looks: u32) -> Result<Self> {
        // SAFETY: a new mapping, at an address that the system chooses, of a file that is as long and is never cut.
        let start =
            unsafe { mmap(ptr::null_mut(), BYTES, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, file, 0)? };
        Ok(Self { start, looks })
    }

    /// Waits for a turn; false where there will be none.
    pub fn wait_for(&mut self, side: Side) -> Result<bool> {
        let turn = self.turn();
        for _ in 0..self.looks {
            if turn.load(Ordering::Acquire) & !ASLEEP == side as u32 {
                return Ok(true);
            }
            hint::spin_loop();
        }
        loop {
            let seen = turn.load(Ordering::Acquire);
            match seen & !ASLEEP {
                CLOSED => return Ok(false),
                whose if whose == side as u32 => return Ok(true),
                _ => {}
            }
            // Said before it sleeps, so that who gives the turn knows that it has to wake somebody.
            if seen & ASLEEP == 0
                && turn.compare_exchange(seen, seen | ASLEEP, Ordering::Relaxed, Ordering::Relaxed).is_err()
            {
                continue;
            }
            // The caller waits for a reply, which comes; the service waits for as long as there are no calls.
            let patience = (side == Side::Caller).then_some(&PATIENCE);
            match futex::wait(turn, Flags::empty(), seen | ASLEEP, patience) {
                Ok(()) | Err(Errno::AGAIN | Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Ends a turn.
    pub fn give_to(&mut self, side: Side) -> Result<()> {
        self.pass(side as u32)
    }

    /// Ends all turns.
    pub fn close(&mut self) -> Result<()> {
        self.pass(CLOSED)
    }

    fn pass(&mut self, to: u32) -> Result<()> {
        if self.turn().swap(to, Ordering::AcqRel) & ASLEEP != 0 {
            futex::wake(self.turn(), Flags::empty(), 1)?;
        }
        Ok(())
    }

    /// Writes a request, in the caller's turn.
    pub fn write(&mut self, what: u32, len: usize, fill: impl FnOnce(&mut [u8])) -> Result<()> {
        if len > ROOM {
            return Err(Error::other("the message is too long"));
        }
        // SAFETY: within the mapping, whole, and nobody else's in this side's turn; `&mut self` keeps this side to one.
        fill(unsafe { std::slice::from_raw_parts_mut(self.at(HEAD), len) });
        self.word(1).store(what, Ordering::Relaxed);
        self.word(2).store(u32::try_from(len).map_err(Error::other)?, Ordering::Relaxed);
        Ok(())
    }

    /// What is to be done, the message, and room for the reply, in the service's turn.
    pub fn request(&mut self) -> Result<(u32, &[u8], &mut [u8])> {
        let (what, len) = (self.word(1).load(Ordering::Relaxed), self.word(2).load(Ordering::Relaxed) as usize);
        if len > ROOM {
            return Err(Error::other("a message beyond its room"));
        }
        // SAFETY: two parts of the mapping that don't overlap, whole, and nobody else's in this side's turn.
        unsafe {
            let message = std::slice::from_raw_parts(self.at(HEAD), len);
            Ok((what, message, std::slice::from_raw_parts_mut(self.at(HEAD + ROOM), ROOM)))
        }
    }

    /// The reply, in the caller's turn.
    pub fn reply(&self) -> Result<&[u8]> {
        let len = self.word(3).load(Ordering::Relaxed) as usize;
        if len > ROOM {
            return Err(Error::other("a reply beyond its room"));
        }
        // SAFETY: within the mapping, whole, and nobody else's in this side's turn.
        Ok(unsafe { std::slice::from_raw_parts(self.at(HEAD + ROOM), len) })
    }

    /// Says how long the reply is, in the service's turn.
    pub fn answered(&mut self, len: usize) -> Result<()> {
        self.word(3).store(u32::try_from(len).map_err(Error::other)?, Ordering::Relaxed);
        Ok(())
    }

    fn turn(&self) -> &AtomicU32 {
        self.word(0)
    }

    fn word(&self, index: usize) -> &AtomicU32 {
        assert!(index < HEAD / 4);
        // SAFETY: within the mapping, aligned since that begins with a page, and never touched but as an atomic.
        unsafe { AtomicU32::from_ptr(self.at(4 * index).cast()) }
    }

    /// A place within the mapping.
    fn at(&self, offset: usize) -> *mut u8 {
        assert!(offset < BYTES);
        // SAFETY: `offset` is within the mapping, which is one allocation.
        unsafe { self.start.cast::<u8>().add(offset) }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and nothing borrowed from it outlives `self`.
        let _ = unsafe { munmap(self.start, BYTES) };
    }
}
