//! Where the files of a spool are: what a spool needs of them, in three calls to read and four to
//! change something.

mod files;
mod memory;

use std::fmt;
use std::io;

use rra_schema::Severity;

pub(crate) use files::{CURSOR, Files};
pub(crate) use memory::InMemory;

/// One file of records: all of one severity, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name {
    /// The place of its first record in the order of the spool.
    pub(crate) first: u64,
    pub(crate) severity: Severity,
}

/// Where the cursor is kept: twice, and written in turn, so that one is whole whenever the process
/// is killed.
pub(crate) const CURSOR_SLOTS: usize = 2;
/// A place in the order of the spool and its CRC32C.
pub(crate) const CURSOR_BYTES: usize = 12;

/// Files of a spool.
pub(crate) trait Store: Send + fmt::Debug {
    /// All files, in any order.
    fn names(&mut self) -> io::Result<Vec<Name>>;

    /// The whole file.
    fn read_all(&mut self, name: Name) -> io::Result<Vec<u8>>;

    /// Fills the buffer from there on.
    fn read(&mut self, name: Name, at: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Writes the bytes there, where the file ends; makes the file if it is not there.
    fn write(&mut self, name: Name, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Shortens the file.
    fn cut(&mut self, name: Name, length: u64) -> io::Result<()>;

    /// Removes the file.
    fn remove(&mut self, name: Name) -> io::Result<()>;

    /// Moves a file aside that is none of ours, for people to look at.
    fn put_aside(&mut self, name: Name) -> io::Result<()>;

    /// What was written into each slot; zeros where nothing was.
    fn read_cursor(&mut self) -> io::Result<[[u8; CURSOR_BYTES]; CURSOR_SLOTS]>;

    /// Writes one slot.
    fn write_cursor(&mut self, slot: usize, bytes: [u8; CURSOR_BYTES]) -> io::Result<()>;
}
