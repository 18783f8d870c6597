//! Puts the parts together, in an order in which a failure leaves nothing running.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use rra_metrics::labels::FilesystemRole;
use rra_metrics::{FilesystemWatch, Metrics};
use rra_schema::{Instance, Origin};
use rra_sink::{Journal, Sink};

use crate::admin::Admin;
use crate::api::Api;
use crate::certificates::Certificates;
use crate::clock::Clock;
use crate::config::{Config, JournalConfig};
use crate::destinations::Destinations;
use crate::error::Error;
use crate::exposition::Exposition;
use crate::guard::{Guard, Running, Watches};
use crate::handle::Handle;
use crate::stamp::Stamp;
use crate::traces::Traces;
use crate::{audit, log_file, pipeline, process};

/// A configuration together with what no configuration can hold: sinks of the service's own.
///
/// ```
/// use rra_observability::sink::testing::CapturingSink;
/// use rra_observability::{Config, Setup};
///
/// let (sink, captured) = CapturingSink::new("memory");
/// let config = Config { metrics_address: None, ..Config::default() };
/// let guard = Setup::new(config).sink(sink).start()?;
/// guard.shutdown(std::time::Duration::from_secs(5));
/// captured.assert_contains("audit.started");
/// # Ok::<(), rra_observability::Error>(())
/// ```
pub struct Setup {
    config: Config,
    pub(crate) destinations: Destinations,
}

impl Setup {
    /// A setup of this configuration.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            destinations: Destinations::default(),
        }
    }

    /// Adds a destination of the service's own.
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.destinations.sinks.push(Box::new(sink));
        self
    }

    /// Starts everything for the whole process: see [`init`](crate::init).
    ///
    /// # Errors
    /// Those of [`init`](crate::init).
    pub fn init(self) -> Result<Guard, Error> {
        let claim = process::claim()?;
        let (traces, panic_hook) = (self.config.traces.clone(), self.config.panic_hook);
        let guard = self.start()?;
        guard.install_traces(&traces)?;
        claim.keep(&guard.handle(), panic_hook);
        Ok(guard)
    }

    /// Starts everything for the holder of the guard alone: no process-wide
    /// [`emit`](crate::emit), no panic hook, no tracing subscriber. For tests, and for two
    /// services in one process.
    ///
    /// # Errors
    /// Those of [`init`](crate::init), but for a second call.
    pub fn start(self) -> Result<Guard, Error> {
        let Self {
            config,
            mut destinations,
        } = self;
        let config = config.anchored();
        let origin = Origin::new(&config.service_name, &config.environment, instance()?)
            .map_err(Error::Name)?;
        let log = log_file::open(config.log_file.as_deref(), &config.log)?;
        let torn_sink = log.as_ref().filter(|log| log.was_torn);
        let torn_sink = torn_sink.map(|log| log.sink.name().to_owned());
        let (log_sink, tell) = log.map(|log| (log.sink, log.tell)).unzip();
        destinations.sinks.splice(0..0, log_sink);
        let traces = Traces::start(&config.traces, &origin)?;

        let mut metrics = config.metrics.clone();
        metrics.sinks.extend(destinations.names());
        let (metrics, exposition) = Exposition::start(&metrics)?;
        let api = Api::new(&config.http, &metrics)?;
        let certificates = Certificates::watch(&config.metrics.certificate_files, &metrics)?;
        let directory = config.journal.directory.beside(config.log_file.as_deref());
        let stamp = Arc::new(Stamp {
            origin,
            metrics,
            clock: Clock::system(),
        });
        let journal = start_journal(&config.journal, directory.clone(), destinations, &stamp)?;
        if let Some(tell) = tell {
            tell(Arc::clone(&stamp), journal.clone());
        }

        let handle = Handle::new(stamp, journal, exposition, api, traces.counts());
        let deadline = config.shutdown_deadline;
        // The threads of the lanes must not outlive a start that failed.
        let give_up = |_: &Error| drop(handle.journal().shutdown(deadline));
        // The journal has made its directory by now.
        let filesystems = watch_filesystems(&config, directory.as_deref(), handle.metrics());
        let filesystems = filesystems.inspect_err(give_up)?;
        let admin = Admin::start(&config, handle.exposition(), handle.journal());
        let admin = admin.inspect_err(give_up)?;
        let running = Running {
            traces,
            admin,
            _watches: Watches {
                _certificates: certificates,
                _filesystems: filesystems,
            },
        };
        tell_of_start(&handle, torn_sink.as_deref());
        Ok(Guard::new(handle, running, deadline))
    }
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("config", &self.config)
            .field("sinks", &self.destinations.names())
            .finish()
    }
}

/// Tells this run of the process from every other.
fn instance() -> Result<Instance, Error> {
    getrandom::u64()
        .map(Instance::from_bits)
        .map_err(Error::Random)
}

/// Looks at the file systems of the log and of the journal; nothing is written without a log.
fn watch_filesystems(
    config: &Config,
    journal: Option<&Path>,
    metrics: &Metrics,
) -> Result<Option<FilesystemWatch>, Error> {
    let log = config.log_file.as_deref().and_then(Path::parent);
    let places = [(FilesystemRole::Log, log), (FilesystemRole::Spool, journal)];
    let places: Vec<_> = places
        .into_iter()
        .filter_map(|(role, path)| Some((role, path?.to_owned())))
        .collect();
    if places.is_empty() {
        return Ok(None);
    }
    let watch = FilesystemWatch::start(metrics, places).map_err(Error::Metrics)?;
    Ok(Some(watch))
}

fn start_journal(
    config: &JournalConfig,
    directory: Option<PathBuf>,
    destinations: Destinations,
    stamp: &Arc<Stamp>,
) -> Result<Journal, Error> {
    let stamp = Arc::clone(stamp);
    let metrics = stamp.metrics.clone();
    let mut builder = Journal::builder()
        .on_attempt(move |attempt| pipeline::observe_attempt(&metrics, attempt))
        .overflow(config.overflow)
        .patience(config.patience)
        .on_gap(move |journal, gap| audit::gap(&stamp, journal, gap));
    if let Some(max_bytes) = config.max_bytes {
        builder = builder.max_bytes(max_bytes);
    }
    if let Some(directory) = directory {
        builder = builder.directory(directory);
    }
    destinations.add_to(builder).start().map_err(Error::Journal)
}

/// Writes that the log began, and what it lacks of the time before. The journal is empty, so that none of
/// these can be refused.
fn tell_of_start(handle: &Handle, torn_sink: Option<&str>) {
    let (stamp, journal) = (handle.stamp(), handle.journal());
    let _ = audit::started(stamp, journal);
    if let Some(sink) = torn_sink {
        let _ = audit::torn_line(stamp, journal, sink);
    }
    for file in journal.damaged_files() {
        let _ = audit::damaged_ring(stamp, journal, file);
    }
}
