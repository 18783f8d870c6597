//! What can go wrong: a configuration that cannot work, or an event that was not taken.

use std::fmt;
use std::io;
use std::path::PathBuf;

use rra_sink::{Level, Refused};

/// Why a configuration was refused or a part did not start. Nothing is left running.
///
/// Its `Debug` says what its `Display` says, because `Debug` is what a `main` that returns an error prints.
#[non_exhaustive]
pub enum Error {
    /// An environment variable has a value it cannot have.
    Variable {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// An environment variable is nearly one of ours, which is not set.
    UnknownVariable {
        /// The variable.
        name: String,
        /// The one that was meant.
        nearest: &'static str,
    },
    /// An environment variable is named as a setting that only the configuration file has, and there is
    /// none.
    SettingAsVariable {
        /// The variable.
        name: String,
        /// The setting.
        setting: &'static str,
    },
    /// The configuration file cannot be read.
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The configuration file has a mistake.
    Setting {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// A setting needs a feature that the library was built without.
    FeatureMissing {
        /// The setting.
        setting: &'static str,
        /// The feature.
        feature: &'static str,
    },
    /// A setting does nothing without another one.
    SettingMissing {
        /// The setting that is there.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A setting names a network that is none.
    #[cfg(feature = "http")]
    Network {
        /// The setting.
        setting: &'static str,
        /// What it has in the place of a network.
        source: rra_http::Error,
    },
    /// The library is initialised already.
    AlreadyInitialised,
    /// The service or the environment has a name that no event can carry.
    Name(rra_schema::Error),
    /// The operating system gave no random number.
    Random(getrandom::Error),
    /// The metrics cannot be set up.
    Metrics(rra_metrics::Error),
    /// The queue cannot be started.
    Journal(rra_sink::Error),
    /// The log file cannot be used.
    #[cfg(feature = "file")]
    LogFile(rra_sink_file::Error),
    /// The admin listener cannot start.
    #[cfg(feature = "http")]
    Http(rra_http::Error),
    /// Traces cannot be sent.
    #[cfg(feature = "otel")]
    Traces(rra_otel::Error),
    /// The process has a tracing subscriber already, so ours would see nothing.
    #[cfg(feature = "otel")]
    SubscriberInstalled,
}

impl Error {
    /// Where an address or a place comes from that a part cannot use: the part does not know.
    fn setting(&self) -> &'static str {
        use rra_sink::Error::{Directory, DirectoryNotPrivate};
        match self {
            Self::Journal(Directory { .. } | DirectoryNotPrivate { .. }) => {
                "journal.directory (RRA_JOURNAL_DIRECTORY): "
            }
            #[cfg(feature = "http")]
            Self::Http(rra_http::Error::Bind { .. }) => "metrics.address (RRA_METRICS_ADDRESS): ",
            #[cfg(feature = "otel")]
            Self::Traces(rra_otel::Error::Endpoint { .. }) => {
                "traces.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT): "
            }
            _ => "",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.setting())?;
        match self {
            Self::Variable {
                name,
                value,
                expected,
            } => write!(f, "{name} cannot be {value:?}: expected {expected}"),
            Self::UnknownVariable { name, nearest } => write!(
                f,
                "{name} is no variable of rra-observability: did you mean {nearest}? If somebody else reads it, set {nearest} too"
            ),
            Self::SettingAsVariable { name, setting } => write!(
                f,
                "{name} is no variable of rra-observability: say {setting} in a configuration file, and its path in RRA_CONFIG_FILE"
            ),
            Self::File { path, source } => write!(
                f,
                "the configuration file {} cannot be read: {source}",
                path.display()
            ),
            Self::Setting {
                path,
                line,
                column,
                what,
            } => write!(f, "{}:{line}:{column}: {what}", path.display()),
            Self::FeatureMissing { setting, feature } => write!(
                f,
                "{setting} is set, but the library was built without its feature {feature}: add the feature or remove the setting"
            ),
            Self::SettingMissing { set, missing } => {
                write!(f, "{set} is set and {missing} is not: set both or none")
            }
            #[cfg(feature = "http")]
            Self::Network { setting, source } => write!(f, "{setting}: {source}"),
            Self::AlreadyInitialised => f.write_str(
                "rra-observability is initialised already in this process: call init once, keep its guard, and pass handles on; tests start one each with Setup::start",
            ),
            Self::Name(error) => error.fmt(f),
            Self::Random(error) => {
                write!(f, "the operating system gave no random number: {error}")
            }
            Self::Metrics(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            #[cfg(feature = "file")]
            Self::LogFile(error) => error.fmt(f),
            #[cfg(feature = "http")]
            Self::Http(error) => error.fmt(f),
            #[cfg(feature = "otel")]
            Self::Traces(error) => error.fmt(f),
            #[cfg(feature = "otel")]
            Self::SubscriberInstalled => f.write_str(
                "the process has a tracing subscriber already: set traces.install_subscriber to false and add Guard::tracing_layer to it",
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { source, .. } => Some(source),
            Self::Name(error) => error.source(),
            Self::Metrics(error) => error.source(),
            Self::Journal(error) => error.source(),
            #[cfg(feature = "file")]
            Self::LogFile(error) => error.source(),
            #[cfg(feature = "http")]
            Self::Http(error) | Self::Network { source: error, .. } => error.source(),
            #[cfg(feature = "otel")]
            Self::Traces(error) => error.source(),
            _ => None,
        }
    }
}

/// Why an event was not taken.
///
/// Its `Debug` says what its `Display` says, like that of [`Error`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmitError {
    /// [`init`](crate::init) has not been called, so there is nowhere to put the event.
    NotInitialised,
    /// The journal refused the event. It is counted.
    Refused(Refused),
    /// A receipt was asked for that no sink can give.
    NoSinkForLevel {
        /// The level.
        level: Level,
    },
    /// A line to replay is not an event.
    Line(rra_schema::Error),
}

impl From<Refused> for EmitError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInitialised => f.write_str(
                "the event was not taken: call rra_observability::init before the first emit",
            ),
            Self::Refused(refused) => refused.fmt(f),
            Self::NoSinkForLevel { level } => write!(
                f,
                "the event was not taken: no sink can vouch for {level}; configure a log file"
            ),
            Self::Line(error) => write!(f, "the line cannot be replayed: {error}"),
        }
    }
}

impl fmt::Debug for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for EmitError {}
