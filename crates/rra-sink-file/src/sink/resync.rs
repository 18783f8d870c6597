//! After a failed sync nobody knows which of the pages are on the disk, and the kernel may have
//! marked them as written. So the file is put aside, and everything since the last sync that worked
//! is written again, to a new one.

use std::fs;
use std::io;
use std::mem;
use std::path::PathBuf;

use rra_sink::{DeliveryError, Earlier};

use super::FileSink;
use super::log::Log;

impl FileSink {
    /// Makes everything written so far survive a power failure, with a second file if need be.
    pub(super) fn sync_or_write_again(
        &mut self,
        earlier: Earlier<'_>,
    ) -> Result<(), DeliveryError> {
        self.prepare(0, earlier)?;
        if let Err(error) = self.sync_data() {
            let path = self.place.path().display();
            self.complaints
                .about(&format!("{path} cannot be synced: {error}"));
            self.give_up(earlier);
            self.prepare(0, earlier)?;
            self.sync_data().map_err(|error| {
                // Neither may this one be used again.
                self.give_up(earlier);
                self.failed_to("be synced", &error)
            })?;
        }
        let synced = self
            .log
            .as_mut()
            .map_or(Ok(()), |log| log.sync_entry(&self.place));
        synced.map_err(|error| self.failed_to("be synced", &error))
    }

    /// Puts the file aside and owes what may not be on the disk.
    fn give_up(&mut self, earlier: Earlier<'_>) {
        if let Some(log) = self.log.take() {
            let owed_bytes = self.owe_unsynced(&log, earlier);
            let aside = self.put_aside(&log);
            // A disk that syncs nothing would be filled with one copy after the other.
            let is_again = mem::replace(&mut self.is_failing, true);
            let is_owed = |file: fs::Metadata| file.len() == owed_bytes as u64;
            if is_again && log.look().is_some_and(is_owed) {
                self.copied = aside;
            }
        }
    }

    /// Owes what was written since the last sync; how many bytes that is.
    pub(super) fn owe_unsynced(&mut self, log: &Log, earlier: Earlier<'_>) -> usize {
        let (marks, forgotten) = log.marks.unsynced();
        let pieces = self.pieces(marks, 0, forgotten, earlier);
        self.note_rewritten(&pieces, false);
        let bytes = pieces.iter().map(|piece| piece.bytes.len()).sum();
        self.owed.push_front(pieces);
        bytes
    }

    /// Removes a file that was put aside, when everything in it was written again.
    pub(super) fn remove_copied(&mut self) {
        if let Some(path) = self.copied.take() {
            // Otherwise it is there twice.
            let _ = fs::remove_file(path);
        }
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.log.as_mut().map_or(Ok(()), Log::sync_data)?;
        self.is_failing = false;
        Ok(())
    }

    /// Gives the file another name, so that what is written again does not follow what may be a hole.
    fn put_aside(&self, log: &Log) -> Option<PathBuf> {
        if !self.place.is_at(log.found()) {
            return None;
        }
        let stamp = (self.clock)().unix_millis();
        let mut name = self.place.name().to_owned();
        name.push(format!(".unsynced-{stamp}"));
        let aside = self.place.beside(name);
        // Without another name the lines follow in the same file, which is better than nothing.
        fs::rename(self.place.path(), &aside).ok().map(|()| aside)
    }
}
