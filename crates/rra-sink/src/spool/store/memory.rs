//! Files that are none: where there is no directory, a spool lies in memory.

use std::collections::HashMap;
use std::io;

use super::{CURSOR_BYTES, CURSOR_SLOTS, Name, Store};

/// Files in memory.
#[derive(Debug, Default)]
pub(crate) struct InMemory {
    files: HashMap<Name, Vec<u8>>,
}

impl InMemory {
    fn file(&self, name: Name) -> io::Result<&Vec<u8>> {
        self.files.get(&name).ok_or(io::ErrorKind::NotFound.into())
    }
}

impl Store for InMemory {
    fn names(&mut self) -> io::Result<Vec<Name>> {
        Ok(self.files.keys().copied().collect())
    }

    fn read_all(&mut self, name: Name) -> io::Result<Vec<u8>> {
        self.file(name).cloned()
    }

    fn read(&mut self, name: Name, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let at = usize::try_from(at).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let bytes = self.file(name)?.get(at..at + buffer.len());
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write(&mut self, name: Name, at: u64, bytes: &[u8]) -> io::Result<()> {
        let file = self.files.entry(name).or_default();
        debug_assert_eq!(file.len() as u64, at, "written where the file does not end");
        file.extend_from_slice(bytes);
        Ok(())
    }

    fn cut(&mut self, name: Name, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.files.entry(name).or_default().truncate(length);
        Ok(())
    }

    fn remove(&mut self, name: Name) -> io::Result<()> {
        self.files.remove(&name);
        Ok(())
    }

    fn put_aside(&mut self, name: Name) -> io::Result<()> {
        self.remove(name)
    }

    fn read_cursor(&mut self) -> io::Result<[[u8; CURSOR_BYTES]; CURSOR_SLOTS]> {
        Ok(Default::default())
    }

    fn write_cursor(&mut self, _slot: usize, _bytes: [u8; CURSOR_BYTES]) -> io::Result<()> {
        Ok(())
    }
}
