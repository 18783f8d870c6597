//! The bytes of a line while it is written: as many as a line may have, so that no piece has to ask
//! for room.

#![expect(
    clippy::inline_always,
    reason = "the length of a line is in a register only where all that moves it is one function"
)]

use std::fmt;

use super::digits::HEXADECIMAL;
use crate::limits::LINE_BYTES;

/// A line in the room that somebody has for it, be it the place where it is kept.
///
/// Only [`SecurityEvent::write_line`](crate::SecurityEvent::write_line) writes here, so what is in it
/// is one whole line or nothing. What is in the room behind it means nothing.
pub struct LineBuffer<'r> {
    room: &'r mut [u8; LINE_BYTES],
    length: usize,
}

impl<'r> LineBuffer<'r> {
    /// No line yet.
    pub const fn new(room: &'r mut [u8; LINE_BYTES]) -> Self {
        Self { room, length: 0 }
    }

    /// The line in UTF-8, with its newline.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.room[..self.length]
    }

    /// How many bytes that are, at most [`LINE_BYTES`].
    #[inline]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether there is no line.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The same bytes for somebody who goes on behind them; [`set_len`](Self::set_len) says how far.
    #[inline]
    pub(super) const fn lend(&mut self) -> LineBuffer<'_> {
        LineBuffer {
            room: self.room,
            length: self.length,
        }
    }

    /// Lets `write` go on behind these bytes. What it does is out of the compiler's sight, but the
    /// length of this buffer is not.
    #[inline]
    pub(super) fn lend_to<T>(&mut self, write: impl FnOnce(&mut LineBuffer<'_>) -> T) -> T {
        let mut lent = self.lend();
        let result = write(&mut lent);
        let length = lent.length;
        self.length = length;
        result
    }

    /// So many bytes are part of the line.
    #[inline]
    pub(super) const fn set_len(&mut self, length: usize) {
        self.length = length;
    }

    /// Appends text whose length the compiler knows best.
    #[inline(always)]
    pub(super) fn put(&mut self, text: &[u8]) {
        self.take(text.len()).copy_from_slice(text);
    }

    /// Appends text that is known at run time only.
    #[inline(always)]
    pub(super) fn put_text(&mut self, text: &[u8]) {
        copy(self.take(text.len()), text);
    }

    /// Appends text and the quote that closes it.
    #[inline(always)]
    pub(super) fn put_to_quote(&mut self, text: &[u8]) {
        if let Some((quote, room)) = self.take(text.len() + 1).split_last_mut() {
            *quote = b'"';
            copy(room, text);
        }
    }

    /// Appends two hexadecimal digits for each byte.
    pub(super) fn put_hex(&mut self, bytes: &[u8]) {
        let (pairs, _) = self.take(2 * bytes.len()).as_chunks_mut();
        for (pair, byte) in pairs.iter_mut().zip(bytes) {
            *pair = HEXADECIMAL[usize::from(*byte)];
        }
    }

    /// The next `N` bytes of the room, which are part of the line from now on.
    #[inline(always)]
    pub(super) fn take_array<const N: usize>(&mut self) -> &mut [u8; N] {
        let place = self.take(N).first_chunk_mut();
        place.unwrap_or_else(|| unreachable!("so many were taken"))
    }

    /// The next bytes of the room, which are part of the line from now on.
    #[inline(always)]
    pub(super) fn take(&mut self, length: usize) -> &mut [u8] {
        let rest = self.room.get_mut(self.length..);
        let Some(place) = rest.and_then(|rest| rest.get_mut(..length)) else {
            unreachable!("every piece of a line is bounded, and the bounds make a line at most");
        };
        self.length += length;
        place
    }
}

impl fmt::Debug for LineBuffer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "LineBuffer({:?})",
            String::from_utf8_lossy(self.as_bytes())
        )
    }
}

/// Formatted text on its way into a line. Not the buffer itself, where anybody could write then.
pub(super) struct Formatted<'b, 'r>(pub(super) &'b mut LineBuffer<'r>);

impl fmt::Write for Formatted<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.put(text.as_bytes());
        Ok(())
    }
}

/// Copies text. Most is short, and copied as two pieces that may overlap: a call of `memcpy` takes
/// longer.
#[inline(always)]
fn copy(room: &mut [u8], text: &[u8]) {
    // Not a `match`: the compiler would ask for one range after the other.
    let length = text.len();
    if length >= 16 {
        if length > 64 {
            room.copy_from_slice(text);
        } else if length >= 32 {
            copy_ends::<32>(room, text);
        } else {
            copy_ends::<16>(room, text);
        }
    } else if length >= 8 {
        copy_ends::<8>(room, text);
    } else if length >= 4 {
        copy_ends::<4>(room, text);
    } else if length > 0 {
        copy_few(room, text);
    }
}

/// Copies text of `N` to `2 * N` bytes.
#[inline(always)]
fn copy_ends<const N: usize>(room: &mut [u8], text: &[u8]) {
    if let (Some(room), Some(text)) = (room.first_chunk_mut::<N>(), text.first_chunk()) {
        *room = *text;
    }
    if let (Some(room), Some(text)) = (room.last_chunk_mut::<N>(), text.last_chunk()) {
        *room = *text;
    }
}

/// Copies one to three bytes: the first, the middle one and the last.
#[inline]
fn copy_few(room: &mut [u8], text: &[u8]) {
    for at in [0, text.len() / 2, text.len() - 1] {
        room[at] = text[at];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_length_is_copied_whole() {
        let text: Vec<u8> = (0..200).collect();
        for length in 0..text.len() {
            let mut room = [0; LINE_BYTES];
            let mut buffer = LineBuffer::new(&mut room);
            buffer.put(b"<");
            buffer.put_text(&text[..length]);
            buffer.put_to_quote(&text[..length]);
            let expected = [b"<", &text[..length], &text[..length], b"\""].concat();
            assert_eq!(buffer.as_bytes(), expected);
        }
    }

    #[test]
    fn every_byte_is_two_hexadecimal_digits() {
        let mut room = [0; LINE_BYTES];
        for byte in 0..=u8::MAX {
            let mut buffer = LineBuffer::new(&mut room);
            buffer.put_hex(&[byte]);
            assert_eq!(buffer.as_bytes(), format!("{byte:02x}").as_bytes());
        }
    }
}
