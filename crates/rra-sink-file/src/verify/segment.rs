//! One file of the chain: whether each of its lines follows the one before, and how it may join
//! others.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{Alteration, AlterationKind, Uncheckable};
use crate::chain::LineDigest;
use crate::lines::{Line, Lines};
use crate::wire::event_id;

/// What is known of a file after its lines went by.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) file: PathBuf,
    /// Whole lines.
    pub(super) lines: u64,
    /// Those before the first that carries a digest.
    pub(super) unchained: u64,
    /// The digest of the first line.
    pub(super) first: LineDigest,
    /// What the first line carries.
    pub(super) first_prev: Option<LineDigest>,
    /// The digest of the last line.
    pub(super) head: LineDigest,
    /// The file ends within a line.
    pub(super) is_cut: bool,
    pub(super) broken: Option<Broken>,
    /// Which of the wanted digests belong to lines of this file, but for the last line.
    pub(super) inside: HashSet<LineDigest>,
}

/// The first line that does not follow the one before it.
#[derive(Debug)]
pub(super) struct Broken {
    kind: AlterationKind,
    line: u64,
    offset: u64,
}

/// The digest that the first line of a file carries.
pub(super) fn first_prev(path: &Path) -> Option<LineDigest> {
    Lines::open(path).ok()?.next().ok()??.prev
}

impl Segment {
    /// Reads a file to its end.
    pub(super) fn read(path: &Path, wanted: &HashSet<LineDigest>) -> Result<Self, Uncheckable> {
        let mut lines = Lines::open(path)?;
        let mut segment = Self {
            file: path.to_owned(),
            lines: 0,
            unchained: 0,
            first: LineDigest::START,
            first_prev: None,
            head: LineDigest::START,
            is_cut: false,
            broken: None,
            inside: HashSet::new(),
        };
        loop {
            match lines.next() {
                Ok(Some(line)) => segment.add(&line, wanted),
                Ok(None) => break,
                Err(error) => {
                    segment.end_early(error, lines.offset())?;
                    return Ok(segment);
                }
            }
        }
        segment.is_cut = lines.fragment_bytes > 0;
        Ok(segment)
    }

    /// Whether there is nothing to judge in it: no line, or no more than a piece of one.
    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0 && self.broken.is_none()
    }

    /// Whether any of its lines is part of a chain.
    pub(super) fn is_chained(&self) -> bool {
        self.unchained < self.lines
    }

    /// Whether one of its lines has this digest, which must be among the wanted.
    pub(super) fn has(&self, digest: LineDigest) -> bool {
        self.head == digest || self.inside.contains(&digest)
    }

    /// Whether this file begins where the other has lines too, so that these must be the same.
    pub(super) fn shares_lines_of(&self, other: &Self) -> bool {
        let same_start = self.first_prev.filter(|prev| *prev != LineDigest::START);
        let inside = self
            .first_prev
            .is_some_and(|prev| other.inside.contains(&prev));
        inside
            || self.first == other.first
            || (same_start.is_some() && same_start == other.first_prev)
    }

    /// Where the file is broken, for people.
    pub(super) fn alteration(&self) -> Option<Alteration> {
        let broken = self.broken.as_ref()?;
        Some(self.alteration_at(broken.kind, broken.line, broken.offset))
    }

    /// Says that something is wrong with the first line.
    pub(super) fn altered_from_the_start(&self, kind: AlterationKind) -> Alteration {
        self.alteration_at(kind, 1, 0)
    }

    fn add(&mut self, line: &Line, wanted: &HashSet<LineDigest>) {
        if self.lines == 0 {
            self.first = line.digest;
            self.first_prev = line.prev;
        } else {
            if wanted.contains(&self.head) {
                self.inside.insert(self.head);
            }
            self.check(line);
        }
        if line.prev.is_none() && self.unchained == self.lines {
            self.unchained += 1;
        }
        self.lines += 1;
        self.head = line.digest;
    }

    fn check(&mut self, line: &Line) {
        let kind = match line.prev {
            Some(prev) if prev == self.head => return,
            Some(_) => AlterationKind::Link,
            None if self.is_chained() => AlterationKind::Unlinked,
            None => return,
        };
        self.break_at(kind, line.offset);
    }

    fn break_at(&mut self, kind: AlterationKind, offset: u64) {
        let line = self.lines + 1;
        self.broken.get_or_insert(Broken { kind, line, offset });
    }

    /// Reading failed: the file cannot be read, or what is compressed in it is cut or damaged.
    fn end_early(&mut self, error: io::Error, offset: u64) -> Result<(), Uncheckable> {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => self.is_cut = true,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                self.break_at(AlterationKind::Compression, offset);
            }
            _ => return Err(Uncheckable::Read(error)),
        }
        Ok(())
    }

    fn alteration_at(&self, kind: AlterationKind, line: u64, offset: u64) -> Alteration {
        let text = Lines::open(&self.file).ok();
        let text = text.and_then(|mut lines| lines.text_at(offset).ok());
        Alteration {
            kind,
            file: self.file.clone(),
            line,
            offset,
            event_id: text
                .and_then(|text| event_id(&text))
                .map(|id| id.to_string()),
        }
    }
}
