//! What happened to the file that the log itself should mention.

use super::open::Torn;
use crate::chain::LineDigest;

/// Something for [`FileSink::on_note`](super::FileSink::on_note).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// Writing goes on in another file: after a rotation, by the sink or by logrotate, or because
    /// the file was gone.
    Segment {
        /// How many files that makes since the open; the first one was 1.
        number: u64,
        /// The digest of the last line before it, if there is a chain.
        previous_head: Option<LineDigest>,
    },
    /// The file was opened again, and had an incomplete last line, which was moved aside. What the first
    /// open finds says [`FileSink::torn`](super::FileSink::torn).
    Torn(Torn),
    /// Where the chain is: every 1,000 lines, and every minute. Kept elsewhere, it is an anchor for
    /// [`verify`](crate::verify).
    Checkpoint {
        /// The digest of the last line.
        head: LineDigest,
        /// Lines put into the chain since the open.
        count: u64,
    },
    /// Lines that a truncation or a failed sync took, or may have taken, or that joined half a line
    /// of another process, were written again.
    Rewritten {
        /// How many.
        count: u64,
        /// Whether exactly the missing lines were; otherwise some may be in the log twice, under
        /// the same `event_id`.
        is_exact: bool,
    },
    /// Delivered lines are missing: a truncation or a failed sync took them, and the journal did
    /// not hold them any more.
    Lost {
        /// How many at most.
        count: u64,
        /// The number of the first.
        first_seq: u64,
        /// The number of the last, or of a later one.
        last_seq: u64,
    },
}
