//! Room on the disk behind the end of the log, so that the file system need not find some for every
//! block of a large write. It belongs to the file, and the length of the file does not show it.

use std::fs::File;
use std::mem;
use std::ops::Range;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::process::{Resource, getrlimit};

/// Asked for at once.
const ROOM_BYTES: u64 = 1 << 20;
/// A log that grows by less at a time has little to gain.
const LARGE_WRITE_BYTES: u64 = 128 << 10;

/// Where in the file there should be room: from where it ended last.
#[derive(Debug, Default)]
pub(super) struct Room(Range<u64>);

impl Room {
    /// Sees to the room for so many bytes at the end of the file. Whoever has none, or cannot reserve
    /// it, says so when the bytes are written, or never.
    pub(super) fn make(&mut self, file: &File, end: u64, bytes: u64) {
        if self.lacks(end, bytes) {
            self.reserve(file, end..end + bytes + ROOM_BYTES, longest_file());
        }
    }

    /// Whether room should be asked for, at the file's new end.
    fn lacks(&mut self, end: u64, bytes: u64) -> bool {
        // A file that became shorter was truncated, which took the room.
        let until = if end < self.0.start { end } else { self.0.end };
        self.0 = end..until;
        bytes >= LARGE_WRITE_BYTES && end + bytes > until
    }

    /// Some file systems, tmpfs for one, answer room beyond the longest that a file may be with the
    /// signal that ends the process.
    fn reserve(&mut self, file: &File, room: Range<u64>, longest: u64) {
        if room.end <= longest {
            let length = room.end - room.start;
            let _ = fallocate(file, FallocateFlags::KEEP_SIZE, room.start, length);
        }
        self.0 = room;
    }

    /// Gives back what nothing was written to, or old logs would keep it for as long as they are kept.
    /// Whoever else has this log open may be writing there, and has locked it.
    pub(super) fn give_back(&mut self, file: &File) {
        if !mem::take(&mut self.0).is_empty() && file.try_lock().is_ok() {
            let _ = file.metadata().and_then(|found| file.set_len(found.len()));
        }
    }
}

/// How long a file of this process may be.
fn longest_file() -> u64 {
    getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    const LARGE: u64 = 256 << 10;

    /// For which of the writes, by the end of the file and their bytes, room is asked.
    #[track_caller]
    fn check(writes: &[(u64, u64)], expected: &[bool]) {
        let file = tempfile::tempfile().unwrap();
        let mut room = Room::default();
        let mut asks = |(end, bytes): &(u64, u64)| {
            room.make(&file, *end, *bytes);
            room.0 == (*end..end + bytes + ROOM_BYTES)
        };
        let asked: Vec<bool> = writes.iter().map(&mut asks).collect();
        assert_eq!(asked, expected);
    }

    #[test]
    fn room_is_asked_for_when_a_large_write_has_none() {
        check(&[(0, LARGE), (LARGE, LARGE)], &[true, false]);
        check(&[(0, LARGE), (ROOM_BYTES, LARGE + 1)], &[true, true]);
        check(&[(0, 500), (500, LARGE_WRITE_BYTES)], &[false, true]);
    }

    #[test]
    fn room_that_went_with_a_truncation_is_asked_for_again() {
        check(&[(1 << 30, LARGE), (0, LARGE)], &[true, true]);
        check(
            &[(0, LARGE), (LARGE, LARGE), (0, LARGE)],
            &[true, false, true],
        );
    }

    fn room_of(file: &File) -> u64 {
        let found = file.metadata().unwrap();
        found.blocks() * 512 - found.len()
    }

    /// How much room there is behind a file of no bytes that may be so long.
    #[track_caller]
    fn check_reserved(longest: u64, expected: u64) {
        let file = tempfile::tempfile_in("/dev/shm").unwrap();
        Room::default().reserve(&file, 0..ROOM_BYTES, longest);
        assert_eq!(file.metadata().unwrap().len(), 0);
        assert_eq!(room_of(&file), expected);
    }

    #[test]
    fn room_does_not_change_the_length_of_the_file() {
        check_reserved(u64::MAX, ROOM_BYTES);
    }

    #[test]
    fn no_room_is_reserved_beyond_what_a_file_may_be() {
        check_reserved(ROOM_BYTES, ROOM_BYTES);
        check_reserved(ROOM_BYTES - 1, 0);
    }

    /// How much room is left when this one of two users of a file has given its own back.
    #[track_caller]
    fn check_given_back(other_has_it_open: bool, expected: u64) {
        let file = tempfile::NamedTempFile::new_in("/dev/shm").unwrap();
        let other = file.reopen().unwrap();
        if other_has_it_open {
            other.lock_shared().unwrap();
        }
        let mut room = Room::default();
        room.make(file.as_file(), 0, LARGE);
        room.give_back(file.as_file());
        assert_eq!(room_of(file.as_file()), expected);
    }

    #[test]
    fn room_is_given_back_unless_somebody_else_writes_there() {
        check_given_back(false, 0);
        check_given_back(true, LARGE + ROOM_BYTES);
    }
}
