//! What the bytes of a log file mean: where its last whole line ends, and which part of a line is
//! still to be written. Pure.

use rra_sink::Batch;

/// How many bytes at the front of the block end with a newline; `None` when it has none.
pub(crate) fn whole_lines(block: &[u8]) -> Option<usize> {
    block
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map(|last| last + 1)
}

/// The beginning of a line that reached the file before a write failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// The event.
    pub(crate) seq: u64,
    /// How many bytes of its line are at the end of the file.
    pub(crate) bytes: usize,
}

impl Unfinished {
    /// How many bytes of the batch are in the file already.
    pub(crate) fn skip(unfinished: Option<Self>, batch: &Batch<'_>) -> usize {
        match unfinished {
            Some(line) if line.seq == batch.first_seq() => line.bytes,
            _ => 0,
        }
    }

    /// What a write left behind that put the first `written` bytes of the batch into the file: how
    /// many whole events, and the line that is not.
    pub(crate) fn after(batch: &Batch<'_>, written: usize) -> (usize, Option<Self>) {
        let (events, bytes) = batch.events_within(written);
        let seq = batch.first_seq() + events as u64;
        (events, (bytes > 0).then_some(Self { seq, bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(block: &str, expected: Option<usize>) {
        assert_eq!(whole_lines(block.as_bytes()), expected);
    }

    #[test]
    fn whole_lines_end_at_the_last_newline() {
        check("", None);
        check("torn", None);
        check("\n", Some(1));
        check("a\nb\n", Some(4));
        check("a\nb\ntorn", Some(4));
    }
}
