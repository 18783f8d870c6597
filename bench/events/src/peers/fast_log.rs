//! `fast_log`: knows no JSON, so the caller makes the line with `serde_json`; a thread writes it.

use std::path::Path;

use fast_log::{Config, Logger};

use super::{Entry, Peer, Promise, QUEUE, Syncs};
use crate::line::Line;
use crate::rows::Row;

pub(super) const ENTRY: Entry = Entry {
    name: "fast_log",
    crates: &["fast_log"],
    promise: Promise::Lossless,
    syncs: Syncs::Never,
    events: 400_000,
    line: "as wanted: it is handed the finished line",
    start: |directory| Box::new(FastLog(start(directory))),
};

struct FastLog(&'static Logger);

fn start(directory: &Path) -> &'static Logger {
    let file = directory.join("log");
    let config = Config::new()
        .file(file.to_str().expect("a plain path"))
        .chan_len(Some(QUEUE));
    fast_log::init(config).expect("nothing else logs")
}

impl Peer for FastLog {
    fn emit(&self, row: &Row) {
        let mut line = serde_json::to_string(&Line::of(row)).expect("a line is JSON");
        line.push('\n');
        self.0.print(line).expect("it is running");
    }

    fn finish(self: Box<Self>) {
        self.0.wait();
    }
}
