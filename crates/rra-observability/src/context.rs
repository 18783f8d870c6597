//! Where an event happens: in which request and in which trace, if in any.
//!
//! Who handles requests is the feature `http`, who makes traces the feature `otel`; this joins them.

#[cfg(not(feature = "http"))]
mod disabled;
#[cfg(feature = "http")]
mod enabled;

#[cfg(not(feature = "http"))]
use disabled::with_request;
#[cfg(feature = "http")]
use enabled::with_request;

use rra_schema::{RequestFacts, TraceContext};

use crate::traces;

/// What surrounds an event.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings<'a> {
    pub(crate) request: RequestFacts<'a>,
    pub(crate) trace: Option<TraceContext>,
}

/// Gives `work` what surrounds this thread now: the request it is working on, and the innermost span
/// it is in, else that of the request.
pub(crate) fn with_current<T>(work: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    with_request(|mut here| {
        here.trace = traces::current().or(here.trace);
        work(&here)
    })
}
