//! Events in the hand of a lane: copied out of the rings or the spool, because both must be free to
//! move on while a destination takes its time.

use rra_schema::Severity;

use crate::sink::{Batch, Earlier, Line, Record, Span};

/// Some events side by side.
#[derive(Debug, Default)]
pub(crate) struct Hand {
    bytes: Vec<u8>,
    records: Vec<Record>,
}

impl Hand {
    /// A copy of a batch.
    pub(crate) fn of(batch: &Batch<'_>) -> Self {
        let mut hand = Self::default();
        for line in batch.lines() {
            let room = hand.room(line.bytes.len(), line.seq, line.severity);
            room.copy_from_slice(line.bytes);
        }
        hand
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Bytes of all lines.
    pub(crate) fn byte_count(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of the line at that place.
    pub(crate) fn line_bytes(&self, place: usize) -> usize {
        let end = |record: &Record| record.end as usize;
        let start = place
            .checked_sub(1)
            .map_or(0, |before| end(&self.records[before]));
        end(&self.records[place]) - start
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
    }

    /// Makes room for a line that the caller fills in.
    pub(crate) fn room(&mut self, length: usize, seq: u64, severity: Severity) -> &mut [u8] {
        let start = self.bytes.len();
        self.bytes.resize(start + length, 0);
        let end = offset(self.bytes.len());
        self.records.push(Record { seq, end, severity });
        &mut self.bytes[start..]
    }

    /// Takes in lines that lie side by side; the ends of their records count from the first of them.
    pub(crate) fn take(&mut self, bytes: &[u8], records: &[Record]) {
        let mut start = 0;
        let all = records.last().map_or(0, |last| last.end as usize);
        self.bytes.reserve(all);
        for Record { seq, end, severity } in records.iter().copied() {
            let end = end as usize;
            let line = &bytes[start..end];
            self.room(line.len(), seq, severity).copy_from_slice(line);
            start = end;
        }
    }

    /// All of them as a batch; `None` when there are none. They lie in no ring any more.
    pub(crate) fn batch(&self) -> Option<Batch<'_>> {
        let span = Span::new(usize::MAX, 0, self.len());
        let batch = |()| Batch::new(&self.bytes, &self.records, span, Earlier::new(&[]));
        (!self.is_empty()).then_some(()).map(batch)
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.batch().into_iter().flat_map(|batch| batch.lines())
    }

    /// Keeps only the events at these places, which rise: where they are, for after a failed attempt
    /// that may be all of them, and memory for a copy is what an outage must not cost.
    pub(crate) fn keep(&mut self, places: &[usize]) {
        let mut end = 0;
        for (to, from) in places.iter().copied().enumerate() {
            let record = self.records[from];
            let length = self.line_bytes(from);
            let line = record.end as usize - length..record.end as usize;
            self.bytes.copy_within(line, end);
            end += length;
            self.records[to] = Record {
                end: offset(end),
                ..record
            };
        }
        self.bytes.truncate(end);
        self.records.truncate(places.len());
    }
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a batch is below 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(lines: &[&[u8]]) -> Hand {
        let mut hand = Hand::default();
        for (seq, line) in (1..).zip(lines) {
            hand.room(line.len(), seq, Severity::Info)
                .copy_from_slice(line);
        }
        hand
    }

    #[test]
    fn a_hand_keeps_what_it_is_told_to() {
        let mut hand = hand(&[b"a\n", b"bb\n", b"c\n", b"d\n"]);
        hand.keep(&[1, 3]);
        let batch = hand.batch().unwrap();
        assert_eq!(batch.bytes(), b"bb\nd\n");
        assert_eq!(
            batch.lines().map(|line| line.seq).collect::<Vec<_>>(),
            [2, 4]
        );
        hand.keep(&[0, 1]);
        assert_eq!(hand.batch().unwrap().bytes(), b"bb\nd\n");
        hand.keep(&[]);
        assert!(hand.batch().is_none());
    }

    #[test]
    fn a_hand_that_keeps_all_is_not_copied() {
        let mut hand = hand(&[b"a\n", b"bb\n"]);
        let (place, capacity) = (hand.bytes.as_ptr(), hand.bytes.capacity());
        hand.keep(&[0, 1]);
        assert_eq!(hand.batch().unwrap().bytes(), b"a\nbb\n");
        assert_eq!(
            (hand.bytes.as_ptr(), hand.bytes.capacity()),
            (place, capacity)
        );
    }

    #[test]
    fn lines_of_several_pieces_lie_side_by_side() {
        let (first, second) = (hand(&[b"a\n", b"bb\n"]), hand(&[b"c\n"]));
        let mut both = Hand::default();
        both.take(&first.bytes, &first.records);
        both.take(&second.bytes, &second.records);
        let lines: Vec<_> = both.lines().map(|line| line.bytes).collect();
        assert_eq!(lines, [&b"a\n"[..], b"bb\n", b"c\n"]);
    }
}
