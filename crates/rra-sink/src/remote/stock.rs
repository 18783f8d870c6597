//! Everything that waits for one remote sink: first its spool, then the rings. Takes events into the
//! hand of the lane, and moves what must not stay in the rings into the spool.
//!
//! An event stays where it is until it is delivered, given up, or written somewhere else, so that a
//! kill between any two steps loses none.

mod settle;
mod spill;

use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use super::hand::Hand;
use super::pace::Waiting;
use crate::journal::{Shared, SpoolDirectory, is_sound};
use crate::lane::Backlog;
use crate::loss::Reason;
use crate::ring::Reader;
use crate::sink::{Batch, Earlier, Record, SinkSettings, Span};
use crate::spool::{Loss, Most, Spool};

/// What waits for one sink.
pub(crate) struct Stock {
    shared: Arc<Shared>,
    /// Which lane of the journal this is.
    lane: usize,
    /// One for each ring in which this lane has a cursor.
    readers: Vec<Option<Reader>>,
    /// The ring to look at first.
    next_ring: usize,
    records: Vec<Record>,
    spool: Spool,
    /// Where the spool is; `None` in memory.
    folder: Option<SpoolDirectory>,
    /// Where the events in the hand lie.
    origin: Origin,
    /// Events of the batch in hand that are settled already.
    settled: u64,
}

/// Where the events in the hand lie, until all of them are settled.
#[derive(Debug)]
enum Origin {
    Nowhere,
    /// At the front of the spool.
    Spool,
    /// So many at the cursor of each of these rings.
    Rings(Vec<(usize, usize)>),
}

/// What happened to some events.
#[derive(Debug, Default)]
struct Change<'c> {
    /// So many lines in each of these rings need their place no more.
    passed: &'c [(usize, usize)],
    /// So many events arrived.
    arrived: u64,
    losses: &'c [Loss],
    health: Option<Health>,
}

/// How the destination is.
#[derive(Debug)]
enum Health {
    Up,
    /// It works, and something was wrong.
    UpBut(String),
    Down(String),
}

impl<'c> Change<'c> {
    fn lost(losses: &'c [Loss]) -> Self {
        Self {
            losses,
            ..Self::default()
        }
    }
}

