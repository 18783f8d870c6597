//! Remote sinks from their place in the builder to their running lanes.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::sync::Arc;

use crate::error::Error;
use crate::journal::Shared;
use crate::journal::builder::{Builder, Place, readers};
use crate::journal::directory::{Directory, SpoolDirectory};
use crate::remote::{self, Driver, RemoteLane, RemoteSink, Stock, millis};
use crate::ring::Reader;
use crate::sink::SinkSettings;
use crate::spool::store::{Files, InMemory};
use crate::spool::{Limits, Opened, Spool, Tail};

/// The bound of a spool in memory, where there is no directory.
const IN_MEMORY_BYTES: u64 = 1024 * 1024;

impl Builder {
    /// Adds a destination over a network. Every sink gets every event. In reports remote sinks come
    /// after the others.
    pub fn remote(mut self, sink: impl RemoteSink) -> Self {
        self.remotes.drivers.push(Box::new(sink));
        self
    }

    /// Where remote sinks take random numbers from, to spread their attempts.
    #[cfg(test)]
    pub(crate) fn dice(mut self, dice: fn() -> u64) -> Self {
        self.remotes.dice = dice;
        self
    }
}

/// The remote sinks that were added.
pub(crate) struct Remotes {
    drivers: Vec<Box<dyn Driver>>,
    dice: fn() -> u64,
}

impl Default for Remotes {
    fn default() -> Self {
        Self {
            drivers: Vec::new(),
            dice: random,
        }
    }
}

/// Their lanes, not yet running.
pub(crate) struct RemoteLanes(pub(crate) Vec<RemoteLane>);

impl Remotes {
    pub(crate) fn names(&self) -> Vec<&str> {
        self.drivers.iter().map(|driver| driver.name()).collect()
    }

    /// Opens the spool of each, and brings what is in it into the account.
    pub(in crate::journal) fn open(
        self,
        shared: &Arc<Shared>,
        first: usize,
        place: &Place,
    ) -> Result<RemoteLanes, Error> {
        let mut lanes = Vec::new();
        for (lane, driver) in (first..).zip(self.drivers) {
            let stock = open_stock(shared, lane, driver.as_ref(), place)?;
            lanes.push(RemoteLane::new(shared, lane, driver, stock, self.dice));
        }
        Ok(RemoteLanes(lanes))
    }
}

impl RemoteLanes {
    /// Starts the thread that drives them, if there are any.
    pub(crate) fn start(self) -> Result<(), Error> {
        let Some(first) = self.0.first() else {
            return Ok(());
        };
        let sink = first.name().to_owned();
        remote::start(self.0).map_err(|source| Error::Thread { sink, source })
    }
}

fn open_stock(
    shared: &Arc<Shared>,
    lane: usize,
    driver: &dyn Driver,
    place: &Place,
) -> Result<Stock, Error> {
    let settings = driver.settings();
    let max_age = settings.spool_max_age.as_millis();
    let limits = Limits {
        max_bytes: settings.spool_max_bytes,
        max_age_millis: u64::try_from(max_age).unwrap_or(u64::MAX),
    };
    let mut readers = readers(shared, lane);
    let now = millis(shared.now());
    let (opened, folder) = match &place.directory {
        Some(directory) => match on_disk(directory, &place.stamp, driver.name(), limits, now) {
            Err(error) if error.is_lack_of_room() => (in_memory(limits), None),
            opened => opened?,
        },
        None => (in_memory(limits), None),
    };
    skip_spilled(&mut readers[..shared.recovered_rings()], &opened.tail);
    let mut stock = Stock::new(shared, lane, readers, opened.spool, folder);
    stock.note_opened(&opened.lost);
    Ok(stock)
}

fn in_memory(limits: Limits) -> Opened {
    let limits = Limits {
        max_bytes: limits.max_bytes.min(IN_MEMORY_BYTES),
        ..limits
    };
    let opened = Spool::open(Box::new(InMemory::default()), limits);
    opened.expect("memory has no errors")
}

/// The spool that a dead process left, or a new one. More than one was left when several processes
/// died: the others are moved into the first.
fn on_disk(
    directory: &Directory,
    stamp: &str,
    lane: &str,
    limits: Limits,
    now_millis: u64,
) -> Result<(Opened, Option<SpoolDirectory>), Error> {
    let mut dead = directory.dead_spools(lane)?.into_iter();
    let folder = match dead.next() {
        Some(folder) => folder,
        None => directory.new_spool(stamp, lane)?,
    };
    let open = |folder: &SpoolDirectory| Spool::open(Box::new(Files::new(folder.path())), limits);
    let failed = |folder: &SpoolDirectory, source: io::Error| Error::Directory {
        path: folder.path(),
        source,
    };
    let mut opened = open(&folder).map_err(|source| failed(&folder, source))?;
    for other in dead {
        let more = open(&other).and_then(|more| opened.absorb(more, now_millis));
        more.map_err(|source| failed(&other, source))?;
        // What cannot be removed is found empty by the next process.
        let _ = other.remove();
    }
    Ok((opened, Some(folder)))
}

/// Passes events that a dead process had written into the spool, and not yet let go of in its rings.
fn skip_spilled(readers: &mut [Option<Reader>], tail: &Tail) {
    let one = SinkSettings {
        max_batch_events: 1,
        ..SinkSettings::default()
    };
    let mut records = Vec::new();
    for reader in readers.iter_mut().flatten() {
        loop {
            let bytes = reader.peek(&one, &mut records);
            let is_spilled = |record: &crate::sink::Record| tail.has(record.seq, bytes);
            if !records.first().is_some_and(is_spilled) {
                break;
            }
            reader.pass(1);
        }
    }
}

/// A random number: the hasher of the standard library is keyed anew each time.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
