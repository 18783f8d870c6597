//! What one writes without a library: serde_json into a `BufWriter` behind a lock.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Mutex;

use serde::Serialize;

use super::{Entry, Peer, Promise};
use crate::clock;
use crate::rows::{ENVIRONMENT, EVENT_TYPE, REASONS, Row, SERVICE, SEVERITY, TAGS};

pub(super) const ENTRY: Entry = Entry {
    name: "serde_json, locked BufWriter",
    promise: Promise::Lossless,
    start: |path: &Path| {
        let file = File::create(path).expect("the directory is ours");
        Box::new(Naive(Mutex::new(BufWriter::new(file))))
    },
};

struct Naive(Mutex<BufWriter<File>>);

/// The line, as every peer that takes a serde value gets it.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    timestamp: String,
    service: &'a str,
    environment: &'a str,
    event_type: &'a str,
    severity: &'a str,
    message: &'a str,
    source_ip: &'a str,
    user_id: &'a str,
    agent_id: &'a str,
    request_id: &'a str,
    details: Details<'a>,
    tags: [&'a str; 2],
}

#[derive(Serialize)]
pub(super) struct Details<'a> {
    reason: &'a str,
    attempts: u64,
}

impl<'a> Line<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Self {
            timestamp: clock::now_text(),
            service: SERVICE,
            environment: ENVIRONMENT,
            event_type: EVENT_TYPE,
            severity: SEVERITY,
            message: &row.message,
            source_ip: &row.source_text,
            user_id: &row.user_id,
            agent_id: &row.agent_id,
            request_id: &row.request_id,
            details: Details {
                reason: REASONS[row.reason],
                attempts: row.attempts,
            },
            tags: TAGS,
        }
    }
}

impl Peer for Naive {
    fn emit(&self, row: &Row) {
        let line = Line::of(row);
        let mut file = self.0.lock().expect("no peer panics");
        serde_json::to_writer(&mut *file, &line).expect("a line is JSON");
        file.write_all(b"\n").expect("the disk has room");
    }

    fn finish(self: Box<Self>) {
        let mut file = self.0.into_inner().expect("no peer panics");
        file.flush().expect("the disk has room");
    }
}
