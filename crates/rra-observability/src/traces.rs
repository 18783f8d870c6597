//! Traces, or their absence: the feature `otel` swaps the whole part.

#[cfg(not(feature = "otel"))]
mod disabled;
#[cfg(feature = "otel")]
mod enabled;

#[cfg(not(feature = "otel"))]
pub(crate) use disabled::{Traces, current};
#[cfg(feature = "otel")]
pub(crate) use enabled::{Traces, current};
