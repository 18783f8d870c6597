//! A certificate and its key as files, read again when they are renewed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::error::Error;

/// How old what is known of the files may be.
const MAX_AGE: Duration = Duration::from_mins(1);

/// The files, and what was last in them.
pub(super) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    last: Mutex<Read>,
}

struct Read {
    content: Arc<CertifiedKey>,
    written: [Option<SystemTime>; 2],
    looked: Instant,
}

impl Certificate {
    pub(super) fn read(chain: PathBuf, key: PathBuf) -> Result<Self, Error> {
        let last = Mutex::new(Read {
            written: [&chain, &key].map(|path| written(path)),
            content: Arc::new(read(&chain, &key)?),
            looked: Instant::now(),
        });
        Ok(Self { chain, key, last })
    }

    pub(super) fn fault(&self, reason: String) -> Error {
        fault(&self.chain, reason)
    }

    /// What to show a client, looking at the files first if that was long ago.
    fn current(&self, now: Instant) -> Arc<CertifiedKey> {
        // Whatever panicked left the last content in place.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(last.looked) >= MAX_AGE {
            last.looked = now;
            let written = [&self.chain, &self.key].map(|path| written(path));
            if written != last.written
                && written.iter().all(Option::is_some)
                && let Ok(content) = read(&self.chain, &self.key)
            {
                last.content = Arc::new(content);
                last.written = written;
            }
        }
        Arc::clone(&last.content)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current(Instant::now()))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate in {}", self.chain.display())
    }
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, Error> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| fault(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(fault(
            certificate,
            "there is no certificate in it".to_owned(),
        ));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| fault(key, error.to_string()))?;
    let signer = any_supported_type(&secret).map_err(|error| fault(key, error.to_string()))?;
    let both = CertifiedKey::new(chain, signer);
    both.keys_match()
        .map_err(|_| fault(key, "it is not the key of the certificate".to_owned()))?;
    Ok(both)
}

fn fault(path: &Path, reason: String) -> Error {
    Error::Tls {
        path: path.to_owned(),
        reason,
    }
}

/// When a file was written. A pipe is none: it would be waited for, and all clients with it.
fn written(path: &Path) -> Option<SystemTime> {
    let file = fs::metadata(path).ok()?;
    file.modified().ok().filter(|_| file.is_file())
}

#[cfg(test)]
mod tests;
