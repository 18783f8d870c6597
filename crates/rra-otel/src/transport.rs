//! The ways to a receiver. Each says what a request met with, in the same few words, and touches
//! nothing of the host program's async runtime.

mod http;

#[cfg(feature = "grpc")]
mod grpc;
#[cfg(not(feature = "grpc"))]
#[path = "transport/without_grpc.rs"]
mod grpc;

#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "transport/without_tls.rs"]
mod tls;

use std::time::Duration;

use ::http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use crate::config::{Headers, Protocol};
use crate::endpoint::Address;
use crate::error::Error;

pub(crate) use grpc::Grpc;
pub(crate) use http::Http;

/// How our requests call themselves.
const USER_AGENT: &str = concat!("rra-otel/", env!("CARGO_PKG_VERSION"));

/// A way to a receiver.
pub(crate) trait Transport: Send + 'static {
    /// A batch, ready to be sent more than once.
    type Request;

    fn prepare(&self, batch: ExportTraceServiceRequest) -> Self::Request;

    /// Sends the batch; returns at the timeout at the latest.
    fn send(&mut self, request: &Self::Request, timeout: Duration) -> Answer;
}

/// What a request met with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was taken, but for this many spans.
    Taken { rejected: u64 },
    /// The receiver said no, and will say so again.
    Refused,
    /// The receiver asked to come again, and may have said when.
    Busy { after: Option<Duration> },
    /// There is no connection.
    Away,
    /// No answer came in time.
    Late,
}

/// Whether this build has what the configuration needs.
pub(crate) fn check(protocol: Protocol, address: &Address) -> Result<(), Error> {
    if protocol == Protocol::Grpc && !grpc::BUILT_IN {
        return Err(Error::FeatureMissing { feature: "grpc" });
    }
    if address.is_encrypted && !tls::BUILT_IN {
        return Err(Error::FeatureMissing { feature: "tls" });
    }
    Ok(())
}

/// The configured headers, marked so that no `Debug` shows their values.
fn headers(configured: &Headers) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in configured.iter() {
        let refused = || Error::Header {
            name: name.to_owned(),
        };
        let key: HeaderName = name.parse().map_err(|_| refused())?;
        let mut secret: HeaderValue = value.parse().map_err(|_| refused())?;
        secret.set_sensitive(true);
        headers.insert(key, secret);
    }
    Ok(headers)
}

/// The spans that a receiver says it took but rejected.
fn rejected(answer: Option<i64>) -> u64 {
    u64::try_from(answer.unwrap_or_default()).unwrap_or_default()
}
