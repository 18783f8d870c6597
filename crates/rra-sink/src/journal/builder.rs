//! What a journal is made of, checked once at the start.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::thread::{self, available_parallelism};
use std::time::{Duration, SystemTime};

use rra_schema::limits::LINE_BYTES;

use super::directory::{Directory, Found, RingFile};
use super::progress::Progress;
use super::shared::LaneState;
use super::{Journal, Shared};
use crate::admission::Overflow;
use crate::error::{Error, Refused};
use crate::fork::Home;
use crate::lane::{Account, Bell, Lane};
use crate::loss::Gap;
use crate::report::Attempt;
use crate::ring::memory::Pages;
use crate::ring::shape::{LANES_MAX, NAME_BYTES, Shape};
use crate::ring::{Reader, Ring};
use crate::sink::Sink;

/// Writes a gap into the log.
pub(crate) type GapHook = Box<dyn Fn(&Journal, &Gap) -> Result<(), Refused> + Send + Sync>;

/// Is told of every attempt of a sink.
pub(crate) type AttemptHook = Box<dyn Fn(&Attempt<'_>) + Send + Sync>;

/// The size of a ring when nothing else is asked for.
const RING_BYTES: usize = 1024 * 1024;
/// Most rings of one journal: more than so many threads at once do not emit in earnest.
const RINGS_MAX: usize = 8;

/// The description of a journal that [`Builder::start`] starts.
pub struct Builder {
    max_bytes: Option<usize>,
    directory: Option<PathBuf>,
    overflow: Overflow,
    patience: Duration,
    clock: fn() -> SystemTime,
    on_gap: Option<GapHook>,
    on_attempt: Option<AttemptHook>,
    sinks: Vec<Box<dyn Sink>>,
}

impl Default for Builder {
    #[expect(
        clippy::disallowed_methods,
        reason = "the default of the injected clock"
    )]
    fn default() -> Self {
        Self {
            max_bytes: None,
            directory: None,
            overflow: Overflow::default(),
            patience: Duration::from_millis(50),
            clock: SystemTime::now,
            on_gap: None,
            on_attempt: None,
            sinks: Vec::new(),
        }
    }
}

impl Builder {
    /// The smallest bound of a journal in bytes.
    pub const LEAST_BYTES: usize = 8 * LINE_BYTES;

