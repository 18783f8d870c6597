//! What can be set about the library and what holds when nothing is set. Owns the values; the
//! environment is read in `environment`, the file in `file`, and both assign through `setting`.

mod default_text;
mod environment;
mod file;
mod log;
mod nearest;
mod secret;
mod setting;

pub use log::{LogConfig, RotateEvery};
pub use secret::Secret;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rra_metrics::MetricsConfig;
use rra_sink::Overflow;

use crate::error::Error;
use crate::traces::TracesConfig;

/// How a service observes itself. Later versions add fields: end a literal with
/// `..Config::default()`.
///
/// Code wins over the environment, the environment over the file, the file over the default:
///
/// ```
/// use rra_observability::Config;
///
/// # fn main() -> Result<(), rra_observability::Error> {
/// let mut config = Config::from_env()?; // the default, RRA_CONFIG_FILE, then the other variables
/// config.service_name = "negotiator".to_owned();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The name of the service in every event and span. Default: `rra-module`.
    pub service_name: String,
    /// Where it runs. Default: `development`.
    pub environment: String,
    /// Where security events are written. Default: nowhere; they still count in metrics.
    pub log_file: Option<PathBuf>,
    /// What is done with that file.
    pub log: LogConfig,
    /// How long the end of the service waits for deliveries. Default: 5 s.
    pub shutdown_deadline: Duration,
    /// Whether a panic flushes the events before it, for at most 200 ms. Default: yes.
    pub panic_hook: bool,
    /// The queue in front of every sink.
    pub journal: JournalConfig,
    /// Where `/metrics`, `/health` and `/ready` are served. Default: `127.0.0.1:8000` with the
    /// feature `http`, nowhere without it.
    pub metrics_address: Option<SocketAddr>,
    /// Who may ask there.
    pub metrics_access: AccessConfig,
    /// The values that metrics tell apart.
    pub metrics: MetricsConfig,
    /// What stands between clients and the service.
    pub http: HttpConfig,
    /// Which traces are kept and where they go.
    pub traces: TracesConfig,
}

/// The queue in front of every sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalConfig {
    /// Where accepted events survive kill -9. Default: [`JournalDirectory::Auto`].
    pub directory: JournalDirectory,
    /// Its bound in bytes, at least 128 KiB. Default: 8 MiB, in eight parts that take memory when a thread
    /// uses them.
    pub max_bytes: Option<usize>,
    /// What happens to events that find no room. Default: [`Overflow::Shed`].
    pub overflow: Overflow,
    /// How long an event that may wait for room does so. Default: 50 ms.
    pub patience: Duration,
}

/// Who may ask for `/metrics`, `/health` and `/ready` (feature `http`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessConfig {
    /// Whether the address may be all of the machine's (`0.0.0.0` or `[::]`). Default: no.
    pub every_interface: bool,
    /// What a client must send at `/metrics` as `Authorization: Bearer …`, at least 16 visible ASCII
    /// characters. Default: nothing.
    pub token: Option<Secret>,
    /// The networks from which anyone may ask, such as `10.0.0.0/8`. Default: all.
    pub allowed: Vec<String>,
    /// A certificate chain in PEM, to encrypt (feature `tls`). Default: none.
    pub tls_certificate: Option<PathBuf>,
    /// The private key of that certificate in PEM. Default: none.
    pub tls_key: Option<PathBuf>,
}

/// What stands between clients and the service (feature `http`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpConfig {
    /// The networks of the service's own proxies, such as `10.0.0.0/8`; they should hold nothing
    /// else. Default: none, and the client is whoever the connection comes from.
    pub trusted_proxies: Vec<String>,
    /// Where those proxies say for whom they ask. Default: [`ProxyHeader::XForwardedFor`].
    pub proxy_header: ProxyHeader,
}

