//! The parts together, each test with a library of its own: nothing here touches the process.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
#[cfg(feature = "network")]
mod children;
#[cfg(feature = "http")]
mod context;
mod lines;
#[cfg(feature = "http")]
mod load;
#[cfg(feature = "prometheus")]
mod looked_up;
#[cfg(feature = "network")]
mod memory;
#[cfg(feature = "http")]
mod outages;
mod refusals;
#[cfg(feature = "network")]
mod remote;
mod runtimes;
#[cfg(feature = "http")]
mod served;
#[cfg(feature = "http")]
mod service;
#[cfg(feature = "otel")]
mod traces;

use std::path::PathBuf;
use std::time::Duration;

use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::schema::{Event, ReadEvent, SecurityEvent};
use rra_observability::sink::{Batch, DeliveryError, Sink};
use rra_observability::{Config, Guard, Setup};
use tempfile::TempDir;

/// Longer than any test takes, so that only a hang reaches it.
const LONG: Duration = Duration::from_secs(20);

/// A library that writes into a directory of its own.
struct Bench {
    directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("logs/security.log")
    }

    fn config(&self) -> Config {
        Config {
            service_name: "shop".to_owned(),
            environment: "test".to_owned(),
            log_file: Some(self.path()),
            metrics_address: None,
            ..Config::default()
        }
    }

    fn start(&self) -> Guard {
        Setup::new(self.config()).start().unwrap()
    }

    /// The files of the log, oldest first.
    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path().parent().unwrap()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
        files.retain(|file| {
            !file
                .file_name()
                .unwrap()
                .as_encoded_bytes()
                .starts_with(b".")
        });
        files.sort();
        // The names of old files end with their time; the file that is written has none.
        files.rotate_left(1);
        files
    }

    /// Every line of the log, read by the letter.
    fn events(&self) -> Vec<ReadEvent> {
        let text = std::fs::read_to_string(self.path()).unwrap();
        text.lines()
            .map(|line| rra_observability::schema::read_strict(line).unwrap())
            .collect()
    }

    /// The event types of the log.
    fn types(&self) -> Vec<String> {
        let name = |event: &ReadEvent| event.event_name().as_str().to_owned();
        self.events().iter().map(name).collect()
    }
}

fn failure() -> Event<'static, Failure<'static>> {
    Event::new(Failure::new(AuthFailureReason::InvalidKey).attempts(3_u64))
}

/// A sink whose destination never comes back.
struct Down;

impl Sink for Down {
    fn name(&self) -> &'static str {
        "down"
    }

    fn deliver(&mut self, _: &Batch<'_>) -> Result<(), DeliveryError> {
        Err(DeliveryError::retryable("no route to host"))
    }
}
