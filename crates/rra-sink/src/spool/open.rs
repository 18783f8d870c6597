//! What an earlier process left in a spool: everything is read once, torn ends are cut, damaged
//! records are counted and skipped.

use std::collections::HashSet;
use std::io;

use rra_schema::Severity;

use super::chain::{START, Segment};
use super::record::{Found, Head, MAGIC, examine};
use super::store::{Name, Store};
use super::{Chain, Cursor, Limits, Loss, Most, Spool};
use crate::loss::Reason;
use crate::remote::Hand;

/// A spool and what was found out about it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) spool: Spool,
    /// What was damaged, or found no room.
    pub(crate) lost: Vec<Loss>,
    pub(crate) tail: Tail,
}

/// The events that came last: a process that died may have had them in a ring still.
#[derive(Debug, Default)]
pub(crate) struct Tail(HashSet<(u64, u32)>);

/// What is in one file.
struct Scan {
    segment: Segment,
    /// Where the first record begins that was not passed.
    offset: u64,
    damaged: u64,
    /// The place after the last record.
    next: u64,
    /// Where the records end, if something else follows.
    cut_at: Option<u64>,
}

impl Spool {
    /// Opens what is in the store.
    pub(crate) fn open(mut store: Box<dyn Store>, limits: Limits) -> io::Result<Opened> {
        let limits = Limits {
            max_bytes: limits.max_bytes.max(Limits::LEAST_BYTES),
            ..limits
        };
        let cursor = Cursor::read(store.as_mut())?;
        let mut spool = Self {
            next: cursor.place(),
            limits,
            cursor,
            chains: [const { Chain::NEW }; Severity::ALL.len()],
            held: None,
            run: Vec::new(),
            store,
        };
        let mut names = spool.store.names()?;
        names.sort();
        let (mut lost, mut recent) = (Vec::new(), Vec::new());
        for name in names {
            lost.extend(spool.take_in(name, &mut recent)?);
        }
        let first = spool.next.saturating_sub(Most::BATCH.events as u64);
        let tail = recent.into_iter().filter(|(index, ..)| *index >= first);
        Ok(Opened {
            tail: Tail(tail.map(|(_, seq, crc)| (seq, crc)).collect()),
            lost,
            spool,
        })
    }

    /// Takes a file in, or removes it when nobody needs it; what is damaged there.
    fn take_in(
        &mut self,
        name: Name,
        recent: &mut Vec<(u64, u64, u32)>,
    ) -> io::Result<Option<Loss>> {
        let bytes = self.store.read_all(name)?;
        if !bytes.starts_with(&MAGIC) {
            return self.refuse(name, &bytes);
        }
        let scan = scan(name, &bytes, self.cursor.place(), recent);
        self.next = self.next.max(scan.next);
        if let Some(at) = scan.cut_at {
            self.store.cut(name, at)?;
        }
        let Segment { seqs, events, .. } = scan.segment;
        if events == 0 {
            self.store.remove(name)?;
        } else {
            let chain = &mut self.chains[name.severity as usize];
            if chain.segments.is_empty() {
                chain.offset = scan.offset;
            }
            chain.segments.push_back(scan.segment);
        }
        Ok((scan.damaged > 0).then_some(Loss {
            reason: Reason::Damaged,
            severity: name.severity,
            count: scan.damaged,
            // The numbers around them, if any are known.
            seqs: if events == 0 { (0, 0) } else { seqs },
        }))
    }

    /// Deals with a file that does not begin as ours do. Nobody knows how much was in it.
    fn refuse(&mut self, name: Name, bytes: &[u8]) -> io::Result<Option<Loss>> {
        if MAGIC.starts_with(bytes) {
            // Its process died before it had written a record.
            self.store.remove(name)?;
            return Ok(None);
        }
        self.store.put_aside(name)?;
        Ok(Some(Loss {
            reason: Reason::Damaged,
            severity: name.severity,
            count: 1,
            seqs: (0, 0),
        }))
    }
}

impl Opened {
    /// Moves everything of another spool into this one: it was left by one more dead process. Age
    /// counts anew.
    pub(crate) fn absorb(&mut self, mut other: Self, now_millis: u64) -> io::Result<()> {
        let mut lines = Hand::default();
        loop {
            let damaged = other.spool.hold(Most::BATCH, Some(&mut lines))?;
            self.lost.extend(damaged);
            if lines.is_empty() {
                break;
            }
            let appended = self.spool.append(lines.lines(), now_millis, true);
            self.lost.extend(appended.losses);
            other.spool.pass()?;
            lines.clear();
        }
        self.lost.extend(other.lost);
        self.tail.0.extend(other.tail.0);
        Ok(())
    }
}

impl Tail {
    /// Whether this line is one of them.
    pub(crate) fn has(&self, seq: u64, line: &[u8]) -> bool {
        !self.0.is_empty() && self.0.contains(&(seq, crc32c::crc32c(line)))
    }
}

fn scan(name: Name, bytes: &[u8], passed: u64, recent: &mut Vec<(u64, u64, u32)>) -> Scan {
    let mut scan = Scan {
        segment: Segment {
            name,
            length: bytes.len() as u64,
            events: 0,
            seqs: (u64::MAX, 0),
            millis: (u64::MAX, 0),
            holes: Vec::new(),
        },
        offset: START,
        damaged: 0,
        next: 0,
        cut_at: None,
    };
    let mut at = MAGIC.len();
    while at < bytes.len() {
        let place = at as u64;
        match examine(&bytes[at..]) {
            Found::Whole(head, line) => {
                at += head.record_bytes();
                scan.note(&head, at as u64, passed);
                recent.push((head.index, head.seq, crc32c::crc32c(line)));
            }
            Found::Damaged(length) => {
                at += length;
                scan.damaged += 1;
                scan.segment.holes.push(place);
            }
            Found::Torn => {
                scan.end(place);
                break;
            }
            Found::Nonsense => {
                scan.damaged += 1;
                scan.end(place);
                break;
            }
        }
    }
    scan
}

impl Scan {
    fn note(&mut self, head: &Head, end: u64, passed: u64) {
        self.next = head.index + 1;
        if head.index <= passed {
            // Whatever is before it was passed.
            self.offset = end - head.record_bytes() as u64;
            self.damaged = 0;
            self.segment.holes.clear();
        }
        if head.index < passed {
            self.offset = end;
            return;
        }
        let Segment {
            events,
            seqs,
            millis,
            ..
        } = &mut self.segment;
        *events += 1;
        *seqs = (seqs.0.min(head.seq), seqs.1.max(head.seq));
        *millis = (millis.0.min(head.millis), millis.1.max(head.millis));
    }

    fn end(&mut self, at: u64) {
        self.segment.length = at;
        self.cut_at = Some(at);
    }
}
