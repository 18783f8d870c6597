//! What one writes without a library: `serde_json` into a `BufWriter` behind a lock.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::{Mutex, MutexGuard};

use super::{Entry, Peer, Promise, Syncs};
use crate::line::Line;
use crate::rows::Row;

pub(super) const ENTRY: Entry = Entry {
    name: "serde_json, locked BufWriter",
    crates: &["serde_json"],
    promise: Promise::Lossless,
    syncs: Syncs::Too,
    events: 1_000_000,
    line: "as wanted",
    start: |directory| {
        let file = File::create(directory.join("log")).expect("the directory is ours");
        Box::new(Naive(Mutex::new(BufWriter::new(file))))
    },
};

struct Naive(Mutex<BufWriter<File>>);

impl Naive {
    fn write(&self, row: &Row) -> MutexGuard<'_, BufWriter<File>> {
        let line = Line::of(row);
        let mut file = self.0.lock().expect("no peer panics");
        serde_json::to_writer(&mut *file, &line).expect("a line is JSON");
        file.write_all(b"\n").expect("the disk has room");
        file
    }
}

impl Peer for Naive {
    fn emit(&self, row: &Row) {
        drop(self.write(row));
    }

    fn emit_synced(&self, row: &Row) {
        let mut file = self.write(row);
        file.flush().expect("the disk has room");
        file.get_ref().sync_data().expect("the disk works");
    }

    fn finish(self: Box<Self>) {
        let mut file = self.0.into_inner().expect("no peer panics");
        file.flush().expect("the disk has room");
    }
}
