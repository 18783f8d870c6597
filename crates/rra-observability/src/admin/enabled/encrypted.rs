//! HTTPS, when a certificate is configured.

use rra_http::{Admin, Tls};

use crate::config::AccessConfig;
use crate::error::Error;

const CERTIFICATE: &str = "metrics.tls_certificate (RRA_METRICS_TLS_CERTIFICATE)";
const KEY: &str = "metrics.tls_key (RRA_METRICS_TLS_KEY)";

pub(super) fn behind_tls(admin: Admin, access: &AccessConfig) -> Result<Admin, Error> {
    let lonely = |set, missing| Err(Error::SettingMissing { set, missing });
    match (&access.tls_certificate, &access.tls_key) {
        (None, None) => Ok(admin),
        (Some(_), None) => lonely(CERTIFICATE, KEY),
        (None, Some(_)) => lonely(KEY, CERTIFICATE),
        (Some(certificate), Some(key)) => {
            let tls = Tls::from_files(certificate, key).map_err(Error::Http)?;
            Ok(admin.tls(tls))
        }
    }
}
