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
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

struct Scratch {
    line: Vec<u8>,
    second: u64,
    /// The text of this second.
    stamp: String,
}

impl Scratch {
    const fn new() -> Self {
        Self {
            line: Vec::new(),
            second: u64::MAX,
            stamp: String::new(),
        }
    }

    fn write(&mut self, since: Duration, row: &Row) {
        self.line.clear();
        self.write_time(since);
        self.plain(&["Z\",\"service\":\"", SERVICE]);
        self.plain(&["\",\"environment\":\"", ENVIRONMENT]);
        self.plain(&["\",\"event_type\":\"", EVENT_TYPE]);
        self.plain(&["\",\"severity\":\"", SEVERITY]);
        self.free("\",\"message\":\"", &row.message);
        self.free("\",\"source_ip\":\"", &row.source_text);
        self.free("\",\"user_id\":\"", &row.user_id);
        self.free("\",\"agent_id\":\"", &row.agent_id);
        self.free("\",\"request_id\":\"", &row.request_id);
        self.plain(&["\",\"details\":{\"reason\":\"", REASONS[row.reason]]);
        self.plain(&["\",\"attempts\":"]);
        self.line.push(b'0' + row.attempts);
        self.plain(&["},\"tags\":[\"", TAGS[0], "\",\"", TAGS[1], "\"]}\n"]);
    }

    fn write_time(&mut self, since: Duration) {
        if since.as_secs() != self.second {
            self.second = since.as_secs();
            self.stamp.clear();
            clock::write_second(&mut self.stamp, self.second);
        }
        self.line.extend_from_slice(b"{\"timestamp\":\"");
        self.line.extend_from_slice(self.stamp.as_bytes());
        let millis = since.subsec_millis();
        let digits = [millis / 100, millis / 10 % 10, millis % 10];
        self.line.push(b'.');
        self.line
            .extend(digits.map(|digit| b"0123456789"[digit as usize]));
    }

    fn plain(&mut self, texts: &[&str]) {
        for text in texts {
            self.line.extend_from_slice(text.as_bytes());
        }
    }

    fn free(&mut self, key: &str, text: &str) {
        self.line.extend_from_slice(key.as_bytes());
        let (chunks, rest) = text.as_bytes().as_chunks::<8>();
        let is_clean = chunks.iter().all(|chunk| is_plain(*chunk));
        if is_clean && !rest.iter().any(|byte| is_special(*byte)) {
            self.line.extend_from_slice(text.as_bytes());
        } else {
            self.escape(text);
        }
    }

    fn escape(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'"' => self.line.extend_from_slice(b"\\\""),
                b'\\' => self.line.extend_from_slice(b"\\\\"),
                0..0x20 => self
                    .line
                    .extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                _ => self.line.push(byte),
            }
        }
    }
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether none of eight bytes is special, all tested at once: a byte that is too small borrows,
/// and that shows in its highest bit.
fn is_plain(chunk: [u8; 8]) -> bool {
    const ONES: u64 = u64::MAX / 0xFF;
    let word = u64::from_le_bytes(chunk);
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | is(b'"') | is(b'\\')) & (ONES * 0x80) == 0
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
