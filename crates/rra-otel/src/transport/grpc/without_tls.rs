//! What stands in for TLS in a build without it.

use tonic::transport::Endpoint;

use crate::config::TlsFiles;
use crate::error::Error;

pub(super) fn encrypt(_: Endpoint, _: &TlsFiles) -> Result<Endpoint, Error> {
    Err(Error::FeatureMissing { feature: "tls" })
}
