//! Room on the disk behind the end of the log, so that the file system need not find some for every
//! block of a large write. It belongs to the file, and its length does not show it.

use std::fs::File;
use std::ops::Range;

use rustix::fs::{FallocateFlags, fallocate};

/// Asked for at once. A log that is never written again keeps as much for nothing.
const ROOM_BYTES: u64 = 1 << 20;
/// A log that grows by less at a time has little to gain.
const LARGE_WRITE_BYTES: u64 = 128 << 10;

/// Where in the file there should be room.
#[derive(Debug, Default)]
pub(super) struct Room(Range<u64>);

impl Room {
    /// Sees to the room for so many bytes at the end of the file. Whoever has none, or cannot reserve
    /// it, says so when the bytes are written, or never.
    pub(super) fn make(&mut self, file: &File, end: u64, bytes: u64) {
        if self.lacks(end, bytes) {
            self.0 = end..end + bytes + ROOM_BYTES;
            let _ = fallocate(file, FallocateFlags::KEEP_SIZE, end, bytes + ROOM_BYTES);
        }
    }

    fn lacks(&self, end: u64, bytes: u64) -> bool {
        let has_room = self.0.contains(&end) && end + bytes <= self.0.end;
        bytes >= LARGE_WRITE_BYTES && !has_room
    }
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
            let lacks = room.lacks(*end, *bytes);
            room.make(&file, *end, *bytes);
            lacks
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
    }

    #[test]
    fn room_does_not_change_the_length_of_the_file() {
        let file = tempfile::tempfile_in("/dev/shm").unwrap();
        Room::default().make(&file, 0, LARGE);
        let found = file.metadata().unwrap();
        assert_eq!(found.len(), 0);
        assert_eq!(found.blocks() * 512, LARGE + ROOM_BYTES);
    }
}
