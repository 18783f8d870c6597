//! Files that another program took away while a write may have been under way. If it compresses a
//! file at once, the compressor may have read it before that write arrived, and then removes it
//! with the last lines. So the file stays open here until its fate is known.

use std::time::{Duration, Instant};

use rra_sink::Earlier;

use super::FileSink;
use super::log::Log;

/// A compressor is done by then.
const WATCHED_FOR: Duration = Duration::from_mins(10);
/// How often it is looked at.
const INTERVAL: Duration = Duration::from_millis(200);
/// Rotations follow each other more slowly than so many within the time that they are watched.
const FILES: usize = 16;

/// The files that are watched.
#[derive(Debug, Default)]
pub(super) struct Left {
    files: Vec<(Instant, Log)>,
    looked: Option<Instant>,
}

impl Left {
    /// Watches a file that is no longer the log.
    pub(super) fn watch(&mut self, log: Log, now: Instant) {
        // Nothing is written to it any more, so that it may be compressed. A file system without
        // locks has none to give back.
        let _ = log.file.unlock();
        let Some(log) = log.into_unseen() else {
            return;
        };
        if self.files.len() == FILES {
            self.files.remove(0);
        }
        self.files.push((now, log));
        self.looked = None;
    }

    /// Files that have no name any more, if it is time to look.
    fn take_removed(&mut self, now: Instant) -> Vec<Log> {
        let is_early = |looked| now.saturating_duration_since(looked) < INTERVAL;
        if self.files.is_empty() || self.looked.is_some_and(is_early) {
            return Vec::new();
        }
        self.looked = Some(now);
        self.files
            .retain(|(since, _)| now.saturating_duration_since(*since) < WATCHED_FOR);
        let has_no_name = |(_, log): &mut (Instant, Log)| !log.has_name();
        let removed = self.files.extract_if(.., has_no_name);
        removed.map(|(_, log)| log).collect()
    }
}

impl FileSink {
    /// Owes the lines that were written to a file while it was taken away, and removed with it.
    /// Whether it looked for them, which takes its time.
    pub(super) fn notice_removed(&mut self, earlier: Earlier<'_>) -> bool {
        let removed = self.left.take_removed(Instant::now());
        let has_looked = !removed.is_empty();
        for log in removed {
            self.owe_lost(&log.marks, log.look().as_ref(), earlier);
        }
        has_looked
    }
}
