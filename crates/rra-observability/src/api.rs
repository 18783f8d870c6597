//! The layer for the service's own routes, or its absence: the feature `http` swaps the whole part.

#[cfg(not(feature = "http"))]
mod disabled;
#[cfg(feature = "http")]
mod enabled;

#[cfg(not(feature = "http"))]
pub(crate) use disabled::Api;
#[cfg(feature = "http")]
pub(crate) use enabled::{Api, networks};
