//! Prometheus text, or its absence: the feature `prometheus` swaps the whole part.

#[cfg(not(feature = "prometheus"))]
mod disabled;
#[cfg(feature = "prometheus")]
mod enabled;

#[cfg(not(feature = "prometheus"))]
pub(crate) use disabled::Exposition;
#[cfg(feature = "prometheus")]
pub(crate) use enabled::Exposition;
