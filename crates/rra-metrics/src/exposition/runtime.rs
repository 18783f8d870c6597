//! What the async runtime says of itself, with the feature `tokio`.

#[cfg(not(feature = "tokio"))]
mod disabled;
#[cfg(feature = "tokio")]
mod enabled;

#[cfg(not(feature = "tokio"))]
pub(super) use disabled::Runtime;
#[cfg(feature = "tokio")]
pub(super) use enabled::Runtime;
