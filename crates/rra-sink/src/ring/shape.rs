//! Where everything lies in a ring. Pure arithmetic.
//!
//! ```text
//! words   0          what the file is: magic, format, sizes
//!        16          how many lines were ever published
//!        32 + 8 n    how many of them lane n has passed, each on a cache line of its own
//!       256 + 8 n    the name of lane n
//!       512          two words for each line: its number; where it lies, how long, how serious
//! data               the lines, each in one piece, nothing between two of them
//! ```

use rra_schema::Severity;
use rra_schema::limits::LINE_BYTES;

/// "RRARING1" as a word of this machine: the file of another byte order is no ring.
pub(crate) const MAGIC: u64 = u64::from_ne_bytes(*b"RRARING1");
/// Words of the header that say what the file is.
pub(crate) const MAGIC_WORD: usize = 0;
pub(crate) const DATA_BYTES_WORD: usize = 1;
pub(crate) const LINES_WORD: usize = 2;
pub(crate) const LANES_WORD: usize = 3;
/// How many lines were ever published.
pub(crate) const HEAD_WORD: usize = 16;
/// Most lanes of one journal: what the header has room for.
pub(crate) const LANES_MAX: usize = 28;
/// Longest name of a lane in bytes.
pub(crate) const NAME_BYTES: usize = 64;

const CURSORS: usize = 32;
const NAMES: usize = 256;
const TABLE: usize = 512;
/// A line of the table for each so many bytes: lines of the catalogue are longer.
const BYTES_A_LINE: usize = 256;

/// The sizes of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) data_bytes: usize,
    pub(crate) lines: usize,
    pub(crate) longest_line: usize,
}

impl Shape {
    /// A ring for so many bytes of lines, rounded up to whole pages.
    pub(crate) fn new(data_bytes: usize) -> Self {
        let data_bytes = data_bytes.max(4 * LINE_BYTES).next_multiple_of(4096);
        Self {
            data_bytes,
            // A power of two, so that a place in the table is found without a division.
            lines: (data_bytes / BYTES_A_LINE).next_power_of_two(),
            longest_line: LINE_BYTES,
        }
    }

    /// A ring that takes so many bytes with all that is before its data.
    pub(crate) fn within(bytes: usize) -> Self {
        let apart = Self::new(bytes).words() * 8;
        Self::new(bytes.saturating_sub(apart))
    }

    /// Words before the data, in whole pages.
    pub(crate) fn words(self) -> usize {
        (TABLE + 2 * self.lines).next_multiple_of(512)
    }

    /// Length of the whole.
    pub(crate) fn file_bytes(self) -> u64 {
        (self.words() * 8 + self.data_bytes) as u64
    }

    /// How full it may be for one more line: that takes its own length, and up to as much again at
    /// the end of the data, because it is not split there.
    pub(crate) fn usable_bytes(self) -> usize {
        self.data_bytes - 2 * self.longest_line
    }

    /// The word with the number of a line.
    pub(crate) fn number_word(self, line: u64) -> usize {
        let row = line & (self.lines as u64 - 1);
        TABLE + 2 * usize::try_from(row).expect("below the count of lines")
    }

    /// Bytes from one place in the data to another, forwards.
    pub(crate) fn distance(self, from: usize, to: usize) -> usize {
        if to >= from {
            to - from
        } else {
            self.data_bytes - from + to
        }
    }
}

/// The word with the cursor of a lane.
pub(crate) fn cursor_word(lane: usize) -> usize {
    CURSORS + 8 * lane
}

/// The first word with the name of a lane.
pub(crate) fn name_word(lane: usize) -> usize {
    NAMES + 8 * lane
}

/// Where a line lies, how long it is, how serious.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) severity: Severity,
}

impl Entry {
    /// As one word: 32 bits of place, 24 of length, 8 of severity.
    pub(crate) fn pack(self) -> u64 {
        (self.at as u64) << 32 | (self.length as u64) << 8 | self.severity as u64
    }

    /// Back from a word; a severity that does not exist counts as critical.
    pub(crate) fn unpack(word: u64) -> Self {
        let severity = Severity::ALL.get((word & 0xff) as usize);
        Self {
            at: (word >> 32) as usize,
            length: (word >> 8 & 0xff_ffff) as usize,
            severity: severity.copied().unwrap_or(Severity::Critical),
        }
    }

    /// The place after it.
    pub(crate) fn end(self) -> usize {
        self.at + self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_pack(at: usize, length: usize, severity: Severity) {
        let entry = Entry {
            at,
            length,
            severity,
        };
        assert_eq!(Entry::unpack(entry.pack()), entry);
    }

    #[test]
    fn an_entry_is_one_word() {
        check_pack(0, 1, Severity::Debug);
        check_pack(u32::MAX as usize, LINE_BYTES, Severity::Critical);
    }

    #[test]
    fn a_ring_takes_what_it_may_and_not_more() {
        for pages in 32..2_048 {
            let bytes = pages * 4096;
            let took = usize::try_from(Shape::within(bytes).file_bytes()).unwrap();
            assert!(
                (bytes / 20 * 17..=bytes).contains(&took),
                "{took} of {bytes}"
            );
        }
    }

    #[test]
    fn the_parts_of_the_header_do_not_overlap() {
        const { assert!(HEAD_WORD + 8 <= CURSORS && NAME_BYTES <= 8 * 8) }
        assert!(cursor_word(LANES_MAX) <= NAMES);
        assert!(name_word(LANES_MAX) <= TABLE);
    }

    #[test]
    fn a_distance_goes_forwards_over_the_end() {
        let shape = Shape::new(1 << 20);
        assert_eq!(shape.distance(10, 30), 20);
        assert_eq!(shape.distance((1 << 20) - 10, 30), 40);
    }
}
