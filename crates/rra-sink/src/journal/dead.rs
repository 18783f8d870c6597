//! What a dead process left in a ring's file. Believes nothing it reads: a power failure may have
//! kept some pages and not others.

use std::io;

use crate::ring::Ring;
use crate::ring::memory::Pages;
use crate::ring::shape::{
    DATA_BYTES_WORD, Entry, HEAD_WORD, LANES_MAX, LANES_WORD, LINES_WORD, MAGIC, MAGIC_WORD,
    NAME_BYTES, Shape, cursor_word, name_word,
};
use rra_schema::limits::LINE_BYTES;

/// The state of a file.
#[derive(Debug)]
pub(crate) enum Dead {
    /// Nobody misses anything in it.
    Empty,
    /// It is no ring, or contradicts itself.
    Damaged,
    /// It holds events.
    Ring {
        ring: Box<Ring>,
        /// Some are for a sink that this process does not have.
        keep: bool,
    },
}

/// Looks at the bytes of a file and maps it when somebody misses something in it.
pub(crate) fn examine(
    bytes: &[u8],
    lanes: &[&str],
    map: impl FnOnce(Shape) -> io::Result<Pages>,
) -> io::Result<Dead> {
    let words = Words(bytes);
    if bytes.is_empty() || words.get(MAGIC_WORD) == Some(0) {
        // Its process died before it had made the ring.
        return Ok(Dead::Empty);
    }
    let Some(header) = Header::read(&words) else {
        return Ok(Dead::Damaged);
    };
    let cursors = lanes.iter().map(|lane| header.place_of(lane)).collect();
    let pending = |place: usize| header.cursors[place] < header.head;
    let places = 0..header.names.len();
    if !places.clone().any(pending) {
        return Ok(Dead::Empty);
    }
    let is_strange = |place: &usize| !lanes.contains(&header.names[*place].as_str());
    let keep = places.filter(is_strange).any(pending);
    let ring = Box::new(Ring::new(map(header.shape)?, header.shape, cursors));
    Ok(Dead::Ring { ring, keep })
}

/// Whether a line may be delivered: text on one line, as the writer makes it.
pub(crate) fn is_sound(line: &[u8]) -> bool {
    let Some((b'\n', text)) = line.split_last() else {
        return false;
    };
    !text.iter().any(u8::is_ascii_control) && std::str::from_utf8(text).is_ok()
}

/// A header that does not contradict itself.
struct Header {
    shape: Shape,
    head: u64,
    names: Vec<String>,
    cursors: Vec<u64>,
}

impl Header {
    fn read(words: &Words<'_>) -> Option<Self> {
        let count = |word| usize::try_from(words.get(word)?).ok();
        let lanes = count(LANES_WORD)?;
        let data_bytes = count(DATA_BYTES_WORD)?;
        if words.get(MAGIC_WORD)? != MAGIC || lanes > LANES_MAX || data_bytes > words.0.len() {
            return None;
        }
        let shape = Shape::new(data_bytes);
        let is_shaped = shape.data_bytes == data_bytes
            && Some(shape.lines) == count(LINES_WORD)
            && shape.file_bytes() == words.0.len() as u64;
        let header = Self {
            shape,
            head: words.get(HEAD_WORD)?,
            names: (0..lanes)
                .map(|lane| words.name(lane))
                .collect::<Option<_>>()?,
            cursors: (0..lanes)
                .map(|lane| words.get(cursor_word(lane)))
                .collect::<Option<_>>()?,
        };
        (is_shaped && header.is_consistent(words)).then_some(header)
    }

    /// Whether every line that somebody misses lies within the data.
    fn is_consistent(&self, words: &Words<'_>) -> bool {
        let first = self.cursors.iter().min().copied().unwrap_or(self.head);
        let Some(lines) = self.head.checked_sub(first) else {
            return false;
        };
        let newest = self.cursors.iter().max().copied().unwrap_or(0);
        let in_bounds = |index| {
            let word = words.get(self.shape.number_word(index) + 1);
            word.map(Entry::unpack).is_some_and(|entry| {
                (1..=LINE_BYTES).contains(&entry.length) && entry.end() <= self.shape.data_bytes
            })
        };
        newest <= self.head
            && lines <= self.shape.lines as u64
            // The last line says where the next one would begin.
            && (first.min(self.head.saturating_sub(1))..self.head).all(in_bounds)
    }

    fn place_of(&self, lane: &str) -> Option<usize> {
        self.names.iter().position(|name| name == lane)
    }
}

/// A file as 64-bit words.
struct Words<'b>(&'b [u8]);

impl Words<'_> {
    fn get(&self, word: usize) -> Option<u64> {
        let bytes = self.0.get(word * 8..)?.first_chunk()?;
        Some(u64::from_ne_bytes(*bytes))
    }

    fn name(&self, lane: usize) -> Option<String> {
        let bytes = self.0.get(name_word(lane) * 8..)?.get(..NAME_BYTES)?;
        let end = bytes.iter().position(|byte| *byte == 0);
        String::from_utf8(bytes[..end.unwrap_or(NAME_BYTES)].to_vec()).ok()
    }
}
