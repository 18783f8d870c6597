//! Which lines were written to which place of a file, as far back as it may matter: what a
//! truncation or a failed sync can have taken. Pure.

use std::collections::VecDeque;

use crate::chain::LineDigest;

/// So many writes are remembered: seconds of a busy log, and more than the journal holds. Their room
/// is asked for at once, and costs memory only as far as it is used: room that grew would be copied.
const MARKS: usize = 8 * 1024;
/// So much of the end of a file tells it from another one: most of a line, with its `event_id`.
pub(crate) const ENDING_BYTES: usize = 128;

/// Some lines in a row, wherever they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run<S> {
    /// Their place in the journal.
    pub(crate) span: S,
    pub(crate) count: u64,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    /// The digest that the first of them carries, if there is a chain.
    pub(crate) prev: Option<LineDigest>,
}

/// Lines that were written with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark<S> {
    pub(crate) run: Run<S>,
    /// Where they begin and end in the file.
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) ending: Ending,
}

/// A [`Mark`] as it is kept, in half the memory: there are thousands.
#[derive(Clone, Copy, Debug)]
struct Write<S> {
    span: S,
    first_seq: u64,
    last_seq: u64,
    end: u64,
    ending: u64,
    /// A write is no longer than a ring.
    bytes: u32,
    count: u32,
}

/// Some bytes before a place of a file, as a number that hardly any others have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// How many bytes.
    pub(crate) bytes: usize,
    sum: u64,
}

/// The writes to one file, since it was opened or last found shortened.
#[derive(Debug)]
pub(crate) struct Marks<S> {
    writes: VecDeque<Write<S>>,
    /// What the first lines of the writes carry; empty without a chain.
    prevs: VecDeque<Option<LineDigest>>,
    /// Where the file ended at first, and how.
    base: u64,
    base_ending: Ending,
    /// Everything before this place survives a power failure, as far as we wrote it.
    synced: u64,
    /// Lines whose marks were given up, and where the last of them ends.
    forgotten: Forgotten,
}

/// Lines of which only this is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forgotten {
    pub(crate) count: u64,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    end: u64,
}

impl Ending {
    /// The ending of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let end = &bytes[bytes.len() - ending_bytes(bytes.len())..];
        // FNV-1a: nobody gains anything by a file with a chosen ending.
        let mix = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        Self {
            bytes: end.len(),
            sum: end.iter().fold(0xcbf2_9ce4_8422_2325, mix),
        }
    }
}

impl<S: Copy> Write<S> {
    fn of(mark: &Mark<S>) -> Self {
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            span: mark.run.span,
            first_seq: mark.run.first_seq,
            last_seq: mark.run.last_seq,
            end: mark.end,
            ending: mark.ending.sum,
            bytes: small(mark.end - mark.start),
            count: small(mark.run.count),
        }
    }

    fn mark(&self, prev: Option<LineDigest>) -> Mark<S> {
        Mark {
            run: Run {
                span: self.span,
                count: self.count.into(),
                first_seq: self.first_seq,
                last_seq: self.last_seq,
                prev,
            },
            start: self.start(),
            end: self.end,
            ending: self.ending(),
        }
    }

    fn start(&self) -> u64 {
        self.end - u64::from(self.bytes)
    }

    fn ending(&self) -> Ending {
        Ending {
            bytes: ending_bytes(self.bytes as usize),
            sum: self.ending,
        }
    }
}

impl<S: Copy> Marks<S> {
    /// Nothing was written yet to a file of that length.
    pub(crate) fn new(base: u64, base_ending: Ending) -> Self {
        Self {
            writes: VecDeque::new(),
            prevs: VecDeque::new(),
            base,
            base_ending,
            synced: base,
            forgotten: Forgotten::default(),
        }
    }

    /// The writes behind that place alone; `None` when there are none.
    pub(crate) fn into_since(mut self, place: u64) -> Option<Self> {
        let first = self.first_beyond(place);
        let writes = self.writes.split_off(first);
        let prevs = self.prevs.split_off(first.min(self.prevs.len()));
        let (base, base_ending) = self
            .ending_within(writes.front()?.start())
            .unwrap_or((0, Ending::of(b"")));
        Some(Self {
            writes,
            prevs,
            ..Self::new(base, base_ending)
        })
    }

