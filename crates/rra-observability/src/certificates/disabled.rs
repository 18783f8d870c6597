//! No certificate is read in this build.

use rra_metrics::{CertificateFile, Metrics};

use crate::error::Error;

/// Nothing is read.
#[derive(Debug)]
pub(crate) struct Certificates;

impl Certificates {
    /// Refuses configured files, because silence would look like success.
    pub(crate) fn watch(files: &[CertificateFile], _: &Metrics) -> Result<Self, Error> {
        if files.is_empty() {
            return Ok(Self);
        }
        Err(Error::FeatureMissing {
            setting: "metrics.certificate_files (RRA_TLS_CERTIFICATES)",
            feature: "certificates",
        })
    }
}
