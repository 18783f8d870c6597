//! What a journal is made of, checked once at the start.

mod assembly;

use std::fmt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use rra_schema::limits::LINE_BYTES;

use super::Journal;
use super::remotes::Remotes;
use crate::admission::Overflow;
use crate::error::{Error, Refused};
use crate::loss::Gap;
use crate::report::Attempt;
use crate::sink::Sink;
pub(crate) use assembly::Assembled;
pub(super) use assembly::Place;
#[cfg(feature = "network")]
pub(super) use assembly::readers;

/// Writes a gap into the log.
pub(crate) type GapHook = Box<dyn Fn(&Journal, &Gap) -> Result<(), Refused> + Send + Sync>;

/// Is told of every attempt of a sink.
pub(crate) type AttemptHook = Box<dyn Fn(&Attempt<'_>) + Send + Sync>;

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
    pub(super) remotes: Remotes,
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
            remotes: Remotes::default(),
        }
    }
}

impl Builder {
    /// The smallest bound of a journal in bytes.
    pub const LEAST_BYTES: usize = 8 * LINE_BYTES;

    /// The bound in bytes, whatever the outage, tables included. Default: 8 MiB.
    ///
    /// The journal is made of rings of at least 1 MiB, eight at most, and a thread uses always the same
    /// one; a smaller journal is one ring. A ring takes memory once a thread uses it.
    /// Without a directory, each network sink keeps up to 1 MiB more while its destination is away.
    /// What a truncation or a failed sync took from a log file is held once more until it is written
    /// again.
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = Some(max_bytes);
        self
    }

    /// A private directory for the rings, made with mode 0700 if it is not there. With it
    /// everything accepted survives the end of the process, kill -9 included: the next journal in
    /// that directory delivers it. Default: none, and the rings are plain memory.
    ///
    /// A disk that is full at the start is no reason not to start: the rings are plain memory then, until
    /// the next start, and [`Journal::lacks_directory`] says so.
    ///
    /// Several processes may share a directory. On NFS a mapped file can vanish under the process,
    /// so use a local disk or tmpfs. Who removes the directory takes that promise with it, until the
    /// next journal starts.
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

    /// Starts one thread per sink, one for all remote sinks, and opens the journal. Without a sink the journal only numbers
    /// events.
    ///
    /// # Errors
    /// [`Error::TooSmall`], [`Error::SinkName`], [`Error::DuplicateSink`], [`Error::TooManySinks`],
    /// [`Error::Directory`], [`Error::DirectoryNotPrivate`], [`Error::Memory`] or [`Error::Thread`].
    pub fn start(self) -> Result<Journal, Error> {
        let Assembled {
            journal,
            lanes,
            remotes,
        } = self.assemble_all()?;
        for (name, lane) in lanes {
            thread::Builder::new()
                .name(format!("rra-sink-{name}"))
                .spawn(move || lane.run())
                .map_err(|source| Error::Thread { sink: name, source })?;
        }
        remotes.start()?;
        Ok(journal)
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
            .field("remotes", &self.remotes.names())
            .finish_non_exhaustive()
    }
}
