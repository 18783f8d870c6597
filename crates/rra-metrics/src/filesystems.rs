//! How much room the file systems have that a service writes to, looked at again and again. On a
//! thread of its own, because a file system whose server is gone answers nobody.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::catalogue::Metrics;
use crate::error::Error;
use crate::labels::FilesystemRole;
use crate::timer::Timer;

/// How often is looked: as often as the shipped configuration scrapes.
const INTERVAL: Duration = Duration::from_secs(15);

/// Looks at file systems until it is dropped.
#[derive(Debug)]
#[must_use = "file systems are looked at until this is dropped"]
pub struct FilesystemWatch {
    _timer: Timer,
}

impl FilesystemWatch {
    /// Sets `rra_filesystem_available_bytes` and `rra_filesystem_size_bytes` for the file system of
    /// each directory. One that cannot be looked at keeps the values it had.
    ///
    /// # Errors
    /// [`Error::NoThread`] when the system gives no thread.
    pub fn start(
        metrics: &Metrics,
        directories: Vec<(FilesystemRole, PathBuf)>,
    ) -> Result<Self, Error> {
        let metrics = metrics.clone();
        let timer = Timer::start("rra-filesystems", INTERVAL, move || {
            for (role, directory) in &directories {
                look_at(&metrics, *role, directory);
            }
        });
        Ok(Self {
            _timer: timer.map_err(Error::no_thread)?,
        })
    }
}

fn look_at(metrics: &Metrics, role: FilesystemRole, directory: &Path) {
    let Ok(found) = rustix::fs::statvfs(directory) else {
        return;
    };
    let pipeline = metrics.pipeline();
    let available = bytes(found.f_bavail, found.f_frsize);
    pipeline.filesystem_available(role).set(available);
    let size = bytes(found.f_blocks, found.f_frsize);
    pipeline.filesystem_size(role).set(size);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn bytes(blocks: u64, block_bytes: u64) -> f64 {
    blocks as f64 * block_bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MetricsConfig;
    use crate::ledger::Ledger;

    const AVAILABLE: &str = "rra_filesystem_available_bytes{role=log}";
    const SIZE: &str = "rra_filesystem_size_bytes{role=log}";

    #[test]
    fn a_directory_tells_of_its_file_system() {
        let (metrics, ledger) = Ledger::open(&MetricsConfig::default());
        let directory = tempfile::tempdir().expect("a directory");
        look_at(&metrics, FilesystemRole::Log, directory.path());
        let available = ledger.gauge(AVAILABLE).expect("room");
        let size = ledger.gauge(SIZE).expect("a size");
        assert!(
            available > 0.0 && available <= size,
            "{available} of {size}"
        );
    }

    #[test]
    fn a_directory_that_is_not_there_tells_nothing() {
        let (metrics, ledger) = Ledger::open(&MetricsConfig::default());
        look_at(&metrics, FilesystemRole::Log, Path::new("/nowhere/at/all"));
        assert_eq!(ledger.gauge(AVAILABLE), None);
    }
}
