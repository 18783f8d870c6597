//! What stands in for TLS in a build without it: nothing of it can be reached.

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::config::TlsFiles;
use crate::error::Error;

/// Whether this build has TLS.
pub(super) const BUILT_IN: bool = false;

type AgentBuilder = ConfigBuilder<AgentScope>;

pub(super) fn encrypt(_: AgentBuilder, _: &TlsFiles) -> Result<AgentBuilder, Error> {
    Err(Error::FeatureMissing { feature: "tls" })
}