impl Stock {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        lane: usize,
        readers: Vec<Option<Reader>>,
        spool: Spool,
        folder: Option<SpoolDirectory>,
    ) -> Self {
        Self {
            shared: Arc::clone(shared),
            lane,
            readers,
            next_ring: 0,
            records: Vec::new(),
            spool,
            folder,
            origin: Origin::Nowhere,
            settled: 0,
        }
    }

    /// Brings what was found in the spool into the account, before anything else is.
    pub(crate) fn note_opened(&mut self, lost: &[Loss]) {
        self.commit(&Change::lost(lost));
    }

    /// Nobody needs the folder of an empty spool.
    pub(super) fn close(&mut self) {
        if self.spool.events() == 0 {
            // What cannot be removed is found empty by the next process.
            let _ = self.folder.take().map(SpoolDirectory::remove);
        }
    }

    /// What there is to send, the hand included.
    pub(super) fn waiting(&self, hand: &Hand) -> Waiting {
        let in_rings = self.shared.backlog(self.lane);
        let older = hand.len() as u64 + self.spool.events();
        Waiting {
            events: older + in_rings.lines as u64,
            bytes: in_rings.bytes as u64,
            is_old: older > 0,
        }
    }

    /// Takes the next events into the hand, which is empty.
    ///
    /// # Errors
    /// When the spool cannot be read.
    pub(super) fn fill(&mut self, hand: &mut Hand, most: Most) -> io::Result<()> {
        let most = self.bounded(most);
        let damaged = self.spool.hold(most, Some(&mut *hand))?;
        self.commit(&Change::lost(&damaged));
        if hand.is_empty() {
            self.fill_from_rings(hand, most);
        } else {
            self.origin = Origin::Spool;
        }
        Ok(())
    }

    /// A hand must find room in an empty spool, whatever its lines are.
    fn bounded(&self, most: Most) -> Most {
        let part = usize::try_from(self.spool.max_bytes() / 4).unwrap_or(usize::MAX);
        Most {
            bytes: most.bytes.min(part),
            events: most.events.min(part / 64),
        }
    }

    fn fill_from_rings(&mut self, hand: &mut Hand, most: Most) {
        let mut pieces = Vec::new();
        for ring in self.rings_in_turn() {
            let left = Most {
                bytes: most.bytes.saturating_sub(hand.byte_count()),
                events: most.events - hand.len(),
            };
            if left.events == 0 {
                break;
            }
            let lines = self.look(ring, left);
            let Some(reader) = &self.readers[ring] else {
                continue;
            };
            let Some(last) = self.records[..lines].last() else {
                continue;
            };
            // The first line of a piece comes however long it is; others may have no room for it.
            if last.end as usize > left.bytes && !hand.is_empty() {
                continue;
            }
            let bytes = reader.peek(&settings(left), &mut self.records);
            hand.take(bytes, &self.records[..lines]);
            pieces.push((ring, lines));
            self.next_ring = ring + 1;
        }
        if !pieces.is_empty() {
            self.origin = Origin::Rings(pieces);
        }
    }

    /// The rings of dead processes first; then ours, another one first each time.
    fn rings_in_turn(&self) -> Vec<usize> {
        let dead = self.shared.recovered_rings();
        let own = self.readers.len() - dead;
        let turn = |step| dead + (self.next_ring + step) % own;
        (0..dead).chain((0..own).map(turn)).collect()
    }

    /// Reads the records at the cursor of a ring; how many of them may be sent. What is damaged at
    /// the front is given up.
    fn look(&mut self, ring: usize, most: Most) -> usize {
        let Some(reader) = &mut self.readers[ring] else {
            return 0;
        };
        let bytes = reader.peek(&settings(most), &mut self.records);
        if ring >= self.shared.recovered_rings() {
            return self.records.len();
        }
        let span = Span::new(ring, reader.cursor(), self.records.len());
        let batch = Batch::new(bytes, &self.records, span, Earlier::new(&[]));
        let sound = batch
            .lines()
            .take_while(|line| is_sound(line.bytes))
            .count();
        if sound > 0 {
            return sound;
        }
        let damaged = batch
            .lines()
            .take_while(|line| !is_sound(line.bytes))
            .count();
        let lost = &self.records[..damaged];
        let why = (Reason::Damaged, "the line was damaged in the journal");
        self.shared.give_up(self.lane, (ring, reader), lost, why);
        0
    }

    /// Gives up what has waited in the spool for too long.
    pub(super) fn expire(&mut self) {
        let losses = self.spool.expire(self.now_millis());
        if !losses.is_empty() {
            self.commit(&Change::lost(&losses));
        }
    }

    /// Brings what happened into the account, in one step.
    fn commit(&mut self, change: &Change<'_>) {
        let backlog = self.backlog();
        let now = self.shared.now();
        let mut account = self.shared.lane(self.lane).account();
        for (ring, lines) in change.passed {
            if let Some(reader) = &mut self.readers[*ring] {
                reader.pass(*lines);
            }
        }
        account.backlog = backlog;
        account.delivered(change.arrived, now);
        for loss in change.losses {
            account.lost(loss.reason, loss.severity, loss.count);
        }
        match &change.health {
            Some(Health::Up) => account.succeeded(now),
            Some(Health::UpBut(cause)) => {
                account.succeeded(now);
                account.last_error = Some(cause.clone());
            }
            Some(Health::Down(cause)) => account.failed(cause, now),
            None => {}
        }
        drop(account);
        self.shared.note_losses(self.lane, change.losses);
        self.shared.passed_some();
    }

    pub(crate) fn backlog(&self) -> Backlog {
        let (settled, settled_in_rings) = match self.origin {
            Origin::Spool => (self.settled, 0),
            Origin::Rings(_) => (0, self.settled),
            Origin::Nowhere => (0, 0),
        };
        Backlog {
            events: self.spool.events(),
            settled,
            settled_in_rings,
            bytes: self.spool.bytes(),
            max_bytes: self.spool.max_bytes(),
            oldest_millis: self.spool.oldest(),
            front: self.spool.front(),
            next: self.spool.next(),
            is_on_disk: self.folder.is_some(),
        }
    }

    fn now_millis(&self) -> u64 {
        millis(self.shared.now())
    }
}

/// Milliseconds since 1970; 0 before.
pub(crate) fn millis(time: SystemTime) -> u64 {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn settings(most: Most) -> SinkSettings {
    SinkSettings {
        max_batch_bytes: most.bytes,
        max_batch_events: most.events,
        ..SinkSettings::default()
    }
}
