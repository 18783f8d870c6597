//! The admin listener, or its absence: the feature `http` swaps the whole part.

#[cfg(not(feature = "http"))]
mod disabled;
#[cfg(feature = "http")]
mod enabled;

#[cfg(not(feature = "http"))]
pub(crate) use disabled::Admin;
#[cfg(feature = "http")]
pub(crate) use enabled::Admin;
