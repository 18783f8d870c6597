//! Why a batch did not arrive, in words for people and in one word for metrics.

use std::fmt;
use std::time::Duration;

/// Why a batch did not arrive whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryError {
    pub(crate) retry: bool,
    pub(crate) delivered: usize,
    pub(crate) fault: Fault,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) cause: String,
}

/// What kind of failure it was: the words of `rra_sink_errors_total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The disk or the connection failed while it was in use.
    Io,
    /// There was no answer in time.
    Timeout,
    /// The destination does not accept who we are.
    Auth,
    /// The destination wants fewer or smaller requests.
    Throttled,
    /// The destination will never take these events.
    Rejected,
    /// No connection could be made.
    Connect,
    /// Anything else.
    #[default]
    Other,
}

impl DeliveryError {
    /// The rest of the batch may arrive later: the lane keeps it and tries again.
    pub fn retryable(cause: impl Into<String>) -> Self {
        Self {
            retry: true,
            delivered: 0,
            fault: Fault::default(),
            retry_after: None,
            cause: cause.into(),
        }
    }

    /// The destination will never take the rest of the batch: the lane drops it and counts the
    /// loss as [`Reason::Rejected`](crate::Reason::Rejected).
    pub fn fatal(cause: impl Into<String>) -> Self {
        Self {
            retry: false,
            fault: Fault::Rejected,
            ..Self::retryable(cause)
        }
    }

    /// Says that the first `events` of the batch arrived nevertheless.
    pub fn after(mut self, events: usize) -> Self {
        self.delivered = events;
        self
    }

    /// Says what kind of failure it was.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }
}

#[cfg(feature = "network")]
impl DeliveryError {
    /// Says how long the destination wants to be left alone: its `Retry-After`. The lane of a
    /// [`RemoteSink`](crate::RemoteSink) waits for that, an hour at most, whoever calls for it.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for DeliveryError {}
