//! Out of the rings, into the spool: when the destination is slower than its events come, or away.
//! The rings are for everybody.

use super::super::hand::Hand;
use super::{Change, Health, Origin, Stock};
use crate::loss::Reason;
use crate::ring::Reader;
use crate::sink::{Batch, Earlier, Span};
use crate::spool::{Loss, Most};

/// How full a ring is, in eighths of what it may hold, with events of this lane.
const LAGGING_EIGHTHS: usize = 2;
/// As before, and soon events will be refused.
const PRESSED_EIGHTHS: usize = 5;

impl Stock {
    /// Whether a ring fills with events for this destination.
    pub(crate) fn is_lagging(&self) -> bool {
        self.is_over(LAGGING_EIGHTHS)
    }

    fn is_over(&self, eighths: usize) -> bool {
        let rings = &self.shared.rings;
        rings.iter().any(|ring| {
            let bytes = ring.backlog(self.lane).bytes;
            bytes > ring.shape().usable_bytes() / 8 * eighths
        })
    }

    /// Moves everything out of the rings into the spool. What is in the hand may be under way.
    pub(crate) fn spill(&mut self, hand: &Hand) {
        if let Err(cause) = self.spill_hand(hand).and_then(|()| self.spill_rings()) {
            self.commit(&Change {
                health: Some(Health::UpBut(format!("the spool: {cause}"))),
                ..Change::default()
            });
        }
    }

    /// Like [`Stock::spill`], with nothing under way: when the spool takes nothing and the rings are
    /// nearly full, what is in the hand is given up.
    pub(crate) fn spill_idle(&mut self, hand: &mut Hand) {
        self.spill(hand);
        let is_stuck = matches!(self.origin, Origin::Rings(_)) && self.is_over(PRESSED_EIGHTHS);
        if is_stuck {
            self.give_up(hand);
            self.spill(hand);
        }
    }

    /// Puts events of the spool back whose batch nobody has begun to answer: while they are held they
    /// cannot expire.
    pub(crate) fn release(&mut self, hand: &mut Hand) {
        if matches!(self.origin, Origin::Spool) && self.settled == 0 {
            self.spool.release();
            self.origin = Origin::Nowhere;
            hand.clear();
        }
    }

    /// The spool is empty when the hand is filled from the rings, so what is in the hand comes to lie
    /// at its front, and has room there.
    fn spill_hand(&mut self, hand: &Hand) -> std::io::Result<()> {
        let Origin::Rings(pieces) = &self.origin else {
            return Ok(());
        };
        let pieces = pieces.clone();
        let now = self.now_millis();
        let appended = self.spool.append(hand.lines(), now, false);
        if let Some(error) = appended.failed {
            self.spool.forget();
            return Err(error);
        }
        self.spool.hold_all();
        self.origin = Origin::Spool;
        // What was settled lies in the rings, and stays there.
        self.settled = 0;
        self.commit(&Change {
            passed: &pieces,
            losses: &appended.losses,
            ..Change::default()
        });
        Ok(())
    }

    fn spill_rings(&mut self) -> std::io::Result<()> {
        for ring in self.rings_in_turn() {
            let pressed = self.is_over(PRESSED_EIGHTHS);
            while self.spill_piece(ring, pressed)? {}
        }
        Ok(())
    }

    /// Moves the next lines of a ring; whether there were any.
    fn spill_piece(&mut self, ring: usize, pressed: bool) -> std::io::Result<bool> {
        let had_lines = self.readers[ring].as_ref().is_some_and(Reader::has_lines);
        let lines = self.look(ring, Most::BATCH);
        let now = self.now_millis();
        let Some(reader) = &self.readers[ring] else {
            return Ok(false);
        };
        if lines == 0 {
            // Damaged lines were given up, and others may follow.
            return Ok(had_lines);
        }
        let bytes = reader.peek(&super::settings(Most::BATCH), &mut self.records);
        let span = Span::new(ring, reader.cursor(), self.records.len());
        let batch = Batch::new(bytes, &self.records, span, Earlier::new(&[]));
        let appended = self.spool.append(batch.lines().take(lines), now, pressed);
        self.commit(&Change {
            passed: &[(ring, appended.events)],
            losses: &appended.losses,
            ..Change::default()
        });
        match appended.failed {
            Some(error) => Err(error),
            None => Ok(true),
        }
    }

    fn give_up(&mut self, hand: &mut Hand) {
        let Origin::Rings(pieces) = std::mem::replace(&mut self.origin, Origin::Nowhere) else {
            return;
        };
        let loss = |line: crate::sink::Line<'_>| Loss {
            reason: Reason::SpoolFull,
            severity: line.severity,
            count: 1,
            seqs: (line.seq, line.seq),
        };
        let losses: Vec<_> = hand.lines().map(loss).collect();
        self.settled = 0;
        self.commit(&Change {
            passed: &pieces,
            losses: &losses,
            ..Change::default()
        });
        hand.clear();
    }
}
