//! The bytes of a ring: pages of plain memory or of a mapped file. All unsafe code of this crate is
//! here, but for the three calls in `ring.rs` that keep the contract of [`Memory`].
//!
//! # Proof
//!
//! A ring is a row of 64-bit words, only ever touched as atomics, followed by data bytes, only ever
//! touched through raw pointers. Nobody else can reach them: plain memory is private to the
//! process, and a mapped file lies in a directory of mode 0700, is locked, and is never shortened.
//! So three things must be shown.
//!
//! - *No access is out of bounds.* Every method checks its range against the length that was
//!   mapped, in release builds too.
//! - *No byte is read while it is written.* [`Memory::write`] and [`Memory::read`] ask that of
//!   their callers, who keep it by the order of the ring (`ring.rs`): bytes are written only between
//!   the newest published line and the slowest cursor, under the producers' lock; they are read
//!   only between a cursor and the newest published line, or under that lock. What publishes is a
//!   store with release order after the bytes, and what frees is a store with release order after
//!   the last read; both are read with acquire order. The model in `ring/loom.rs` tries every
//!   order of these steps, and Miri runs the tests that need no file.
//! - *The memory outlives its users.* It is given back when [`Pages`] is dropped, and every slice
//!   borrows from it.
//!
//! A fork shares a mapped file with the child. The child never gets here: `fork.rs` refuses its
//! appends before the lock.

#![expect(
    unsafe_code,
    reason = "memory shared with the next process; the proof is above"
)]

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, mmap_anonymous, munmap};

/// What a ring needs of its memory, so that a model checker can stand in for it.
pub(crate) trait Memory {
    /// Reads a word.
    fn load(&self, word: usize, order: Ordering) -> u64;

    /// Writes a word.
    fn store(&self, word: usize, value: u64, order: Ordering);

    /// Makes all of it present, so that no later step waits for a page.
    fn populate(&self);

    /// Lets `write` change some bytes of the data.
    ///
    /// # Safety
    /// Nobody else reads or writes these bytes of the data meanwhile.
    unsafe fn write<T>(&self, at: usize, length: usize, write: impl FnOnce(&mut [u8]) -> T) -> T;

    /// Some bytes of the data.
    ///
    /// # Safety
    /// Nobody writes these bytes of the data while the slice lives.
    unsafe fn read(&self, at: usize, length: usize) -> &[u8];
}

/// Words and data behind them.
#[derive(Debug)]
pub(crate) struct Pages {
    start: NonNull<u64>,
    words: usize,
    data_bytes: usize,
}

// SAFETY: the words are atomics, and the data is touched only as the contracts of the trait say.
unsafe impl Send for Pages {}
// SAFETY: as above.
unsafe impl Sync for Pages {}

const ACCESS: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);

impl Pages {
    /// Zeroed memory of this process.
    pub(crate) fn plain(words: usize, data_bytes: usize) -> io::Result<Self> {
        let length = words * 8 + data_bytes;
        // SAFETY: a new mapping at an address that the kernel chooses touches nothing that exists.
        let start = unsafe { mmap_anonymous(ptr::null_mut(), length, ACCESS, MapFlags::PRIVATE) };
        Self::of(start?, words, data_bytes)
    }

    /// Zeroed words that are zeroed again in the child of a fork (Linux 4.14, madvise(2)).
    pub(crate) fn wiped_in_children(words: usize) -> io::Result<Self> {
        let pages = Self::plain(words, 0)?;
        // Miri has no such call, and no forks.
        if !cfg!(miri) {
            let start = pages.start.as_ptr().cast();
            // SAFETY: exactly the pages just mapped; nothing is in them yet.
            unsafe { madvise(start, words * 8, Advice::LinuxWipeOnFork) }?;
        }
        Ok(pages)
    }

    /// The beginning of a file, which must be as long as that and stay so.
    pub(crate) fn mapped(file: &File, words: usize, data_bytes: usize) -> io::Result<Self> {
        let length = words * 8 + data_bytes;
        // SAFETY: as in `plain`.
        let start = unsafe { mmap(ptr::null_mut(), length, ACCESS, MapFlags::SHARED, file, 0) };
        Self::of(start?, words, data_bytes)
    }

    fn of(start: *mut c_void, words: usize, data_bytes: usize) -> io::Result<Self> {
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(Self {
            start,
            words,
            data_bytes,
        })
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        if index >= self.words {
            out_of_bounds();
        }
        // SAFETY: in bounds by the check, aligned because the start is aligned to a page, and
        // only ever used as an atomic.
        unsafe { AtomicU64::from_ptr(self.start.as_ptr().add(index)) }
    }

    fn data(&self, at: usize, length: usize) -> *mut u8 {
        let last = self.data_bytes.checked_sub(length);
        if last.is_none_or(|last| at > last) {
            out_of_bounds();
        }
        // SAFETY: in bounds by the check.
        unsafe { self.start.as_ptr().add(self.words).cast::<u8>().add(at) }
    }
}

/// Takes nothing, because whoever might call it would have to keep that at hand for each word.
#[cold]
fn out_of_bounds() -> ! {
    panic!("a ring reached beyond its memory")
}

impl Memory for Pages {
    fn load(&self, word: usize, order: Ordering) -> u64 {
        self.word(word).load(order)
    }

    fn store(&self, word: usize, value: u64, order: Ordering) {
        self.word(word).store(value, order);
    }

    fn populate(&self) {
        // Miri has no such call, and no pages.
        if cfg!(miri) {
            return;
        }
        let length = self.words * 8 + self.data_bytes;
        // SAFETY: exactly what was mapped; nothing that can be read there changes.
        // Before Linux 5.14 (madvise(2)) it does nothing, and pages come one by one.
        let _ = unsafe {
            madvise(
                self.start.as_ptr().cast(),
                length,
                Advice::LinuxPopulateWrite,
            )
        };
    }

    unsafe fn write<T>(&self, at: usize, length: usize, write: impl FnOnce(&mut [u8]) -> T) -> T {
        let start = self.data(at, length);
        // SAFETY: in bounds, initialised (zeroed or from a file); the caller vouches that nobody else
        // uses the bytes.
        write(unsafe { std::slice::from_raw_parts_mut(start, length) })
    }

    unsafe fn read(&self, at: usize, length: usize) -> &[u8] {
        // SAFETY: in bounds, initialised (zeroed or from a file); the caller vouches that nobody
        // writes.
        unsafe { std::slice::from_raw_parts(self.data(at, length), length) }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let length = self.words * 8 + self.data_bytes;
        // SAFETY: exactly what was mapped. Unmapping it can only fail for a wrong range.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), length) };
    }
}
