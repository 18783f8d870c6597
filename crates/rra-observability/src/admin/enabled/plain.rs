//! No encryption in this build.

use rra_http::Admin;

use crate::config::AccessConfig;
use crate::error::Error;

/// Refuses a configured certificate, because whoever configures one relies on it.
pub(super) fn behind_tls(admin: Admin, access: &AccessConfig) -> Result<Admin, Error> {
    match (&access.tls_certificate, &access.tls_key) {
        (None, None) => Ok(admin),
        _ => Err(Error::FeatureMissing {
            setting: "metrics.tls_certificate (RRA_METRICS_TLS_CERTIFICATE)",
            feature: "tls",
        }),
    }
}
