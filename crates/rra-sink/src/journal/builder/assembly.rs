//! Puts the parts of a journal together: rings, spools, accounts, lanes. Nothing runs yet.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use super::Builder;
use crate::apart::Apart;
use crate::error::Error;
use crate::fork::Home;
use crate::journal::directory::{Directory, Found, RingFile};
use crate::journal::progress::Progress;
use crate::journal::remotes::RemoteLanes;
use crate::journal::shared::LaneState;
use crate::journal::{Journal, Shared};
use crate::lane::{Account, Bell, Lane};
use crate::receipt::Level;
use crate::ring::memory::Pages;
use crate::ring::shape::{LANES_MAX, NAME_BYTES, Shape};
use crate::ring::{Reader, Ring};
use crate::sink::Sink;

/// The size of a ring when nothing else is asked for, all of it.
const RING_BYTES: usize = 1024 * 1024;
/// Most rings of one journal, on a machine with fewer processors too: a thread that holds the lock of a
/// ring may have to wait for a processor, and those that share the ring wait with it. More threads than
/// so many do not emit in earnest at once.
const RINGS_MAX: usize = 8;

/// A journal and its lanes, not yet running.
pub(crate) struct Assembled {
    pub(crate) journal: Journal,
    pub(crate) lanes: Vec<(String, Lane)>,
    pub(crate) remotes: RemoteLanes,
}

impl Builder {
    /// The journal and the lanes of its local sinks.
    #[cfg(test)]
    pub(crate) fn assemble(self) -> Result<(Journal, Vec<(String, Lane)>), Error> {
        let assembled = self.assemble_all()?;
        Ok((assembled.journal, assembled.lanes))
    }

    pub(crate) fn assemble_all(self) -> Result<Assembled, Error> {
        let local = self.sinks.iter().map(Sink::name);
        let names: Vec<_> = local.chain(self.remotes.names()).collect();
        check_names(&names)?;
        let shape = self.shape()?;
        let home = Home::here().map_err(|source| Error::Memory { source })?;
        let now = (self.clock)();
        let mut place = Place::open(self.directory.as_deref(), now)?;
        let rings = place.rings(shape, &names)?;
        let no_room = place.no_room.take();
        let lanes = names.iter().enumerate().map(|(lane, name)| LaneState {
            // What is beyond the machine vouches for nothing.
            level: self.sinks.get(lane).map_or(Level::Accepted, Sink::level),
            account: Mutex::new(Account::new(name, now)),
            bell: Bell::default(),
        });
        let shared = Arc::new(Shared {
            home,
            recovered: rings.recovered,
            damaged: rings.damaged,
            is_on_disk: place.directory.is_some() && no_room.is_none(),
            no_room,
            files: Mutex::new(rings.files),
            rings: rings.all,
            next_seq: Apart(AtomicU64::new(1)),
            lanes: lanes.collect(),
            progress: Progress::default(),
            overflow: self.overflow,
            patience: self.patience,
            clock: self.clock,
            on_gap: self.on_gap,
            on_attempt: self.on_attempt,
            has_gaps: AtomicBool::new(false),
            refused_inside: Mutex::default(),
            is_closed: AtomicBool::new(false),
            drain_until: Mutex::new(None),
            handles: AtomicUsize::new(0),
        });
        let remotes = self.remotes.open(&shared, self.sinks.len(), &place)?;
        shared.note_recovered();
        let lanes = self.sinks.into_iter().enumerate().map(|(index, sink)| {
            let name = sink.name().to_owned();
            (
                name,
                Lane::new(&shared, index, sink, readers(&shared, index)),
            )
        });
        let lanes = lanes.collect();
        Ok(Assembled {
            journal: Journal::of(&shared),
            lanes,
            remotes,
        })
    }

    /// How many rings, and the shape of each.
    fn shape(&self) -> Result<(usize, Shape), Error> {
        let max_bytes = self.max_bytes.unwrap_or(RINGS_MAX * RING_BYTES);
        if max_bytes < Self::LEAST_BYTES {
            return Err(Error::TooSmall {
                max_bytes,
                least_bytes: Self::LEAST_BYTES,
            });
        }
        let count = (max_bytes / RING_BYTES).clamp(1, RINGS_MAX);
        // Places in a ring fit 32 bits.
        let ring_bytes = (max_bytes / count).min(1 << 30);
        Ok((count, Shape::within(ring_bytes)))
    }
}

