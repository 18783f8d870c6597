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

use crate::config::{Headers, Protocol};
use crate::endpoint::Address;
use crate::error::Error;
use crate::protobuf::{Field, Fields};

pub(crate) use grpc::Grpc;
pub(crate) use http::Http;

/// How our requests call themselves.
const USER_AGENT: &str = concat!("rra-otel/", env!("CARGO_PKG_VERSION"));

/// A way to a receiver.
pub(crate) trait Transport: Send + 'static {
    /// A batch, ready to be sent more than once.
    type Request;

    fn prepare(&self, request: Vec<u8>) -> Self::Request;

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

/// The spans that a receiver says it took but rejected: `partial_success.rejected_spans` of
/// `ExportTraceServiceResponse`. An answer that cannot be read rejects nothing.
fn rejected(answer: &[u8]) -> u64 {
    let first = |(number, field)| (number == 1).then_some(field);
    let Some(Field::Bytes(partial)) = Fields(answer).find_map(first) else {
        return 0;
    };
    let Some(Field::Number(rejected)) = Fields(partial).find_map(first) else {
        return 0;
    };
    // The field is signed, and fewer than none are none.
    if rejected.cast_signed() < 0 {
        0
    } else {
        rejected
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceResponse,
    };
    use prost::Message;

    use super::*;

    #[test]
    fn a_header_shows_no_value() {
        let headers = headers(&[("x-api-key", "s3cret")].into_iter().collect());
        let headers = headers.expect("a header");
        assert_eq!(headers["x-api-key"], "s3cret");
        assert!(!format!("{headers:?}").contains("s3cret"));
    }

    fn check(rejected_spans: i64, expected: u64) {
        let answer = ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess {
                rejected_spans,
                error_message: "no room".to_owned(),
            }),
        };
        assert_eq!(rejected(&answer.encode_to_vec()), expected);
    }

    #[test]
    fn what_is_rejected_is_read() {
        check(0, 0);
        check(300, 300);
        check(-1, 0);
    }

    #[test]
    fn what_is_no_answer_rejects_nothing() {
        for answer in [&b""[..], b"\xff\xff", b"\x08\x07", b"\x0a\x00"] {
            assert_eq!(rejected(answer), 0, "{answer:?}");
        }
    }
}
