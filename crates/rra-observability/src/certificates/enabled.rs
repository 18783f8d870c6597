//! The thread that reads certificates, if there are any to read.

use rra_metrics::{CertificateFile, CertificateWatch, Metrics};

use crate::error::Error;

/// The watch, until it is dropped.
#[derive(Debug)]
pub(crate) struct Certificates {
    _watch: Option<CertificateWatch>,
}

impl Certificates {
    pub(crate) fn watch(files: &[CertificateFile], metrics: &Metrics) -> Result<Self, Error> {
        if files.is_empty() {
            return Ok(Self { _watch: None });
        }
        let watch = CertificateWatch::start(metrics, files).map_err(Error::Metrics)?;
        Ok(Self {
            _watch: Some(watch),
        })
    }
}
