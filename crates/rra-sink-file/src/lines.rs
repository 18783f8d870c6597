//! The lines of one file, one digest at a time, whatever their length. Compressed files are known
//! by their first bytes, because a name says nothing about what is in a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};

use crate::chain::{LINK_BYTES, LineDigest, prev_of};
use crate::verify::Uncheckable;

/// How much of a line is held at once.
const PIECE_BYTES: u64 = 64 * 1024;
/// How much is read at once: below the size from which allocators map memory afresh each time.
const BUFFER_BYTES: usize = 64 * 1024;
/// The first bytes of every gzip file (RFC 1952, 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Those of zstd (RFC 8878, 3.1.1), xz and bzip2, which a log never begins with.
const OTHERS: [&[u8]; 3] = [&[0x28, 0xb5, 0x2f, 0xfd], b"\xfd7zXZ\0", b"BZh"];
/// The longest of them.
const MAGIC_BYTES: u64 = 6;

/// One line that ends in a newline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// Where it begins.
    pub(crate) offset: u64,
    pub(crate) digest: LineDigest,
    /// The digest it carries.
    pub(crate) prev: Option<LineDigest>,
}

/// The lines of a file.
pub(crate) struct Lines {
    source: Box<dyn BufRead>,
    offset: u64,
    piece: Vec<u8>,
    /// Bytes behind the last newline, known when the lines are over.
    pub(crate) fragment_bytes: u64,
}

impl Lines {
    /// Opens a file, without waiting for a pipe.
    pub(crate) fn open(path: &Path) -> Result<Self, Uncheckable> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|error| Uncheckable::Read(error.into()))?;
        let mut file = File::from(file);
        if !file.metadata().map_err(Uncheckable::Read)?.is_file() {
            return Err(Uncheckable::NotAFile);
        }
        let mut start = Vec::new();
        let read = (&mut file).take(MAGIC_BYTES).read_to_end(&mut start);
        read.and_then(|_| file.rewind())
            .map_err(Uncheckable::Read)?;
        if OTHERS.iter().any(|magic| start.starts_with(magic)) {
            return Err(Uncheckable::Packed);
        }
        let is_gzip = start.starts_with(GZIP);
        let plain = BufReader::with_capacity(BUFFER_BYTES, file);
        let source: Box<dyn BufRead> = if is_gzip {
            Box::new(BufReader::with_capacity(
                BUFFER_BYTES,
                MultiGzDecoder::new(plain),
            ))
        } else {
            Box::new(plain)
        };
        Ok(Self {
            source,
            offset: 0,
            piece: Vec::new(),
            fragment_bytes: 0,
        })
    }

    /// The next line; `None` after the last one that is whole.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        let offset = self.offset;
        let mut hasher = Sha256::new();
        let mut end = Vec::new();
        loop {
            self.piece.clear();
            let piece = &mut self.piece;
            let count = (&mut self.source)
                .take(PIECE_BYTES)
                .read_until(b'\n', piece)?;
            self.offset += count as u64;
            let is_last = piece.pop_if(|byte| *byte == b'\n').is_some();
            hasher.update(&piece);
            keep_end(&mut end, piece);
            if is_last {
                return Ok(Some(Line {
                    offset,
                    digest: LineDigest::finish(hasher),
                    prev: prev_of(&end),
                }));
            }
            if count == 0 {
                self.fragment_bytes = self.offset - offset;
                return Ok(None);
            }
        }
    }

    /// Where reading has come to.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Moves on to that place and returns the beginning of the line there.
    pub(crate) fn text_at(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let distance = offset.saturating_sub(self.offset);
        io::copy(&mut (&mut self.source).take(distance), &mut io::sink())?;
        let mut text = Vec::new();
        (&mut self.source)
            .take(PIECE_BYTES)
            .read_until(b'\n', &mut text)?;
        Ok(text)
    }
}

/// Appends the piece and keeps the last bytes that may be a link.
fn keep_end(end: &mut Vec<u8>, piece: &[u8]) {
    if end.is_empty() {
        end.extend_from_slice(&piece[piece.len().saturating_sub(LINK_BYTES)..]);
        return;
    }
    end.extend_from_slice(piece);
    let surplus = end.len().saturating_sub(LINK_BYTES);
    end.drain(..surplus);
}