/// The header in which proxies say for whom they ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Where accepted events survive the end of the process, kill -9 included, until every sink has
/// them: the next start delivers what is left there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalDirectory {
    /// Beside the log file, with `.journal` behind its name; nowhere without a log file.
    #[default]
    Auto,
    /// Nowhere: what was accepted and not yet written dies with the process.
    Off,
    /// A directory of the service's user that nobody else may open, on a local disk or tmpfs.
    At(PathBuf),
}

impl JournalDirectory {
    /// The directory, if there is one, beside this log.
    pub(crate) fn beside(&self, log_file: Option<&Path>) -> Option<PathBuf> {
        match self {
            Self::Off => None,
            Self::At(path) => Some(path.clone()),
            Self::Auto => log_file.map(|log| {
                let mut path = log.as_os_str().to_owned();
                path.push(".journal");
                path.into()
            }),
        }
    }
}

impl Config {
    /// The default, changed by the file that `RRA_CONFIG_FILE` names, if it is set, and then by
    /// the environment: [`VARIABLES`](rra_schema::configuration::VARIABLES) has every variable.
    /// A variable that is set to nothing counts as unset, except that an empty
    /// `RRA_SECURITY_LOG_FILE` means no file. A variable whose name is nearly that of one of ours is an
    /// error.
    ///
    /// # Errors
    /// An [`Error`] that names the variable, or the place in the file, and what would be right.
    pub fn from_env() -> Result<Self, Error> {
        environment::refuse_misspelt(environment::names(), &environment::process)?;
        Self::from_lookup(&environment::process)
    }

    /// The default, changed by a TOML file and nothing else. An unknown key is an error.
    ///
    /// # Errors
    /// An [`Error`] with line and column.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let mut config = Self::default();
        file::apply(&mut config, path.as_ref())?;
        Ok(config)
    }

    /// A configuration file that says what holds anyway, with a comment for every key: `docs/reference/rra.toml`,
    /// and what the example `documented_default` prints.
    pub fn documented_default() -> String {
        default_text::render()
    }

    /// The same places, named from the root: a service may go to another directory, as daemons do, while
    /// these are used.
    pub(crate) fn anchored(mut self) -> Self {
        let access = &mut self.metrics_access;
        let files = &mut self.metrics.certificate_files;
        let journal = match &mut self.journal.directory {
            JournalDirectory::At(path) => Some(path),
            _ => None,
        };
        let paths = [
            &mut self.log_file,
            &mut access.tls_certificate,
            &mut access.tls_key,
        ];
        let paths = paths.into_iter().flatten().chain(journal);
        for path in paths.chain(files.iter_mut().map(|file| &mut file.path)) {
            // Where that fails, so does opening it, which says why.
            if let Ok(anchored) = std::path::absolute(&path) {
                *path = anchored;
            }
        }
        self
    }

    /// Like [`Config::from_env`], with the environment as a function.
    pub(crate) fn from_lookup(lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let mut config = Self::default();
        if let Some(path) = environment::config_file(lookup) {
            file::apply(&mut config, &path)?;
        }
        environment::apply(&mut config, lookup)?;
        Ok(config)
    }
}

impl Default for Config {
    fn default() -> Self {
        let served = cfg!(feature = "http");
        Self {
            service_name: "rra-module".to_owned(),
            environment: "development".to_owned(),
            log_file: None,
            log: LogConfig::default(),
            shutdown_deadline: Duration::from_secs(5),
            panic_hook: true,
            journal: JournalConfig::default(),
            metrics_address: served.then(|| SocketAddr::from(([127, 0, 0, 1], 8000))),
            metrics_access: AccessConfig::default(),
            metrics: MetricsConfig::default(),
            http: HttpConfig::default(),
            traces: TracesConfig::default(),
        }
    }
}

impl Default for JournalConfig {
    fn default() -> Self {
        Self {
            directory: JournalDirectory::Auto,
            max_bytes: None,
            overflow: Overflow::Shed,
            patience: Duration::from_millis(50),
        }
    }
}

#[cfg(test)]
mod tests;
