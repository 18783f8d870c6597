//! Traces, or their absence: the feature `otel` swaps the whole part.

#[cfg(not(feature = "otel"))]
mod disabled;
#[cfg(feature = "otel")]
mod enabled;

#[cfg(not(feature = "otel"))]
pub use disabled::TracesConfig;
#[cfg(feature = "otel")]
pub use enabled::TracesConfig;

#[cfg(not(feature = "otel"))]
pub(crate) use disabled::{Counts, Traces, current, note};
#[cfg(all(feature = "otel", feature = "http"))]
pub(crate) use enabled::named;
#[cfg(feature = "otel")]
pub(crate) use enabled::{Counts, Traces, current, note};
