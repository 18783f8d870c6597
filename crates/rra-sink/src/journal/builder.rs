//! What a journal is made of, checked once at the start.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use rra_schema::limits::LINE_BYTES_MAX;

use super::{Journal, Shared};
use crate::admission::Overflow;
use crate::error::{Error, Refused};
use crate::lane::{Account, Lane};
use crate::loss::Gap;
use crate::sink::Sink;

/// Writes a gap into the log.
pub(crate) type GapHook = Box<dyn Fn(&Journal, &Gap) -> Result<(), Refused> + Send + Sync>;

/// The description of a journal that [`Builder::start`] starts.
pub struct Builder {
    max_bytes: usize,
    overflow: Overflow,
    patience: Duration,
    clock: fn() -> SystemTime,
    on_gap: Option<GapHook>,
    sinks: Vec<Box<dyn Sink>>,
}

impl Default for Builder {
    #[expect(
        clippy::disallowed_methods,
        reason = "the default of the injected clock"
    )]
    fn default() -> Self {
        Self {
            max_bytes: 4 * 1024 * 1024,
            overflow: Overflow::default(),
            patience: Duration::from_millis(50),
            clock: SystemTime::now,
            on_gap: None,
            sinks: Vec::new(),
        }
    }
}

impl Builder {
    /// The bound in bytes, whatever the outage. Default 4 MiB.
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
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

    /// Adds a destination. Every sink gets every event.
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// Starts one thread per sink and opens the journal. Without a sink the journal only numbers
    /// events.
    ///
    /// # Errors
    /// [`Error::TooSmall`], [`Error::DuplicateSink`] or [`Error::Thread`].
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
        // Info may use three quarters of the journal, and even its longest line must fit there.
        let least_bytes = 2 * LINE_BYTES_MAX;
        if self.max_bytes < least_bytes {
            return Err(Error::TooSmall {
                max_bytes: self.max_bytes,
                least_bytes,
            });
        }
        check_names(&self.sinks)?;
        let now = (self.clock)();
        let first_seq = 1;
        let accounts = self
            .sinks
            .iter()
            .map(|sink| Account::new(sink.as_ref(), first_seq, now))
            .collect();
        let shared = Arc::new(Shared::new(
            self.max_bytes,
            self.overflow,
            self.patience,
            self.clock,
            self.on_gap,
            accounts,
        ));
        let lanes = self.sinks.into_iter().enumerate().map(|(index, sink)| {
            let name = sink.name().to_owned();
            (name, Lane::new(Arc::clone(&shared), index, sink))
        });
        let lanes = lanes.collect();
        Ok((Journal::of(&shared), lanes))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sinks: Vec<_> = self.sinks.iter().map(Sink::name).collect();
        f.debug_struct("Builder")
            .field("max_bytes", &self.max_bytes)
            .field("overflow", &self.overflow)
            .field("patience", &self.patience)
            .field("sinks", &sinks)
            .finish_non_exhaustive()
    }
}

fn check_names(sinks: &[Box<dyn Sink>]) -> Result<(), Error> {
    for (index, sink) in sinks.iter().enumerate() {
        if sinks[..index]
            .iter()
            .any(|other| other.name() == sink.name())
        {
            return Err(Error::DuplicateSink {
                name: sink.name().to_owned(),
            });
        }
    }
    Ok(())
}
