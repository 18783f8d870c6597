//! What stands in for gRPC in a build without it: the same items, none of which can be reached.

use std::time::Duration;

use super::{Answer, Transport};
use crate::config::OtelConfig;
use crate::endpoint::Address;
use crate::error::Error;

/// Whether this build has gRPC.
pub(super) const BUILT_IN: bool = false;

/// There is none.
pub(crate) enum Grpc {}

impl Grpc {
    pub(crate) fn connect(_: &OtelConfig, _: &Address) -> Result<Self, Error> {
        Err(Error::FeatureMissing { feature: "grpc" })
    }
}

impl Transport for Grpc {
    type Request = ();

    fn prepare(&self, _: Vec<u8>) {
        match *self {}
    }

    fn send(&mut self, (): &(), _: Duration) -> Answer {
        match *self {}
    }
}
