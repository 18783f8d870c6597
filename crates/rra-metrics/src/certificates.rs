//! When TLS certificates end, read from their PEM files now and every minute, so that a renewed one
//! is noticed without a restart.
//!
//! Judges no certificate: whether it is trusted, for which host, and who issued it are for the TLS
//! library to say.

mod pem;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use crate::catalogue::Metrics;
use crate::config::CertificateFile;
use crate::error::Error;
use crate::timer::Timer;

/// How often the files are read.
const INTERVAL: Duration = Duration::from_mins(1);
/// Longest file that is read: a chain has some KiB.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads certificates until it is dropped.
///
/// ```
/// use rra_metrics::{CertificateFile, CertificateWatch, Metrics, MetricsConfig};
///
/// # fn main() -> Result<(), rra_metrics::Error> {
/// let config = MetricsConfig {
///     certificate_files: vec![CertificateFile::new("public", "/etc/rra/public.pem")],
///     ..MetricsConfig::default()
/// };
/// # let metrics = Metrics::disabled(&config)?;
/// let watch = CertificateWatch::start(&metrics, &config.certificate_files)?;
/// # drop(watch);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "certificates are read until this is dropped"]
pub struct CertificateWatch {
    _timer: Timer,
}

impl CertificateWatch {
    /// Reads these files on a thread of its own: sets `rra_tls_certificate_expiry_seconds`, or adds
    /// one to `rra_tls_certificate_read_errors_total` when a file cannot be read. A value that was
    /// known stays until a better one is.
    ///
    /// # Errors
    /// [`Error::NoThread`] when the system gives no thread.
    pub fn start(metrics: &Metrics, files: &[CertificateFile]) -> Result<Self, Error> {
        Self::start_every(INTERVAL, metrics, files)
    }

    fn start_every(
        interval: Duration,
        metrics: &Metrics,
        files: &[CertificateFile],
    ) -> Result<Self, Error> {
        let (metrics, files) = (metrics.clone(), files.to_vec());
        let timer = Timer::start("rra-certificates", interval, move || {
            for file in &files {
                read(&metrics, file);
            }
        });
        Ok(Self {
            _timer: timer.map_err(Error::no_thread)?,
        })
    }
}

fn read(metrics: &Metrics, file: &CertificateFile) {
    let security = metrics.security();
    let end = contents(&file.path)
        .ok()
        .and_then(|text| pem::earliest_end(&text));
    match end {
        Some(end) => security.set_certificate_expiry(&file.name, end),
        None => security
            .certificate_read_errors(&file.name)
            .into_iter()
            .for_each(|errors| errors.increment(1)),
    }
}

fn contents(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe would be waited for, and the other files with it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut text = Vec::new();
    let read = File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut text)?;
    // Of a part nobody knows whether the rest ends sooner.
    if read as u64 > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