    /// The bound in bytes, whatever the outage. Default: 1 MiB for each CPU, at most 8.
    ///
    /// The journal is made of rings of at least 1 MiB, one for each CPU at most, and a thread uses
    /// always the same one; a smaller journal is one ring.
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = Some(max_bytes);
        self
    }

    /// A private directory for the rings, made with mode 0700 if it is not there. With it
    /// everything accepted survives the end of the process, kill -9 included: the next journal in
    /// that directory delivers it. Default: none, and the rings are plain memory.
    ///
    /// Several processes may share a directory. On NFS a mapped file can vanish under the process,
    /// so use a local disk or tmpfs.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// What happens to events that find no room. Default [`Overflow::Shed`].
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// How long an event that may wait for room does so. Default 50 ms.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Where [`Health::since`](crate::Health::since) is read from. Default: the system's clock.
    pub fn clock(mut self, clock: fn() -> SystemTime) -> Self {
        self.clock = clock;
        self
    }

    /// Called when events were lost and there is room again, to append a line that says so. When
    /// that line is refused the gap is kept and offered later. Runs on the thread of a lane.
    pub fn on_gap(
        mut self,
        hook: impl Fn(&Journal, &Gap) -> Result<(), Refused> + Send + Sync + 'static,
    ) -> Self {
        self.on_gap = Some(Box::new(hook));
        self
    }

    /// Called after each attempt of a sink to deliver or sync, to measure it. Runs on the thread of a
    /// lane, which waits for it.
    pub fn on_attempt(mut self, hook: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.on_attempt = Some(Box::new(hook));
        self
    }

    /// Adds a destination. Every sink gets every event.
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// Starts one thread per sink and opens the journal. Without a sink the journal only numbers
    /// events.
    ///
    /// # Errors
    /// [`Error::TooSmall`], [`Error::SinkName`], [`Error::DuplicateSink`], [`Error::TooManySinks`],
    /// [`Error::Directory`], [`Error::DirectoryNotPrivate`], [`Error::Memory`] or [`Error::Thread`].
    pub fn start(self) -> Result<Journal, Error> {
        let (journal, lanes) = self.assemble()?;
        for (name, lane) in lanes {
            thread::Builder::new()
                .name(format!("rra-sink-{name}"))
                .spawn(move || lane.run())
                .map_err(|source| Error::Thread { sink: name, source })?;
        }
        Ok(journal)
    }

    /// The journal and its lanes, not yet running.
    pub(crate) fn assemble(self) -> Result<(Journal, Vec<(String, Lane)>), Error> {
        check_sinks(&self.sinks)?;
        let shape = self.shape()?;
        let home = Home::here().map_err(|source| Error::Memory { source })?;
        let names: Vec<_> = self.sinks.iter().map(Sink::name).collect();
        let rings = self.rings(shape, &names)?;
        let now = (self.clock)();
        let lanes = self.sinks.iter().map(|sink| LaneState {
            level: sink.level(),
            account: Mutex::new(Account::new(sink.as_ref(), now)),
            bell: Bell::default(),
        });
        let shared = Arc::new(Shared {
            home,
            recovered: rings.recovered,
            damaged: rings.damaged,
            files: Mutex::new(rings.files),
            rings: rings.all,
            next_seq: AtomicU64::new(1),
            lanes: lanes.collect(),
            progress: Progress::default(),
            overflow: self.overflow,
            patience: self.patience,
            clock: self.clock,
            on_gap: self.on_gap,
            on_attempt: self.on_attempt,
            has_gaps: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            drain_until: Mutex::new(None),
            handles: AtomicUsize::new(0),
        });
        shared.note_recovered();
        let lanes = self.sinks.into_iter().enumerate().map(|(index, sink)| {
            let name = sink.name().to_owned();
            let readers = shared.rings.iter().map(|ring| Reader::new(ring, index));
            (name, Lane::new(&shared, index, sink, readers.collect()))
        });
        let lanes = lanes.collect();
        Ok((Journal::of(&shared), lanes))
    }

    /// The shape of each ring.
    fn shape(&self) -> Result<(usize, Shape), Error> {
        let cpus = available_parallelism()
            .map_or(1, usize::from)
            .min(RINGS_MAX);
        let max_bytes = self.max_bytes.unwrap_or(cpus * RING_BYTES);
        if max_bytes < Self::LEAST_BYTES {
            return Err(Error::TooSmall {
                max_bytes,
                least_bytes: Self::LEAST_BYTES,
            });
        }
        let count = (max_bytes / RING_BYTES).clamp(1, cpus);
        // A power of two, so that a thread finds its ring without a division.
        let count = 1 << count.ilog2();
        // Places in a ring fit 32 bits.
        let ring_bytes = (max_bytes / count).min(1 << 30);
        Ok((count, Shape::new(ring_bytes)))
    }

    fn rings(&self, (count, shape): (usize, Shape), lanes: &[&str]) -> Result<Rings, Error> {
        let Some(path) = &self.directory else {
            return Rings::plain(count, shape, lanes.len());
        };
        let since_1970 = (self.clock)().duration_since(SystemTime::UNIX_EPOCH);
        let start = since_1970.unwrap_or_default().as_nanos();
        let directory = Directory::open(path)?;
        let Found { rings, damaged } = directory.dead_rings(lanes)?;
        let mut found = Rings {
            recovered: rings.len(),
            damaged,
            ..Rings::default()
        };
        for (ring, file) in rings {
            found.push(ring, Some(file));
        }
        for number in 0..count {
            let name = format!("{start:020}-{}-{number}", std::process::id());
            let (ring, file) = directory.new_ring(&name, shape, lanes)?;
            found.push(ring, Some(file));
        }
        Ok(found)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sinks: Vec<_> = self.sinks.iter().map(Sink::name).collect();
        f.debug_struct("Builder")
            .field("max_bytes", &self.max_bytes)
            .field("directory", &self.directory)
            .field("overflow", &self.overflow)
            .field("patience", &self.patience)
            .field("sinks", &sinks)
            .finish_non_exhaustive()
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
    fn plain(count: usize, shape: Shape, lanes: usize) -> Result<Self, Error> {
        let mut rings = Self::default();
        for _ in 0..count {
            let memory = Pages::plain(shape.words(), shape.data_bytes);
            let memory = memory.map_err(|source| Error::Memory { source })?;
            rings.push(
                Ring::new(memory, shape, (0..lanes).map(Some).collect()),
                None,
            );
        }
        Ok(rings)
    }

    fn push(&mut self, ring: Ring, file: Option<RingFile>) {
        self.all.push(Arc::new(ring));
        self.files.push(file);
    }
}

fn check_sinks(sinks: &[Box<dyn Sink>]) -> Result<(), Error> {
    if sinks.len() > LANES_MAX {
        return Err(Error::TooManySinks {
            sinks: sinks.len(),
            most: LANES_MAX,
        });
    }
    for (index, sink) in sinks.iter().enumerate() {
        let name = sink.name().to_owned();
        if name.is_empty() || name.len() > NAME_BYTES || name.contains('\0') {
            return Err(Error::SinkName { name });
        }
        if sinks[..index].iter().any(|other| other.name() == name) {
            return Err(Error::DuplicateSink { name });
        }
    }
    Ok(())
}
