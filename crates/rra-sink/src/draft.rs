//! The line of an event while it is made, and whether it is one.

use rra_schema::LineBuffer;
use rra_schema::limits::LINE_BYTES;

use crate::loss::Reason;

/// Makes the line of one event, of which it gets the number.
pub(crate) enum Write<'w> {
    /// By the writer of the catalogue, whose line is one or none.
    Event(&'w mut dyn FnMut(u64, &mut LineBuffer)),
    /// By somebody else, into an empty buffer.
    Raw(&'w mut dyn FnMut(u64, &mut Vec<u8>)),
}

/// A line while it is being made, so that a writer that panics or writes nonsense never touches what
/// is published.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    event: LineBuffer,
    raw: Vec<u8>,
}

impl Draft {
    /// The line that `write` makes, if it is one.
    pub(crate) fn line(&mut self, seq: u64, write: Write<'_>) -> Result<&[u8], Reason> {
        match write {
            Write::Event(write) => {
                self.event.clear();
                write(seq, &mut self.event);
                let line = self.event.as_bytes();
                (!line.is_empty()).then_some(line).ok_or(Reason::Invalid)
            }
            Write::Raw(write) => {
                self.raw.clear();
                write(seq, &mut self.raw);
                check_line(&self.raw)
            }
        }
    }
}

/// One line: not empty, not too long, one newline, at the end.
fn check_line(line: &[u8]) -> Result<&[u8], Reason> {
    if line.len() > LINE_BYTES {
        return Err(Reason::Oversize);
    }
    match line.split_last() {
        Some((b'\n', text)) if memchr::memchr(b'\n', text).is_none() => Ok(line),
        _ => Err(Reason::Invalid),
    }
}
