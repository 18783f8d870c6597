//! The line of an event before it is published: a writer that panics or writes nonsense never touches
//! what is.

use rra_schema::LineBuffer;
use rra_schema::limits::LINE_BYTES;

use crate::loss::Reason;

/// Makes the line of one event, of which it gets the number.
pub(crate) enum Write<'w> {
    /// By the writer of the catalogue, whose line is one or none.
    Event(&'w mut dyn FnMut(u64, &mut LineBuffer<'_>)),
    /// By somebody else, into an empty buffer.
    Raw(&'w mut dyn FnMut(u64, &mut Vec<u8>)),
}

/// Writes an event where its line will stay; how long that is.
pub(crate) fn write_event(
    room: &mut [u8],
    seq: u64,
    write: &mut dyn FnMut(u64, &mut LineBuffer<'_>),
) -> Result<usize, Reason> {
    let room = room.first_chunk_mut().ok_or(Reason::Oversize)?;
    let mut line = LineBuffer::new(room);
    write(seq, &mut line);
    match line.len() {
        0 => Err(Reason::Invalid),
        length => Ok(length),
    }
}

/// Lets somebody make a line, and says if it is none: empty, too long, or with a newline that is not the
/// end.
pub(crate) fn make_line(
    line: &mut Vec<u8>,
    seq: u64,
    write: &mut dyn FnMut(u64, &mut Vec<u8>),
) -> Result<(), Reason> {
    line.clear();
    write(seq, line);
    if line.len() > LINE_BYTES {
        return Err(Reason::Oversize);
    }
    match line.split_last() {
        Some((b'\n', text)) if memchr::memchr(b'\n', text).is_none() => Ok(()),
        _ => Err(Reason::Invalid),
    }
}

/// Copies a line to where it will stay; how long it is.
pub(crate) fn copy(line: &[u8], room: &mut [u8]) -> Result<usize, Reason> {
    let place = room.get_mut(..line.len()).ok_or(Reason::Oversize)?;
    place.copy_from_slice(line);
    Ok(line.len())
}
