//! One open log file: what was written to it, and what of it may not survive.

use std::fs::{File, Metadata};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{FileExt, MetadataExt};

use memchr::memchr_iter;
use rra_schema::Timestamp;
use rra_sink::Span;

use super::ahead::Ahead;
use super::room::Room;
use crate::marks::{ENDING_BYTES, Ending, Mark, Marks, Run};
use crate::place::Place;
use crate::rotation::Current;
use crate::wire::whole_lines;

/// The open file.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) file: File,
    pub(super) marks: Marks<Span>,
    /// As it was found at the open.
    found: Metadata,
    /// When it was last written.
    written: Timestamp,
    /// Something was written since the last sync.
    is_unsynced: bool,
    ahead: Ahead,
    room: Room,
    /// How long the file was when the path named it last: nobody who took it away since can have
    /// missed what was written before.
    seen_bytes: u64,
    /// Where our last whole line ended: what another process wrote since lies behind it.
    whole_end: u64,
    /// Its name survives a power failure.
    is_entry_synced: bool,
    unfinished: Option<Unfinished>,
}

/// The beginning of a line that reached the file before a write failed.
#[derive(Debug)]
struct Unfinished {
    bytes: Vec<u8>,
    /// The length of the file just after.
    file_bytes: u64,
}

/// What became of lines that were to be written.
#[derive(Debug)]
pub(super) struct Put {
    /// How many bytes of them are in the file.
    pub(super) in_file: usize,
    /// Where they begin there.
    pub(super) start: u64,
    /// Why the others are not.
    pub(super) failed: Option<io::Error>,
    /// The file was shortened since the write before this: what was in it until then.
    pub(super) lost: Option<Marks<Span>>,
    /// Another process had left half a line before them, which the first of them joined.
    pub(super) is_joined: bool,
}

impl Log {
    pub(super) fn new(file: File, found: Metadata) -> io::Result<Self> {
        let written = found.modified()?.into();
        let length = file.metadata()?.len();
        Ok(Self {
            marks: no_marks(&file, length),
            file,
            found,
            written,
            is_unsynced: false,
            ahead: Ahead::default(),
            room: Room::default(),
            seen_bytes: length,
            whole_end: 0,
            is_entry_synced: false,
            unfinished: None,
        })
    }

    /// The file as it was at the open: its device and inode tell it from others.
    pub(super) fn found(&self) -> &Metadata {
        &self.found
    }

    /// Whether the path names this file still.
    pub(super) fn see(&mut self, place: &Place) -> bool {
        let is_there = place.is_at(&self.found);
        if is_there {
            self.seen_bytes = self.marks.end();
        }
        is_there
    }

    /// Whether whoever took the file away saw everything that was written to it.
    pub(super) fn is_seen(&self) -> bool {
        self.seen_bytes >= self.marks.end()
    }

    /// The file with no marks but of what they may have missed; `None` if that is nothing.
    pub(super) fn into_unseen(self) -> Option<Self> {
        let marks = self.marks.into_since(self.seen_bytes)?;
        Some(Self { marks, ..self })
    }

    /// Whether the file has a name, be it another one.
    pub(super) fn has_name(&self) -> bool {
        self.file.metadata().is_ok_and(|found| found.nlink() > 0)
    }

    /// How long and how old the file is, if it can be looked at.
    pub(super) fn look(&self) -> Option<Metadata> {
        self.file.metadata().ok()
    }

    /// What rotation must know; `None` while the last line is not whole.
    pub(super) fn current(&self) -> Option<Current> {
        let bytes = self.length().ok()?;
        let written = self.written;
        let current = Current { bytes, written };
        self.unfinished.is_none().then_some(current)
    }

    /// What was in the file if it is shorter now than what was written to it.
    pub(super) fn take_lost(&mut self) -> io::Result<Option<Marks<Span>>> {
        let length = self.length()?;
        if length >= self.marks.end() {
            return Ok(None);
        }
        let marks = no_marks(&self.file, length);
        Ok(Some(std::mem::replace(&mut self.marks, marks)))
    }

    /// Puts whole lines at the end of the file.
    pub(super) fn put(&mut self, bytes: &[u8], run: Run<Span>, now: Timestamp) -> Put {
        self.room
            .make(&self.file, self.marks.end(), bytes.len() as u64);
        let (in_file, failed) = match self.write(bytes, now) {
            Ok(()) => (bytes.len(), None),
            Err((in_file, error)) => (in_file, Some(error)),
        };
        // The kernel moved the position to where the appended bytes end.
        let end = self.file.stream_position().or_else(|_| self.length());
        let end = end.unwrap_or(self.marks.end() + in_file as u64);
        let start = end.saturating_sub(in_file as u64);
        self.ahead.note_written(&self.file, start, in_file as u64);
        let is_shortened = in_file > 0 && start < self.marks.end();
        let lost = is_shortened.then(|| {
            let marks = no_marks(&self.file, start);
            std::mem::replace(&mut self.marks, marks)
        });
        let whole = whole_lines(&bytes[..in_file]).unwrap_or(0);
        let is_joined = whole > 0 && start != self.whole_end && self.is_within_line(start);
        if whole > 0 {
            self.whole_end = start + whole as u64;
            let run = if whole == bytes.len() {
                run
            } else {
                run.front(memchr_iter(b'\n', &bytes[..whole]).count())
            };
            self.marks.push(Mark {
                run,
                start,
                end: start + whole as u64,
                ending: Ending::of(&bytes[..whole]),
            });
        }
        if failed.is_some() {
            self.leave_unfinished(&bytes[whole..in_file]);
        }
        Put {
            in_file,
            start,
            failed,
            lost,
            is_joined,
        }
    }

