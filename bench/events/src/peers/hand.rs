//! The floor: the same twelve keys, written by hand into a buffer that is used again, and thrown
//! away. No queue, no file, no search for secrets; what must be escaped is.

use std::cell::RefCell;
use std::hint::black_box;
use std::time::Duration;

use super::{Entry, Peer, Promise, Syncs};
use crate::clock;
use crate::rows::{ENVIRONMENT, EVENT_TYPE, REASONS, Row, SERVICE, SEVERITY, TAGS};

pub(super) const ENTRY: Entry = Entry {
    name: "by hand, not written",
    crates: &[],
    promise: Promise::TextOnly,
    syncs: Syncs::Never,
    events: 1_000_000,
    line: "as wanted; made, and thrown away",
    start: |_| Box::new(Hand),
};

struct Hand;

impl Peer for Hand {
    fn emit(&self, row: &Row) {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.write(clock::now(), row);
            black_box(scratch.line.as_slice());
        });
    }

    fn finish(self: Box<Self>) {}
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

struct Scratch {
    line: Vec<u8>,
    second: u64,
    /// The line up to the end of this second.
    stamp: String,
    /// From the zone of the time to the message.
    head: String,
    /// From the end of the number of attempts.
    tail: String,
}

impl Scratch {
    fn new() -> Self {
        let [first, second] = TAGS;
        Self {
            line: Vec::new(),
            second: u64::MAX,
            stamp: String::new(),
            head: format!(
                "Z\",\"service\":\"{SERVICE}\",\"environment\":\"{ENVIRONMENT}\",\
                 \"event_type\":\"{EVENT_TYPE}\",\"severity\":\"{SEVERITY}\",\"message\":\""
            ),
            tail: format!("}},\"tags\":[\"{first}\",\"{second}\"]}}\n"),
        }
    }

    fn write(&mut self, since: Duration, row: &Row) {
        self.line.clear();
        self.write_time(since);
        self.line.extend_from_slice(self.head.as_bytes());
        self.write_text(&row.message);
        self.write_plain("\",\"source_ip\":\"");
        self.write_plain(&row.source_text);
        self.write_plain("\",\"user_id\":\"");
        self.write_text(&row.user_id);
        self.write_plain("\",\"agent_id\":\"");
        self.write_text(&row.agent_id);
        self.write_plain("\",\"request_id\":\"");
        self.write_text(&row.request_id);
        self.write_plain("\",\"details\":{\"reason\":\"");
        self.write_plain(REASONS[row.reason]);
        self.write_plain("\",\"attempts\":");
        self.line.push(b'0' + row.attempts);
        self.line.extend_from_slice(self.tail.as_bytes());
    }

    fn write_time(&mut self, since: Duration) {
        if since.as_secs() != self.second {
            self.second = since.as_secs();
            self.stamp.clear();
            self.stamp.push_str("{\"timestamp\":\"");
            clock::write_second(&mut self.stamp, self.second);
        }
        self.line.extend_from_slice(self.stamp.as_bytes());
        let millis = since.subsec_millis();
        let digits = [millis / 100, millis / 10 % 10, millis % 10];
        let [hundreds, tens, ones] = digits.map(|digit| b"0123456789"[digit as usize]);
        self.line.extend_from_slice(&[b'.', hundreds, tens, ones]);
    }

    fn write_plain(&mut self, text: &str) {
        self.line.extend_from_slice(text.as_bytes());
    }

    fn write_text(&mut self, text: &str) {
        if is_plain(text.as_bytes()) {
            self.write_plain(text);
        } else {
            self.write_escaped(text);
        }
    }

    fn write_escaped(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'"' => self.write_plain("\\\""),
                b'\\' => self.write_plain("\\\\"),
                0..0x20 => self.write_plain(&format!("\\u{byte:04x}")),
                _ => self.line.push(byte),
            }
        }
    }
}

/// Whether nothing needs an escape: eight bytes at a time, the last eight once more if need be.
fn is_plain(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk() else {
        return !text
            .iter()
            .any(|byte| matches!(byte, ..0x20 | b'"' | b'\\'));
    };
    let (chunks, _) = text.as_chunks();
    let seen = |seen: u64, chunk: &[u8; 8]| seen | special(u64::from_le_bytes(*chunk));
    chunks.iter().fold(special(u64::from_le_bytes(*last)), seen) == 0
}

/// Which bytes of the word need an escape: one that is too small borrows, and that shows in its
/// highest bit.
fn special(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | is(b'"') | is(b'\\')) & (ONES * 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Line;
    use crate::rows;

    #[test]
    fn the_floor_writes_what_serde_json_writes() {
        let mut scratch = Scratch::new();
        let since = Duration::from_millis(1_709_164_800_042);
        for row in rows::rows() {
            scratch.write(since, &row);
            let line = serde_json::to_string(&Line::at(since, &row)).expect("a line is JSON");
            assert_eq!(String::from_utf8_lossy(&scratch.line), line + "\n");
        }
    }
}
