//! Whole lines side by side, as a sink gets them, and the way back to lines delivered before.

use std::fmt;
use std::sync::Arc;

use rra_schema::Severity;

use crate::ring::Ring;

/// Some events in the order of their thread, as whole lines.
///
/// The bytes lie in the journal itself: nothing was copied.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    bytes: &'a [u8],
    records: &'a [Record],
    /// What to subtract from a record's end to find it in `bytes`.
    offset: usize,
    span: Span,
    earlier: Earlier<'a>,
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

/// Where some lines in a row lie in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    // Sinks keep thousands: no more bits than there can be rings, and lines in a ring.
    ring: u32,
    lines: u32,
    first: u64,
}

/// Lines that were delivered before, as far as the journal still holds them: their place is used
/// again only when new lines need it. A sink that finds its destination shortened fills it again
/// from here.
#[derive(Clone, Copy)]
pub struct Earlier<'a> {
    rings: &'a [Arc<Ring>],
}

impl<'a> Batch<'a> {
    pub(crate) fn new(
        bytes: &'a [u8],
        records: &'a [Record],
        span: Span,
        earlier: Earlier<'a>,
    ) -> Self {
        Self {
            bytes,
            records,
            offset: 0,
            span,
            earlier,
        }
    }

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
        self.records[0].seq
    }

    /// The number of the last event.
    pub fn last_seq(&self) -> u64 {
        self.records[self.records.len() - 1].seq
    }

    /// The events one by one. Their numbers rise, with holes where other threads emitted.
    pub fn lines(&self) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let Self {
            bytes,
            records,
            offset,
            ..
        } = *self;
        let mut start = 0;
        records.iter().map(move |record| {
            let end = record.end as usize - offset;
            let line = &bytes[start..end];
            start = end;
            Line {
                seq: record.seq,
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
            span: self.span.front(records.len()),
            ..*self
        })
    }

    /// The batch without its first `events`; `None` when nothing is left.
    pub fn rest(&self, events: usize) -> Option<Self> {
        let done = events.min(self.records.len());
        let offset = match done {
            0 => self.offset,
            done => self.records[done - 1].end as usize,
        };
        (done < self.records.len()).then(|| Self {
            bytes: &self.bytes[offset - self.offset..],
            records: &self.records[done..],
            offset,
            span: self.span.rest(done),
            earlier: self.earlier,
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

    /// Where the lines lie, to ask for them again later.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The lines before these.
    pub fn earlier(&self) -> Earlier<'a> {
        self.earlier
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("events", &self.len())
            .field("bytes", &self.bytes.len())
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

impl Span {
    pub(crate) fn new(ring: usize, first: u64, lines: usize) -> Self {
        Self {
            ring: small(ring),
            lines: small(lines),
            first,
        }
    }

    /// How many lines it has.
    #[expect(
        clippy::len_without_is_empty,
        reason = "asked of a batch's, never empty"
    )]
    pub fn len(&self) -> usize {
        self.lines as usize
    }

    /// Its first lines.
    pub fn front(self, lines: usize) -> Self {
        Self {
            lines: self.lines.min(small(lines)),
            ..self
        }
    }

    /// What follows its first lines.
    pub fn rest(self, lines: usize) -> Self {
        let done = self.lines.min(small(lines));
        Self {
            first: self.first + u64::from(done),
            lines: self.lines - done,
            ..self
        }
    }
}

impl<'a> Earlier<'a> {
    pub(crate) fn new(rings: &'a [Arc<Ring>]) -> Self {
        Self { rings }
    }

    /// Appends the lines of the span to `out` and says so, or says that the journal does not hold
    /// all of them any more and appends nothing.
    #[must_use]
    pub fn copy(&self, span: Span, out: &mut Vec<u8>) -> bool {
        let ring = self.rings.get(span.ring as usize);
        ring.is_some_and(|ring| ring.copy(span.first, span.len(), out))
    }
}

impl fmt::Debug for Earlier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Earlier").finish_non_exhaustive()
    }
}

/// The number of one line, and where it ends in the bytes it lies in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    pub(crate) seq: u64,
    pub(crate) end: u32,
    pub(crate) severity: Severity,
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &[u8] = b"a\nbb\nc\n";

    fn records() -> Vec<Record> {
        let ends = [(5, 2), (7, 5), (8, 7)];
        let record = |(seq, end)| Record {
            seq,
            end,
            severity: Severity::Info,
        };
        ends.into_iter().map(record).collect()
    }

    fn three(records: &[Record]) -> Batch<'_> {
        Batch::new(LINES, records, Span::new(0, 40, 3), Earlier::new(&[]))
    }

    #[test]
    fn a_batch_gives_its_lines_with_their_numbers() {
        let records = records();
        let lines: Vec<_> = three(&records)
            .lines()
            .map(|line| (line.seq, line.bytes))
            .collect();
        assert_eq!(lines, [(5, &b"a\n"[..]), (7, b"bb\n"), (8, b"c\n")]);
    }

    #[test]
    fn a_batch_is_cut_between_lines() {
        let records = records();
        let batch = three(&records);
        let rest = batch.rest(1).unwrap();
        assert_eq!((rest.bytes(), rest.span().first), (&b"bb\nc\n"[..], 41));
        assert_eq!((rest.first_seq(), rest.last_seq()), (7, 8));
        assert_eq!(rest.rest(1).unwrap().lines().next().unwrap().bytes, b"c\n");
        assert_eq!(rest.front(1).unwrap().bytes(), b"bb\n");
        assert!(batch.rest(3).is_none() && batch.front(0).is_none());
    }

    #[track_caller]
    fn check_within(done: usize, byte_count: usize, expected: (usize, usize)) {
        let records = records();
        let rest = three(&records).rest(done).unwrap();
        assert_eq!(rest.events_within(byte_count), expected);
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
