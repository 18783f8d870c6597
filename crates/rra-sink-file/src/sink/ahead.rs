//! Lets the disk begin with lines before anybody waits for them. Where one sync came, the next is likely
//! to follow, and finds most of its work done.

use std::fs::File;
use std::num::NonZeroU64;

use rustix::fs::{Advice, fadvise};

/// With so much written since the last sync, none seems to follow.
const EXPECTED_BYTES: u64 = 16 << 20;
/// A sync of less than that waits for the disk's answer and not for its speed.
const WORTHWHILE_BYTES: u64 = 64 << 10;

/// Whether somebody is likely to wait for what is written.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// What was written since the last sync, if there was one.
    since_sync: Option<u64>,
}

impl Ahead {
    pub(super) fn note_sync(&mut self) {
        self.since_sync = Some(0);
    }

    /// Notes what was written to the file, and lets the disk begin with it if that seems wise. A disk
    /// that fails says so at the sync.
    pub(super) fn note_written(&mut self, file: &File, start: u64, bytes: u64) {
        if self.is_wise(bytes) {
            // What is not needed in memory is written out, and stays there meanwhile. Linux has a call
            // for just that, sync_file_range(2), which no safe library offers.
            let _ = fadvise(file, start, NonZeroU64::new(bytes), Advice::DontNeed);
        }
    }

    fn is_wise(&mut self, bytes: u64) -> bool {
        self.since_sync.as_mut().is_some_and(|since| {
            *since += bytes;
            *since <= EXPECTED_BYTES && bytes >= WORTHWHILE_BYTES
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the writes after a sync the disk begins with.
    #[track_caller]
    fn check(writes: &[u64], expected: &[bool]) {
        let mut ahead = Ahead::default();
        ahead.note_sync();
        let begun: Vec<bool> = writes.iter().map(|bytes| ahead.is_wise(*bytes)).collect();
        assert_eq!(begun, expected);
    }

    #[test]
    fn large_writes_soon_after_a_sync_are_begun() {
        check(&[256 << 10, 64 << 10], &[true, true]);
        check(&[500, 64 << 10], &[false, true]);
        check(&[16 << 20, 64 << 10], &[true, false]);
    }

    #[test]
    fn nothing_is_begun_for_a_log_that_nobody_syncs() {
        assert!(!Ahead::default().is_wise(1 << 20));
    }
}
