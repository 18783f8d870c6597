//! No remote sinks in this build.

use std::sync::Arc;

use crate::error::Error;
use crate::journal::Shared;
use crate::journal::builder::Place;

/// No remote sinks.
#[derive(Debug, Default)]
pub(crate) struct Remotes(());

/// No lanes for them.
#[derive(Debug)]
pub(crate) struct RemoteLanes;

impl Remotes {
    #[expect(clippy::unused_self, reason = "with the feature there are some")]
    pub(crate) fn names(&self) -> Vec<&str> {
        Vec::new()
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "with the feature it may fail"
    )]
    pub(in crate::journal) fn open(
        self,
        _shared: &Arc<Shared>,
        _first: usize,
        _place: &Place,
    ) -> Result<RemoteLanes, Error> {
        Ok(RemoteLanes)
    }
}

impl RemoteLanes {
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "with the feature it may fail"
    )]
    pub(crate) fn start(self) -> Result<(), Error> {
        Ok(())
    }
}
