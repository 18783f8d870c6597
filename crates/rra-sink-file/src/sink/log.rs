//! One open log file: what was written to it, and what of it may not survive.

use std::fs::{File, Metadata};
use std::io::{self, Write};

use rra_schema::Timestamp;

use crate::rotation::Current;

/// The open file.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) file: File,
    /// As it was found at the open.
    found: Metadata,
    /// When it was last written.
    written: Timestamp,
    /// Something was written since the last sync.
    unsynced: bool,
    unfinished: Option<Unfinished>,
}

/// The beginning of a line that reached the file before a write failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unfinished {
    /// The event.
    seq: u64,
    /// How many bytes of its line are at the end of the file.
    bytes: usize,
    /// The length of the file just after.
    file_bytes: u64,
}

impl Log {
    pub(super) fn new(file: File, found: Metadata) -> Self {
        let written = found
            .modified()
            .map_or(Timestamp::from_unix_millis(0), Timestamp::from);
        Self {
            file,
            found,
            written,
            unsynced: false,
            unfinished: None,
        }
    }

    /// The file as it was at the open: its device and inode tell it from others.
    pub(super) fn found(&self) -> &Metadata {
        &self.found
    }

    /// What rotation must know; `None` while the last line is not whole.
    pub(super) fn current(&self) -> Option<Current> {
        let bytes = self.file.metadata().ok()?.len();
        let written = self.written;
        self.unfinished
            .is_none()
            .then_some(Current { bytes, written })
    }

    /// Writes the lines, the first of which is event `first_seq`; or says how many of their bytes
    /// are in the file and what went wrong.
    pub(super) fn write(
        &mut self,
        first_seq: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), (usize, io::Error)> {
        let unfinished = self.unfinished.take();
        let same = unfinished.filter(|line| line.seq == first_seq && line.bytes <= bytes.len());
        let skip = same
            .filter(|line| self.ends_with(line))
            .map_or(0, |line| line.bytes);
        self.unsynced = true;
        self.written = now;
        write_counting(&mut self.file, &bytes[skip..])
            .map_err(|(count, error)| (skip + count, error))
    }

    /// Notes that the file ends with so many bytes of that event's line.
    pub(super) fn leave_unfinished(&mut self, seq: u64, bytes: usize) {
        let file_bytes = self.file.metadata().map_or(0, |file| file.len());
        self.unfinished = (bytes > 0).then_some(Unfinished {
            seq,
            bytes,
            file_bytes,
        });
    }

    /// Makes what was written survive a power failure. After an error the file must not be used
    /// again: the kernel may have dropped the data, and would report success the next time.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.unsynced = false;
        Ok(())
    }

    /// The path names another file now. What was written here must not be less safe for it.
    pub(super) fn leave(self) {
        if self.unsynced {
            // Nobody waits for this sync, and the file is no longer the log: an error has no place to go.
            let _ = self.file.sync_data();
        }
    }

    /// Whether the file still ends where the cut line does. A fragment that was truncated away, or
    /// that another process wrote behind, cannot be continued: its line starts again.
    fn ends_with(&self, line: &Unfinished) -> bool {
        let length = self.file.metadata().map(|file| file.len());
        length.is_ok_and(|length| length == line.file_bytes)
    }
}

/// Writes everything, or says how many bytes went out before it failed.
fn write_counting(out: &mut impl Write, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut written = 0;
    while written < bytes.len() {
        match out.write(&bytes[written..]) {
            Ok(0) => return Err((written, io::ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((written, error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes per call, then fails.
    struct Script(Vec<io::Result<usize>>);

    impl Write for Script {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.remove(0).map(|count| count.min(bytes.len()))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[track_caller]
    fn check_writes(script: Vec<io::Result<usize>>, expected: Result<(), usize>) {
        let outcome = write_counting(&mut Script(script), b"0123456789");
        assert_eq!(outcome.map_err(|(written, _)| written), expected);
    }

    #[test]
    fn short_and_interrupted_writes_are_finished_and_failures_counted() {
        let interrupted = || Err(io::ErrorKind::Interrupted.into());
        let full = || Err(io::ErrorKind::StorageFull.into());
        check_writes(vec![Ok(10)], Ok(()));
        check_writes(vec![Ok(3), interrupted(), Ok(7)], Ok(()));
        check_writes(vec![Ok(3), full()], Err(3));
        check_writes(vec![full()], Err(0));
        check_writes(vec![Ok(4), Ok(0)], Err(4));
    }

    #[track_caller]
    fn check_continued(in_the_file: &str, expected: &str) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        std::fs::write(&path, "who").unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        let found = file.metadata().unwrap();
        let mut log = Log::new(file, found);
        log.leave_unfinished(7, 3);
        std::fs::write(&path, in_the_file).unwrap();
        log.write(7, b"whole\n", Timestamp::from_unix_millis(0))
            .unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    }

    #[test]
    fn a_line_cut_by_a_full_disk_is_finished_unless_its_beginning_is_gone() {
        check_continued("who", "whole\n");
        check_continued("", "whole\n");
        check_continued("whother\n", "whother\nwhole\n");
    }
}
