//! The bytes of the journal: chunks of whole lines, numbered without holes, bounded in bytes.
//! Single-threaded; the lock around it is not its business.

use std::collections::VecDeque;

use rra_schema::Severity;
use rra_schema::limits::LINE_BYTES_MAX;

use crate::admission::mark;
use crate::loss::Reason;
use crate::sink::{BatchBuffer, Record, SinkSettings};

/// Largest chunk. Memory is taken and given back in pieces of this size.
const CHUNK_BYTES: usize = 256 * 1024;
/// The bound is split into at least this many chunks, so that a small journal frees room early.
const CHUNKS_AT_LEAST: usize = 16;

/// Lines between the slowest reader and the newest append.
#[derive(Debug)]
pub(crate) struct Store {
    chunks: VecDeque<Chunk>,
    spare: Option<Chunk>,
    /// One line while it is being written, so that a writer that panics or writes nonsense
    /// never touches what is already accepted.
    line: Vec<u8>,
    max_bytes: usize,
    chunk_bytes: usize,
    used_bytes: usize,
    next_seq: u64,
    appended_bytes: u64,
}

/// Lines side by side, and where each ends.
#[derive(Debug)]
struct Chunk {
    bytes: Vec<u8>,
    records: Vec<Record>,
    first_seq: u64,
}

impl Store {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self {
            chunks: VecDeque::new(),
            spare: None,
            line: Vec::new(),
            max_bytes,
            chunk_bytes: (max_bytes / CHUNKS_AT_LEAST).clamp(1, CHUNK_BYTES),
            used_bytes: 0,
            next_seq: 1,
            appended_bytes: 0,
        }
    }

    /// The number that the next accepted event will have.
    pub(crate) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Bytes held, book-keeping included.
    pub(crate) fn used_bytes(&self) -> usize {
        self.used_bytes
    }

    pub(crate) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Bytes of all lines ever accepted.
    pub(crate) fn appended_bytes(&self) -> u64 {
        self.appended_bytes
    }

    /// Lets `write` make the line of the next event and keeps it when there is room.
    pub(crate) fn append(
        &mut self,
        severity: Severity,
        write: &mut dyn FnMut(u64, &mut Vec<u8>),
    ) -> Result<u64, Reason> {
        let mark = mark(severity, self.max_bytes);
        // A full journal is noticed before the event is serialised.
        if self.used_bytes >= mark {
            return Err(Reason::QueueFull);
        }
        self.line.clear();
        write(self.next_seq, &mut self.line);
        check_line(&self.line)?;
        let cost = self.line.len() + size_of::<Record>();
        if self.used_bytes + cost > mark {
            return Err(Reason::QueueFull);
        }
        self.keep(severity);
        self.used_bytes += cost;
        self.appended_bytes += self.line.len() as u64;
        let seq = self.next_seq;
        self.next_seq += 1;
        Ok(seq)
    }

    /// Copies events from `seq` on into an empty buffer, as many as the settings allow.
    pub(crate) fn copy(&self, seq: u64, settings: &SinkSettings, buffer: &mut BatchBuffer) {
        buffer.start(seq);
        let behind = self.chunks.partition_point(|chunk| chunk.end_seq() <= seq);
        for chunk in self.chunks.range(behind..) {
            let skip = usize::try_from(seq.saturating_sub(chunk.first_seq)).unwrap_or(usize::MAX);
            for index in skip..chunk.records.len() {
                let line = chunk.line(index);
                if !buffer.fits(
                    line.len(),
                    settings.max_batch_bytes,
                    settings.max_batch_events,
                ) {
                    return;
                }
                buffer.push(line, chunk.records[index].severity);
            }
        }
    }

    /// Frees every chunk whose events all have numbers below `seq`. Returns whether any room was made.
    pub(crate) fn release(&mut self, seq: u64) -> bool {
        let before = self.used_bytes;
        while self
            .chunks
            .front()
            .is_some_and(|chunk| chunk.end_seq() <= seq)
        {
            if let Some(mut chunk) = self.chunks.pop_front() {
                self.used_bytes -= chunk.cost();
                chunk.bytes.clear();
                chunk.records.clear();
                // One chunk is kept for reuse: a steady flow allocates nothing. A chunk made for
                // one long line is larger than others and goes back to the allocator.
                if chunk.bytes.capacity() <= self.chunk_bytes {
                    self.spare = Some(chunk);
                }
            }
        }
        self.used_bytes < before
    }

    fn keep(&mut self, severity: Severity) {
        let length = self.line.len();
        let fits = |chunk: &Chunk| chunk.bytes.len() + length <= chunk.bytes.capacity();
        if !self.chunks.back().is_some_and(fits) {
            self.open_chunk(length);
        }
        let chunk = self
            .chunks
            .back_mut()
            .expect("a chunk was opened just above");
        chunk.bytes.extend_from_slice(&self.line);
        let end = u32::try_from(chunk.bytes.len()).expect("a chunk is at most 256 KiB or one line");
        chunk.records.push(Record { end, severity });
    }

    fn open_chunk(&mut self, line_bytes: usize) {
        let reusable = self
            .spare
            .take_if(|chunk| chunk.bytes.capacity() >= line_bytes);
        let mut chunk = reusable.unwrap_or_else(|| Chunk {
            bytes: Vec::with_capacity(self.chunk_bytes.max(line_bytes)),
            records: Vec::new(),
            first_seq: 0,
        });
        chunk.first_seq = self.next_seq;
        self.chunks.push_back(chunk);
    }
}

impl Chunk {
    /// The number after its last event.
    fn end_seq(&self) -> u64 {
        self.first_seq + self.records.len() as u64
    }

    fn cost(&self) -> usize {
        self.bytes.len() + self.records.len() * size_of::<Record>()
    }

    fn line(&self, index: usize) -> &[u8] {
        let start = match index {
            0 => 0,
            _ => self.records[index - 1].end as usize,
        };
        &self.bytes[start..self.records[index].end as usize]
    }
}

/// One line: not empty, one newline, at the end.
fn check_line(line: &[u8]) -> Result<(), Reason> {
    if line.len() > LINE_BYTES_MAX {
        return Err(Reason::Oversize);
    }
    match line.split_last() {
        Some((b'\n', text)) if !text.contains(&b'\n') => Ok(()),
        _ => Err(Reason::Invalid),
    }
}

#[cfg(test)]
mod tests;
