//! The remote sinks of a journal, or their absence: the feature `network` swaps the whole part.

#[cfg(not(feature = "network"))]
mod disabled;
#[cfg(feature = "network")]
mod enabled;

#[cfg(not(feature = "network"))]
pub(crate) use disabled::{RemoteLanes, Remotes};
#[cfg(feature = "network")]
pub(crate) use enabled::{RemoteLanes, Remotes};
