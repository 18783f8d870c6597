//! `https`: certificates from files or from the operating system, proved by rustls. Nothing here
//! can be told to trust a receiver without proof.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};
use ureq::typestate::AgentScope;

use crate::config::TlsFiles;
use crate::error::Error;

/// Whether this build has TLS.
pub(super) const BUILT_IN: bool = true;

type AgentBuilder = ConfigBuilder<AgentScope>;

/// TLS for the HTTP client.
pub(super) fn encrypt(agent: AgentBuilder, files: &TlsFiles) -> Result<AgentBuilder, Error> {
    let roots = match &files.certificate {
        Some(path) => certificates(path)?,
        None => of_the_system()?,
    };
    // Named, so that it does not matter what the process has as its default.
    let cryptography = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .client_cert(client(files)?)
        .unversioned_rustls_crypto_provider(cryptography);
    Ok(agent.tls_config(tls.build()))
}

/// Our own certificate and its key; one without the other is a mistake.
pub(super) fn identity(files: &TlsFiles) -> Result<Option<(&Path, &Path)>, Error> {
    match (&files.client_certificate, &files.client_key) {
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        (None, None) => Ok(None),
        (Some(path), None) => Err(refused(
            path,
            &"a client certificate needs a client key too",
        )),
        (None, Some(path)) => Err(refused(
            path,
            &"a client key needs a client certificate too",
        )),
    }
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| refused(path, &error))
}

fn client(files: &TlsFiles) -> Result<Option<ClientCert>, Error> {
    let Some((certificate, key)) = identity(files)? else {
        return Ok(None);
    };
    let chain = certificates(certificate)?;
    let key =
        PrivateKey::from_pem(&read(key)?).map_err(|_| refused(key, &"it holds no PEM key"))?;
    Ok(Some(ClientCert::new_with_certs(&chain, key)))
}

/// The certificates in a PEM file, at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, Error> {
    let pem = read(path)?;
    let found = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return Err(refused(path, &"it holds no PEM certificate"));
    }
    Ok(found)
}

fn of_the_system() -> Result<Vec<Certificate<'static>>, Error> {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return Err(Error::Start {
            what: "encryption",
            reason: "the system trusts no certificate: install ca-certificates, or name a certificate file".to_owned(),
        });
    }
    let owned = found
        .iter()
        .map(|der| Certificate::from_der(der).to_owned());
    Ok(owned.collect())
}

fn refused(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    Error::TlsFile {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