    /// Where the file ends at least, if nobody shortened it.
    pub(crate) fn end(&self) -> u64 {
        self.writes.back().map_or(self.base, |last| last.end)
    }

    /// Lines were written.
    pub(crate) fn push(&mut self, mark: Mark<S>) {
        if self.writes.len() == MARKS
            && let Some(oldest) = self.writes.pop_front()
        {
            let prev = self.prevs.pop_front().flatten();
            self.forgotten.add(&oldest.mark(prev));
        }
        if mark.run.prev.is_some() || !self.prevs.is_empty() {
            self.prevs.resize(self.writes.len(), None);
            self.prevs.push_back(mark.run.prev);
        }
        if self.writes.is_empty() {
            self.writes.reserve_exact(MARKS);
        }
        self.writes.push_back(Write::of(&mark));
    }

    /// Everything written so far survives a power failure.
    pub(crate) fn set_synced(&mut self) {
        self.synced = self.end();
    }

    /// Writes that may not survive a power failure, and how many lines are in that state without
    /// being known any more.
    pub(crate) fn unsynced(&self) -> (impl Iterator<Item = Mark<S>>, Option<Forgotten>) {
        self.beyond(self.synced)
    }

    /// Writes that a file cut to that length does not hold whole, and lines that it may not hold and
    /// that are not known any more.
    pub(crate) fn beyond(&self, length: u64) -> (impl Iterator<Item = Mark<S>>, Option<Forgotten>) {
        let known = (self.first_beyond(length)..self.writes.len()).filter_map(|at| self.mark(at));
        let forgotten = self.forgotten;
        (known, (forgotten.end > length).then_some(forgotten))
    }

    /// The first write, if it was to an empty file.
    pub(crate) fn first_from_the_start(&self) -> Option<Mark<S>> {
        self.mark(0).filter(|mark| mark.start == 0)
    }

    /// What a copy of this file, made when it had that length, must have before which place;
    /// `None` when there is nothing to know it by.
    pub(crate) fn ending_within(&self, length: u64) -> Option<(u64, Ending)> {
        let last = self.first_beyond(length).checked_sub(1);
        let last = last.and_then(|last| self.writes.get(last));
        let last = last.map(|write| (write.end, write.ending()));
        last.or_else(|| {
            (self.base > 0 && self.base <= length).then_some((self.base, self.base_ending))
        })
    }

    /// Which write a file of that length does not hold whole first.
    fn first_beyond(&self, length: u64) -> usize {
        self.writes.partition_point(|write| write.end <= length)
    }

    fn mark(&self, at: usize) -> Option<Mark<S>> {
        let prev = self.prevs.get(at).copied().flatten();
        self.writes.get(at).map(|write| write.mark(prev))
    }
}

impl Forgotten {
    /// Adds the first so many lines of a run that follows these.
    pub(crate) fn add_lines<S>(&mut self, run: &Run<S>, count: u64) {
        if self.count == 0 {
            self.first_seq = run.first_seq;
        }
        self.count += count;
        self.last_seq = run.last_seq;
    }

    fn add<S>(&mut self, mark: &Mark<S>) {
        self.add_lines(&mark.run, mark.run.count);
        self.end = mark.end;
    }
}

/// How many of so many bytes are their ending.
fn ending_bytes(byte_count: usize) -> usize {
    byte_count.min(ENDING_BYTES)
}

#[cfg(test)]
mod tests {
    use rra_sink::Span;

    use super::*;

    /// Of ten bytes.
    fn ending(number: u64) -> Ending {
        Ending::of(format!("{number:10}").as_bytes())
    }

    /// Ten bytes for each write, one line each, numbered as their span.
    fn marks(base: u64, writes: u64) -> Marks<u64> {
        let mut marks = Marks::new(base, Ending::of(b"base"));
        for number in 0..writes {
            let start = base + 10 * number;
            marks.push(Mark {
                run: Run {
                    span: number,
                    count: 1,
                    first_seq: number,
                    last_seq: number,
                    prev: None,
                },
                start,
                end: start + 10,
                ending: ending(number),
            });
        }
        marks
    }

