//! The floor: the same twelve keys, written by hand into a buffer that is used again, and thrown
//! away. No queue, no file, no search for secrets; what must be escaped is.

use std::cell::RefCell;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Entry, Peer, Promise};
use crate::clock;
use crate::rows::{ENVIRONMENT, EVENT_TYPE, REASONS, Row, SERVICE, SEVERITY, TAGS};

pub(super) const ENTRY: Entry = Entry {
    name: "by hand, not written",
    promise: Promise::TextOnly,
    start: |_: &Path| Box::new(Hand),
};

struct Hand;

struct Scratch {
    line: Vec<u8>,
    /// The text of this second.
    second: u64,
    stamp: String,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const {
        RefCell::new(Scratch { line: Vec::new(), second: u64::MAX, stamp: String::new() })
    };
}

impl Peer for Hand {
    fn emit(&self, row: &Row) {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.write(row);
            std::hint::black_box(scratch.line.as_slice());
        });
    }

    fn finish(self: Box<Self>) {}
}

impl Scratch {
    fn write(&mut self, row: &Row) {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        if since.as_secs() != self.second {
            self.second = since.as_secs();
            self.stamp.clear();
            clock::write_second(&mut self.stamp, self.second);
        }
        let out = &mut self.line;
        out.clear();
        out.extend_from_slice(b"{\"timestamp\":\"");
        out.extend_from_slice(self.stamp.as_bytes());
        let millis = since.subsec_millis();
        let digit = |number: u32| b'0' + (number % 10) as u8;
        out.extend_from_slice(&[
            b'.',
            digit(millis / 100),
            digit(millis / 10),
            digit(millis),
            b'Z',
        ]);
        for (key, text) in [
            ("\",\"service\":\"", SERVICE),
            ("\",\"environment\":\"", ENVIRONMENT),
            ("\",\"event_type\":\"", EVENT_TYPE),
            ("\",\"severity\":\"", SEVERITY),
        ] {
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        for (key, text) in [
            ("\",\"message\":\"", &row.message),
            ("\",\"source_ip\":\"", &row.source_text),
            ("\",\"user_id\":\"", &row.user_id),
            ("\",\"agent_id\":\"", &row.agent_id),
            ("\",\"request_id\":\"", &row.request_id),
        ] {
            out.extend_from_slice(key.as_bytes());
            escaped(out, text);
        }
        out.extend_from_slice(b"\",\"details\":{\"reason\":\"");
        out.extend_from_slice(REASONS[row.reason].as_bytes());
        out.extend_from_slice(b"\",\"attempts\":");
        out.push(b'0' + row.attempts as u8);
        out.extend_from_slice(b"},\"tags\":[\"");
        out.extend_from_slice(TAGS[0].as_bytes());
        out.extend_from_slice(b"\",\"");
        out.extend_from_slice(TAGS[1].as_bytes());
        out.extend_from_slice(b"\"]}\n");
    }
}

/// Eight bytes at a time as long as nothing needs an escape.
fn escaped(out: &mut Vec<u8>, text: &str) {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES * 0x80;
    let is_plain = |chunk: &[u8; 8]| {
        let word = u64::from_le_bytes(*chunk);
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let low = word.wrapping_sub(ONES * 0x20) & !word;
        (low | zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5C))) & HIGH == 0
    };
    let (chunks, rest) = text.as_bytes().as_chunks::<8>();
    let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    if chunks.iter().all(is_plain) && !rest.iter().any(is_special) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}
