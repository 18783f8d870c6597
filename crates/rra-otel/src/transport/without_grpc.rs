//! What stands in for gRPC in a build without it: the same items, none of which can be reached.

use super::Transport;
use crate::config::OtelConfig;
use crate::error::Error;

/// Whether this build has gRPC.
pub(super) const BUILT_IN: bool = false;

/// There is none.
pub(crate) enum PrivateRuntime {}

pub(super) fn connect(_: &OtelConfig, _: String) -> Result<Transport, Error> {
    Err(Error::FeatureMissing { feature: "grpc" })
}