/// The readers of a lane, one for each ring in which it has a cursor.
pub(in crate::journal) fn readers(shared: &Shared, lane: usize) -> Vec<Option<Reader>> {
    let rings = shared.rings.iter();
    rings.map(|ring| Reader::new(ring, lane)).collect()
}

/// Where a journal keeps what outlives its process.
#[derive(Debug)]
pub(in crate::journal) struct Place {
    /// Locked until the journal is assembled.
    pub(in crate::journal) directory: Option<Directory>,
    /// What the names of this process's files begin with.
    pub(in crate::journal) stamp: String,
    /// Why there is no directory although one was asked for, or no ring of ours in it.
    no_room: Option<Error>,
}

impl Place {
    fn open(path: Option<&std::path::Path>, now: SystemTime) -> Result<Self, Error> {
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH);
        let start = since_1970.unwrap_or_default().as_nanos();
        let opened = path.map(Directory::open).transpose();
        let (directory, no_room) = unless_full(opened, || None)?;
        Ok(Self {
            directory,
            stamp: format!("{start:020}-{}", std::process::id()),
            no_room,
        })
    }

    fn rings(&mut self, (count, shape): (usize, Shape), lanes: &[&str]) -> Result<Rings, Error> {
        let Some(directory) = &self.directory else {
            let mut plain = Rings::default();
            plain.push_plain(count, shape, lanes.len())?;
            return Ok(plain);
        };
        let Found { rings, damaged } = directory.dead_rings(lanes)?;
        let mut found = Rings {
            recovered: rings.len(),
            damaged,
            ..Rings::default()
        };
        for (ring, file) in rings {
            found.push(ring, Some(file));
        }
        let made = self.new_rings(directory, (count, shape), lanes);
        let (made, no_room) = unless_full(made, Vec::new)?;
        if no_room.is_some() {
            found.push_plain(count, shape, lanes.len())?;
        }
        for (ring, file) in made {
            found.push(ring, Some(file));
        }
        self.no_room = no_room;
        Ok(found)
    }

    /// All of them or none: what is left of some would take the room of the log.
    fn new_rings(
        &self,
        directory: &Directory,
        (count, shape): (usize, Shape),
        lanes: &[&str],
    ) -> Result<Vec<(Ring, RingFile)>, Error> {
        let mut made = Vec::new();
        for number in 0..count {
            let name = format!("{}-{number}", self.stamp);
            match directory.new_ring(&name, shape, lanes) {
                Ok(ring) => made.push(ring),
                Err(error) => {
                    // What cannot be removed is found empty at the next start, and removed then.
                    for (_, file) in made {
                        let _ = file.remove();
                    }
                    return Err(error);
                }
            }
        }
        Ok(made)
    }
}

/// What was made, or what there is in its place where the disk had no room for it, and the error that
/// said so.
fn unless_full<T>(
    made: Result<T, Error>,
    instead: impl FnOnce() -> T,
) -> Result<(T, Option<Error>), Error> {
    match made {
        Ok(made) => Ok((made, None)),
        Err(error) if error.is_lack_of_room() => Ok((instead(), Some(error))),
        Err(error) => Err(error),
    }
}

/// The rings of a journal, those of dead processes first, and their files.
#[derive(Default)]
struct Rings {
    all: Vec<Arc<Ring>>,
    files: Vec<Option<RingFile>>,
    recovered: usize,
    damaged: Vec<PathBuf>,
}

impl Rings {
    fn push_plain(&mut self, count: usize, shape: Shape, lanes: usize) -> Result<(), Error> {
        for _ in 0..count {
            let memory = Pages::plain(shape.words(), shape.data_bytes);
            let memory = memory.map_err(|source| Error::Memory { source })?;
            let cursors = (0..lanes).map(Some).collect();
            self.push(Ring::new(memory, shape, cursors), None);
        }
        Ok(())
    }

    fn push(&mut self, ring: Ring, file: Option<RingFile>) {
        self.all.push(Arc::new(ring));
        self.files.push(file);
    }
}

fn check_names(names: &[&str]) -> Result<(), Error> {
    if names.len() > LANES_MAX {
        return Err(Error::TooManySinks {
            sinks: names.len(),
            most: LANES_MAX,
        });
    }
    for (index, name) in names.iter().enumerate() {
        let name = (*name).to_owned();
        // It is the name of a folder too.
        if name.is_empty() || name.len() > NAME_BYTES || name.contains(['\0', '/']) {
            return Err(Error::SinkName { name });
        }
        if names[..index].contains(&name.as_str()) {
            return Err(Error::DuplicateSink { name });
        }
    }
    Ok(())
}