    /// Gives back the room behind the end: nothing more is written here.
    pub(super) fn give_back_room(&mut self) {
        self.room.give_back(&self.file);
    }

    /// Takes back what was put last, with all that follows it. Only for a file with one writer.
    pub(super) fn retract(&mut self, put: &Put) -> io::Result<()> {
        self.file.set_len(put.start)?;
        self.unfinished = None;
        self.marks = no_marks(&self.file, put.start);
        Ok(())
    }

    /// Makes what was written survive a power failure. After an error the file must not be used
    /// again: the kernel may have dropped the data, and would report success the next time.
    pub(super) fn sync_data(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.is_unsynced = false;
        self.ahead.note_sync();
        self.marks.set_synced();
        Ok(())
    }

    /// Makes the name of the file survive a power failure.
    pub(super) fn sync_entry(&mut self, place: &Place) -> io::Result<()> {
        if !self.is_entry_synced {
            place.sync()?;
            self.is_entry_synced = true;
        }
        Ok(())
    }

    /// Whether a power failure may take something.
    pub(super) fn is_unsynced(&self) -> bool {
        self.is_unsynced
    }

    /// Whether something else than the end of a line lies before that place.
    fn is_within_line(&self, place: u64) -> bool {
        let mut last = [b'\n'];
        let Some(before) = place.checked_sub(1) else {
            return false;
        };
        self.file.read_exact_at(&mut last, before).is_ok() && last != [b'\n']
    }

    fn length(&self) -> io::Result<u64> {
        self.file.metadata().map(|file| file.len())
    }

    /// Writes everything, or says how many of the bytes are in the file and what went wrong.
    fn write(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), (usize, io::Error)> {
        let skip = self.finish_cut_line(bytes).map_err(|error| (0, error))?;
        self.is_unsynced = true;
        self.written = now;
        let written = write_counting(&mut self.file, &bytes[skip..]);
        written.map_err(|(count, error)| (skip + count, error))
    }

    /// How many of the bytes are at the end of the file already, from a write that failed. What is
    /// there of another line is taken away: nothing may join it.
    fn finish_cut_line(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(cut) = self.unfinished.take() else {
            return Ok(0);
        };
        // A fragment that was truncated away, or that another process wrote behind, cannot be
        // continued: its line starts again.
        if self.length()? != cut.file_bytes {
            return Ok(0);
        }
        if bytes.starts_with(&cut.bytes) {
            return Ok(cut.bytes.len());
        }
        self.file.set_len(cut.file_bytes - cut.bytes.len() as u64)?;
        Ok(0)
    }

    fn leave_unfinished(&mut self, bytes: &[u8]) {
        let file_bytes = self.length().unwrap_or(0);
        self.unfinished = (!bytes.is_empty()).then(|| Unfinished {
            bytes: bytes.to_vec(),
            file_bytes,
        });
    }
}

/// So many bytes of the file before that place.
fn ending_before(file: &File, at: u64, byte_count: usize) -> io::Result<Ending> {
    let start = at.saturating_sub(byte_count as u64);
    let mut bytes = vec![0; usize::try_from(at - start).unwrap_or(0)];
    file.read_exact_at(&mut bytes, start)?;
    Ok(Ending::of(&bytes))
}

/// No writes yet to a file of that length.
fn no_marks(file: &File, length: u64) -> Marks<Span> {
    let ending = ending_before(file, length, ENDING_BYTES);
    // A place that cannot be read is not there: then a copy of it is not known.
    Marks::new(length, ending.unwrap_or(Ending::of(b"")))
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

    /// A line was cut to `who`; this is in the file when the next line comes.
    #[track_caller]
    fn check_continued(in_the_file: &str, line: &str, expected: &str) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        std::fs::write(&path, "who").unwrap();
        let file = File::options().read(true).append(true).open(&path).unwrap();
        let found = file.metadata().unwrap();
        let mut log = Log::new(file, found).unwrap();
        log.leave_unfinished(b"who");
        std::fs::write(&path, in_the_file).unwrap();
        log.write(line.as_bytes(), Timestamp::from_unix_millis(0))
            .unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    }

    #[test]
    fn a_line_cut_by_a_full_disk_is_finished_unless_its_beginning_is_gone() {
        check_continued("who", "whole\n", "whole\n");
        check_continued("", "whole\n", "whole\n");
        check_continued("whother\n", "whole\n", "whother\nwhole\n");
    }

    #[test]
    fn another_line_does_not_join_a_cut_one() {
        check_continued("who", "else\n", "else\n");
    }
}
