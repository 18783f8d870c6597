//! Whole lines side by side: the buffer a lane fills and the view of it that a sink gets.

use rra_schema::Severity;

/// Largest batch whatever a sink asks for, so that positions in it fit 32 bits.
const BATCH_BYTES_MAX: usize = 1 << 30;

/// Some events in order, as whole lines.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    bytes: &'a [u8],
    records: &'a [Record],
    /// What to subtract from a record's end to find it in `bytes`.
    offset: usize,
    first_seq: u64,
}

/// One event of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number.
    pub seq: u64,
    /// Its severity.
    pub severity: Severity,
    /// The JSON text with its newline.
    pub bytes: &'a [u8],
}

impl<'a> Batch<'a> {
    /// All lines, each with its newline, nothing between them.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many events there are; never 0.
    #[expect(clippy::len_without_is_empty, reason = "a batch is never empty")]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// The number of the first event.
    pub fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// The number of the last event. Numbers have no holes, so this is the first plus the length less one.
    pub fn last_seq(&self) -> u64 {
        self.first_seq + self.records.len() as u64 - 1
    }

    /// The events one by one.
    pub fn lines(&self) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let Self {
            bytes,
            records,
            offset,
            first_seq,
        } = *self;
        let mut start = 0;
        records.iter().zip(first_seq..).map(move |(record, seq)| {
            let end = record.end as usize - offset;
            let line = &bytes[start..end];
            start = end;
            Line {
                seq,
                severity: record.severity,
                bytes: line,
            }
        })
    }

    /// The first `events` of the batch as a batch of their own; `None` for none of them.
    pub fn front(&self, events: usize) -> Option<Self> {
        let records = &self.records[..events.min(self.records.len())];
        let end = records.last()?.end as usize - self.offset;
        Some(Self {
            bytes: &self.bytes[..end],
            records,
            ..*self
        })
    }

    /// How many whole events the first `byte_count` bytes hold, and how many bytes of the next one:
    /// what a sink needs after a short write.
    pub fn events_within(&self, byte_count: usize) -> (usize, usize) {
        let events = self
            .records
            .partition_point(|record| record.end as usize - self.offset <= byte_count);
        let whole = match events {
            0 => 0,
            _ => self.records[events - 1].end as usize - self.offset,
        };
        (events, byte_count - whole)
    }
}

/// Where one line ends in the bytes it lies in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) end: u32,
    pub(crate) severity: Severity,
}

/// The lane's own copy of the events it is delivering; reused from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct BatchBuffer {
    bytes: Vec<u8>,
    records: Vec<Record>,
    first_seq: u64,
    /// Events at the front that are done with.
    done: usize,
}

impl BatchBuffer {
    /// Empties the buffer; the next line pushed has the number `first_seq`.
    pub(crate) fn start(&mut self, first_seq: u64) {
        self.bytes.clear();
        self.records.clear();
        self.done = 0;
        self.first_seq = first_seq;
    }

    /// Whether a line of that length still fits; the first one always does.
    pub(crate) fn fits(&self, line_bytes: usize, max_bytes: usize, max_events: usize) -> bool {
        let max_bytes = max_bytes.min(BATCH_BYTES_MAX);
        self.records.is_empty()
            || (self.bytes.len() + line_bytes <= max_bytes && self.records.len() < max_events)
    }

    pub(crate) fn push(&mut self, line: &[u8], severity: Severity) {
        self.bytes.extend_from_slice(line);
        let end = u32::try_from(self.bytes.len()).expect("fits() keeps a batch below 1 GiB");
        self.records.push(Record { end, severity });
    }

    /// Drops the first `events` of what is left.
    pub(crate) fn advance(&mut self, events: usize) {
        self.done = (self.done + events).min(self.records.len());
    }

    /// What is left to deliver, if anything.
    pub(crate) fn rest(&self) -> Option<Batch<'_>> {
        let offset = match self.done {
            0 => 0,
            done => self.records[done - 1].end as usize,
        };
        (self.done < self.records.len()).then(|| Batch {
            bytes: &self.bytes[offset..],
            records: &self.records[self.done..],
            offset,
            first_seq: self.first_seq + self.done as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> BatchBuffer {
        let mut buffer = BatchBuffer::default();
        buffer.start(5);
        for line in ["a\n", "bb\n", "c\n"] {
            buffer.push(line.as_bytes(), Severity::Info);
        }
        buffer
    }

    #[test]
    fn a_batch_gives_its_lines_with_their_numbers() {
        let buffer = three();
        let batch = buffer.rest().unwrap();
        let lines: Vec<_> = batch.lines().map(|line| (line.seq, line.bytes)).collect();
        assert_eq!(lines, [(5, &b"a\n"[..]), (6, b"bb\n"), (7, b"c\n")]);
        assert_eq!((batch.first_seq(), batch.last_seq()), (5, 7));
    }

    #[test]
    fn what_was_delivered_is_not_in_the_rest() {
        let mut buffer = three();
        buffer.advance(1);
        let batch = buffer.rest().unwrap();
        assert_eq!((batch.first_seq(), batch.bytes()), (6, &b"bb\nc\n"[..]));
        assert_eq!(batch.lines().next().unwrap().bytes, b"bb\n");
        buffer.advance(2);
        assert!(buffer.rest().is_none());
    }

    #[track_caller]
    fn check_within(done: usize, byte_count: usize, expected: (usize, usize)) {
        let mut buffer = three();
        buffer.advance(done);
        assert_eq!(buffer.rest().unwrap().events_within(byte_count), expected);
    }

    #[test]
    fn a_short_write_is_whole_events_and_a_remainder() {
        check_within(0, 0, (0, 0));
        check_within(0, 1, (0, 1));
        check_within(0, 2, (1, 0));
        check_within(0, 4, (1, 2));
        check_within(0, 7, (3, 0));
        check_within(1, 3, (1, 0));
        check_within(1, 4, (1, 1));
    }
}