    #[track_caller]
    fn check_beyond(marks: &Marks<u64>, length: u64, expected: std::ops::Range<u64>) {
        let (known, forgotten) = marks.beyond(length);
        let spans: Vec<_> = known.map(|mark| mark.run.span).collect();
        assert_eq!(spans, expected.collect::<Vec<_>>());
        assert_eq!(forgotten, None);
    }

    #[test]
    fn a_copy_lacks_the_writes_that_end_behind_it() {
        check_beyond(&marks(100, 3), 0, 0..3);
        check_beyond(&marks(100, 3), 110, 1..3);
        check_beyond(&marks(100, 3), 111, 1..3);
        check_beyond(&marks(100, 3), 130, 3..3);
        check_beyond(&marks(100, 0), 100, 0..0);
    }

    #[test]
    fn a_sync_covers_what_was_written_before_it() {
        let mut marks = marks(100, 2);
        marks.set_synced();
        assert_eq!(marks.unsynced().0.count(), 0);
        marks.push(Mark {
            start: 120,
            end: 130,
            ..marks.mark(1).unwrap()
        });
        assert_eq!(marks.unsynced().0.count(), 1);
        assert_eq!(marks.end(), 130);
    }

    #[track_caller]
    fn check_ending(marks: &Marks<u64>, length: u64, expected: Option<(u64, Ending)>) {
        assert_eq!(marks.ending_within(length), expected);
    }

    #[test]
    fn a_copy_is_known_by_the_last_write_that_it_can_hold() {
        check_ending(&marks(100, 2), 99, None);
        check_ending(&marks(100, 2), 109, Some((100, Ending::of(b"base"))));
        check_ending(&marks(100, 2), 119, Some((110, ending(0))));
        check_ending(&marks(100, 2), 500, Some((120, ending(1))));
        check_ending(&marks(0, 1), 5, None);
    }

    #[test]
    fn the_last_writes_alone_are_known_by_the_one_before_them() {
        let last = marks(100, 3).into_since(120).unwrap();
        check_beyond(&last, 0, 2..3);
        check_ending(&last, 125, Some((120, ending(1))));
        check_ending(&last, 130, Some((130, ending(2))));
        assert!(marks(100, 3).into_since(130).is_none());
    }

    #[test]
    fn what_is_forgotten_is_counted_as_long_as_it_may_be_missing() {
        let marks = marks(0, MARKS as u64 + 3);
        let (known, forgotten) = marks.beyond(0);
        let known: Vec<_> = known.map(|mark| mark.run.span).collect();
        assert_eq!((known.len(), known[0]), (MARKS, 3));
        let forgotten = forgotten.unwrap();
        assert_eq!(
            (forgotten.count, forgotten.first_seq, forgotten.last_seq),
            (3, 0, 2)
        );
        assert_eq!(marks.beyond(30).1, None);
    }

    #[test]
    fn a_mark_comes_back_as_it_was_with_its_digest_or_without() {
        let mut marks = marks(0, 1);
        let first = marks.mark(0).unwrap();
        let mark = |number: u64, prev| Mark {
            run: Run { prev, ..first.run },
            start: 10 * number,
            end: 10 * number + 10,
            ..first
        };
        let pushed = [
            mark(1, Some(LineDigest::of(b"0"))),
            mark(2, None),
            mark(3, Some(LineDigest::of(b"2"))),
        ];
        for mark in pushed {
            marks.push(mark);
        }
        assert_eq!(marks.beyond(10).0.collect::<Vec<_>>(), pushed);
        assert_eq!(marks.beyond(0).0.next(), Some(first));
        let since = marks.into_since(20).unwrap();
        assert_eq!(since.beyond(0).0.collect::<Vec<_>>(), pushed[1..]);
    }

    #[test]
    fn thousands_of_marks_take_less_than_half_a_megabyte() {
        assert!(MARKS * size_of::<Write<Span>>() <= 448 * 1024);
    }

    #[test]
    fn an_ending_is_made_of_the_last_bytes_alone() {
        let long = [b'x'; 500];
        assert_eq!(Ending::of(&long), Ending::of(&long[300..]));
        assert_ne!(Ending::of(b"a-1"), Ending::of(b"a-2"));
    }
}
