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

/// Writes an event where its line will stay; how long that is. A writer can put a buffer of its own in
/// the place of ours: what is in that is not here.
pub(crate) fn write_event(
    room: &mut [u8],
    seq: u64,
    write: &mut dyn FnMut(u64, &mut LineBuffer<'_>),
) -> Result<usize, Reason> {
    let room = room.first_chunk_mut().ok_or(Reason::Oversize)?;
    let place = room.as_ptr();
    let mut line = LineBuffer::new(room);
    write(seq, &mut line);
    let is_here = line.as_bytes().as_ptr() == place;
    match line.len() {
        length if length > 0 && is_here => Ok(length),
        _ => Err(Reason::Invalid),
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

#[cfg(test)]
mod tests {
    use rra_schema::events::auth::{AuthFailureReason, Failure};
    use rra_schema::{Event, Instance, Origin, Seal, SecurityEvent as _, Timestamp};

    use super::*;

    fn fill(line: &mut LineBuffer<'_>) {
        let origin = Origin::new("shop", "test", Instance::from_bits(1)).unwrap();
        let seal = Seal::new(&origin, Timestamp::from_unix_millis(0), 1);
        Event::new(Failure::new(AuthFailureReason::Locked)).write_line(&seal, line);
    }

    /// What becomes of a room full of old bytes, and what is said of it.
    fn written(write: &mut dyn FnMut(u64, &mut LineBuffer<'_>)) -> (Vec<u8>, Result<(), Reason>) {
        let mut room = vec![b'x'; LINE_BYTES];
        match write_event(&mut room, 1, write) {
            Ok(length) => (room[..length].to_vec(), Ok(())),
            Err(reason) => (Vec::new(), Err(reason)),
        }
    }

    #[test]
    fn a_line_is_one_and_no_line_is_none() {
        let (line, said) = written(&mut |_, line| fill(line));
        assert!(said.is_ok() && line.starts_with(b"{") && line.ends_with(b"}\n"));
        assert_eq!(written(&mut |_, _| ()).1, Err(Reason::Invalid));
    }

    #[test]
    fn a_line_in_a_buffer_of_the_writers_own_is_none() {
        let elsewhere = written(&mut |_, line| {
            *line = LineBuffer::new(Box::leak(Box::new([b'o'; LINE_BYTES])));
            fill(line);
        });
        assert_eq!(elsewhere, (Vec::new(), Err(Reason::Invalid)));
    }
}
