//! Encrypted connections through rustls, with certificates that are renewed while the service runs.

mod certificate;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use self::certificate::Certificate;
use super::Connection;
use crate::admin::Admin;
use crate::error::Error;

/// How the admin listener proves who it is.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// A certificate chain and its private key, each from a file in PEM. Files that change are read
    /// again within a minute; while they do not fit each other, the last that did are used.
    ///
    /// # Errors
    /// [`Error::Tls`] with the file that cannot be read or does not fit the other.
    pub fn from_files(
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Result<Self, Error> {
        let certificate = Certificate::read(certificate.into(), key.into())?;
        // Named outright: another crate of the service may have chosen another one for the process.
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| certificate.fault(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(certificate));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Admin {
    /// Encrypts what [`serve`](Self::serve) listens for.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.door = Door(Some(tls));
        self
    }
}

/// Open to everyone, or to who agrees on encryption.
#[derive(Clone)]
pub(crate) struct Door(Option<Tls>);

impl Door {
    pub(crate) fn plain() -> Self {
        Self(None)
    }

    pub(crate) async fn open(&self, stream: TcpStream) -> Option<Box<dyn Connection>> {
        match &self.0 {
            None => Some(Box::new(stream)),
            Some(tls) => Some(Box::new(tls.0.accept(stream).await.ok()?)),
        }
    }
}

#[cfg(test)]
mod tests;
