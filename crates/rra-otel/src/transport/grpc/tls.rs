//! TLS for the gRPC client, with the same files and the same proofs as for HTTP.

use std::path::Path;

use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::config::TlsFiles;
use crate::error::Error;
use crate::transport::tls::{certificates, identity, read};

pub(super) fn encrypt(endpoint: Endpoint, files: &TlsFiles) -> Result<Endpoint, Error> {
    let mut tls = match &files.certificate {
        Some(path) => {
            ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read_certificates(path)?))
        }
        None => ClientTlsConfig::new().with_native_roots(),
    };
    if let Some((certificate, key)) = identity(files)? {
        tls = tls.identity(Identity::from_pem(
            read_certificates(certificate)?,
            read(key)?,
        ));
    }
    endpoint.tls_config(tls).map_err(|error| Error::Start {
        what: "encryption",
        reason: reasons(&error),
    })
}

/// The bytes of a PEM file that has at least one certificate in it.
fn read_certificates(path: &Path) -> Result<Vec<u8>, Error> {
    certificates(path)?;
    read(path)
}

/// The error and what is below it: the client's own text says only that TLS failed.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text = format!("{text}: {cause}");
        below = cause.source();
    }
    text
}
