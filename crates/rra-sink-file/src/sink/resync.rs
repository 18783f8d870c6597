//! After a failed sync nobody knows which of the pages are on the disk, and the kernel may have
//! marked them as written. So the file is put aside, and everything since the last sync that worked
//! is written again, to a new one.

use std::fs;
use std::io;

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
            self.owe_unsynced(&log, earlier);
            self.put_aside(&log);
        }
    }

    /// Owes what was written since the last sync.
    pub(super) fn owe_unsynced(&mut self, log: &Log, earlier: Earlier<'_>) {
        let (marks, forgotten) = log.marks.unsynced();
        let pieces = self.pieces(marks, 0, forgotten, earlier);
        self.note_rewritten(&pieces, false);
        self.owed.push_front(pieces);
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.log.as_mut().map_or(Ok(()), Log::sync_data)
    }

    /// Gives the file another name, so that what is written again does not follow what may be a hole.
    fn put_aside(&self, log: &Log) {
        if !self.place.is_at(log.found()) {
            return;
        }
        let stamp = (self.clock)().unix_millis();
        let mut name = self.place.name().to_owned();
        name.push(format!(".unsynced-{stamp}"));
        // Without another name the lines follow in the same file, which is better than nothing.
        let _ = fs::rename(self.place.path(), self.place.beside(name));
    }
}
