//! The bytes of a line while it is written: as many as a line may have, and there from the first
//! line on, so that no piece has to ask for room.

use std::fmt;

use super::digits::HEXADECIMAL;
use crate::limits::LINE_BYTES;

/// Room for one line, to be used again and again.
///
/// Only [`SecurityEvent::write_line`](crate::SecurityEvent::write_line) writes here, so what is in it
/// is one whole line or nothing, unless the writing ended with a panic.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LineBuffer {
    /// Empty before the first line, then [`LINE_BYTES`] long.
    bytes: Vec<u8>,
    length: usize,
}

impl LineBuffer {
    /// Room that is allocated when the first line is written, and then kept.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            length: 0,
        }
    }

    /// The line in UTF-8, with its newline.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
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

    /// Forgets the line.
    pub const fn clear(&mut self) {
        self.length = 0;
    }

    /// Begins a line.
    pub(super) fn begin(&mut self) {
        self.clear();
        if self.bytes.is_empty() {
            self.bytes.resize(LINE_BYTES, 0);
        }
    }

    /// Appends text whose length the compiler knows best.
    #[inline]
    pub(crate) fn put(&mut self, text: &[u8]) {
        self.room(text.len()).copy_from_slice(text);
    }

    /// Appends text that is known at run time only.
    #[inline]
    pub(crate) fn put_text(&mut self, text: &[u8]) {
        copy(self.room(text.len()), text);
    }

    /// Appends text and the quote that closes it.
    pub(crate) fn put_to_quote(&mut self, text: &[u8]) {
        if let Some((quote, room)) = self.room(text.len() + 1).split_last_mut() {
            *quote = b'"';
            copy(room, text);
        }
    }

    /// Appends two hexadecimal digits for each byte.
    pub(crate) fn put_hex(&mut self, bytes: &[u8]) {
        let (pairs, _) = self.room(2 * bytes.len()).as_chunks_mut();
        for (pair, byte) in pairs.iter_mut().zip(bytes) {
            *pair = HEXADECIMAL[usize::from(*byte)];
        }
    }

    /// The next bytes, which are part of the line from now on.
    #[inline]
    fn room(&mut self, length: usize) -> &mut [u8] {
        let start = self.length;
        self.length += length;
        &mut self.bytes[start..self.length]
    }
}

impl fmt::Debug for LineBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "LineBuffer({:?})",
            String::from_utf8_lossy(self.as_bytes())
        )
    }
}

/// Formatted text on its way into a line. Not the buffer itself, where anybody could write then.
pub(super) struct Formatted<'b>(pub(super) &'b mut LineBuffer);

impl fmt::Write for Formatted<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.put(text.as_bytes());
        Ok(())
    }
}

/// Copies text. Most is short, and copied as two pieces that may overlap: a call of `memcpy` takes
/// longer.
#[inline]
fn copy(room: &mut [u8], text: &[u8]) {
    match text.len() {
        4..8 => copy_ends::<4>(room, text),
        8..16 => copy_ends::<8>(room, text),
        16..32 => copy_ends::<16>(room, text),
        32..=64 => copy_ends::<32>(room, text),
        _ => room.copy_from_slice(text),
    }
}

/// Copies text of `N` to `2 * N` bytes.
#[inline]
fn copy_ends<const N: usize>(room: &mut [u8], text: &[u8]) {
    if let (Some(room), Some(text)) = (room.first_chunk_mut::<N>(), text.first_chunk()) {
        *room = *text;
    }
    if let (Some(room), Some(text)) = (room.last_chunk_mut::<N>(), text.last_chunk()) {
        *room = *text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_length_is_copied_whole() {
        let text: Vec<u8> = (0..200).collect();
        let mut buffer = LineBuffer::new();
        for length in 0..text.len() {
            buffer.begin();
            buffer.put(b"<");
            buffer.put_text(&text[..length]);
            buffer.put_to_quote(&text[..length]);
            let expected = [b"<", &text[..length], &text[..length], b"\""].concat();
            assert_eq!(buffer.as_bytes(), expected);
        }
    }

    #[test]
    fn every_byte_is_two_hexadecimal_digits() {
        let mut buffer = LineBuffer::new();
        for byte in 0..=u8::MAX {
            buffer.begin();
            buffer.put_hex(&[byte]);
            assert_eq!(buffer.as_bytes(), format!("{byte:02x}").as_bytes());
        }
    }
}
