//! Reading: the events at the front, over all severities in the order in which they came. They stay
//! until they are passed.

use std::io;

use rra_schema::Severity;

use super::chain::{Chain, Position, START, Segment};
use super::record::{HEAD_BYTES, Head};
use super::{Loss, Spool};
use crate::loss::Reason;
use crate::remote::Hand;

/// How much to hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Most {
    pub(crate) bytes: usize,
    pub(crate) events: usize,
}

impl Most {
    /// What is moved at once from one place to another.
    pub(crate) const BATCH: Self = Self {
        bytes: 256 * 1024,
        events: 10_000,
    };
}

/// Events at the front that somebody has and has not passed.
#[derive(Debug)]
pub(super) struct Held {
    positions: [Position; Severity::ALL.len()],
    /// The place after them.
    upto: u64,
}

impl Held {
    /// The first file of that severity of which nothing is held.
    pub(super) fn first_free(&self, severity: Severity) -> usize {
        let Position { segment, read, .. } = self.positions[severity as usize];
        segment + usize::from(read > 0)
    }

    /// The file of which nothing was held is gone from the chain. What comes after it must not lie
    /// before the place that is held, or it would be passed unseen.
    pub(super) fn removed(&mut self, severity: Severity, chain: &Chain) {
        let position = &mut self.positions[severity as usize];
        if position.segment == chain.segments.len() {
            *position = chain.end();
        } else if position.read == 0 {
            position.offset = START;
        }
    }
}

impl Spool {
    /// Holds the events at the front, instead of those held before, and puts them into the hand if
    /// there is one. The first one is held however long it is.
    ///
    /// A file in which something else is found than was written is given up.
    pub(crate) fn hold(
        &mut self,
        most: Most,
        mut hand: Option<&mut Hand>,
    ) -> io::Result<Vec<Loss>> {
        let mut losses = Vec::new();
        loop {
            self.held = None;
            match self.walk(most, hand.as_deref_mut()) {
                Ok(held) => {
                    self.held = held;
                    return Ok(losses);
                }
                Err(Unreadable::Spoilt(severity)) => {
                    losses.extend(self.give_up(severity, 0, Reason::Damaged));
                }
                Err(Unreadable::Io(error)) => {
                    if let Some(hand) = hand {
                        hand.clear();
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Holds everything, without reading it.
    pub(crate) fn hold_all(&mut self) {
        self.held = Some(Held {
            positions: self.chains.each_ref().map(Chain::end),
            upto: self.next,
        });
    }

    /// Holds nothing any more.
    pub(crate) fn release(&mut self) {
        self.held = None;
    }

    /// Passes the events that are held: they will not be read again.
    pub(crate) fn pass(&mut self) -> io::Result<()> {
        let Some(held) = self.held.take() else {
            return Ok(());
        };
        let written = self.cursor.write(self.store.as_mut(), held.upto);
        for (chain, position) in self.chains.iter_mut().zip(held.positions) {
            for name in chain.pass(position) {
                // Found at the next start, it is before the cursor.
                let _ = self.store.remove(name);
            }
        }
        written
    }

    fn walk(
        &mut self,
        most: Most,
        mut hand: Option<&mut Hand>,
    ) -> Result<Option<Held>, Unreadable> {
        let mut reach = Held {
            positions: self.chains.each_ref().map(Chain::start),
            upto: self.cursor.place(),
        };
        let mut heads = [None; Severity::ALL.len()];
        for severity in Severity::ALL {
            heads[severity as usize] = self.head(severity, &mut reach)?;
        }
        let (mut events, mut bytes) = (0, 0);
        while events < most.events {
            let Some(head) = heads
                .iter()
                .flatten()
                .min_by_key(|head| head.index)
                .copied()
            else {
                break;
            };
            bytes += head.length;
            if events > 0 && bytes > most.bytes {
                break;
            }
            let position = &mut reach.positions[head.severity as usize];
            if let Some(hand) = hand.as_deref_mut() {
                let name = self.chains[head.severity as usize].segments[position.segment].name;
                let at = position.offset + HEAD_BYTES as u64;
                let line = hand.room(head.length, head.seq, head.severity);
                self.store.read(name, at, line).map_err(Unreadable::Io)?;
            }
            position.offset += head.record_bytes() as u64;
            position.read += 1;
            events += 1;
            reach.upto = head.index + 1;
            match self.head(head.severity, &mut reach) {
                Ok(next) => heads[head.severity as usize] = next,
                // What was read so far is good; the next hold begins here.
                Err(_) => break,
            }
        }
        Ok((events > 0).then_some(reach))
    }

    /// The next record of that severity.
    fn head(&mut self, severity: Severity, reach: &mut Held) -> Result<Option<Head>, Unreadable> {
        let chain = &self.chains[severity as usize];
        let position = &mut reach.positions[severity as usize];
        loop {
            *position = chain.settle(*position);
            let Some(segment) = chain.segments.get(position.segment) else {
                return Ok(None);
            };
            if position.offset >= segment.length {
                return Ok(None);
            }
            let mut bytes = [0; HEAD_BYTES];
            let read = self.store.read(segment.name, position.offset, &mut bytes);
            read.map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => Unreadable::Spoilt(severity),
                _ => Unreadable::Io(error),
            })?;
            let head = Head::decode(&bytes)
                .filter(|head| is_sound(head, severity, segment, position.offset));
            let head = head.ok_or(Unreadable::Spoilt(severity))?;
            if !segment.holes.contains(&position.offset) {
                return Ok(Some(head));
            }
            position.offset += head.record_bytes() as u64;
        }
    }
}

/// Why the front cannot be read.
enum Unreadable {
    /// The first file of that severity is not what was written.
    Spoilt(Severity),
    Io(io::Error),
}

fn is_sound(head: &Head, severity: Severity, segment: &Segment, offset: u64) -> bool {
    head.severity == severity && offset + head.record_bytes() as u64 <= segment.length
}
