//! OTLP over gRPC on a runtime of its own. The client needs a tokio runtime to live in; the host
//! program's may be current-thread, busy or absent, so it is never used.

mod codec;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "grpc/without_tls.rs"]
mod tls;

use std::cell::RefCell;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use opentelemetry::{Context, ContextGuard};
use tokio::runtime::{Builder, Runtime};
use tonic::client;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use self::codec::Exports;
use super::{Answer, Transport};
use crate::config::{Compression, OtelConfig};
use crate::endpoint::Address;
use crate::error::Error;
use crate::protobuf::{Field, Fields};

/// Whether this build has gRPC.
pub(super) const BUILT_IN: bool = true;

/// The one method that receivers of traces serve (OTLP specification, "OTLP/gRPC").
const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/// What a detail of an answer is called that says when to come again.
const RETRY_INFO: &[u8] = b"type.googleapis.com/google.rpc.RetryInfo";

thread_local! {
    /// Keeps telemetry suppressed on a thread for as long as the thread lives.
    static QUIET: RefCell<Option<ContextGuard>> = const { RefCell::new(None) };
}

/// One receiver over gRPC.
pub(crate) struct Grpc {
    // Before the runtime, which it needs when it is dropped.
    client: client::Grpc<Channel>,
    endpoint: Endpoint,
    compression: Compression,
    metadata: MetadataMap,
    runtime: Runtime,
}

impl Grpc {
    pub(crate) fn connect(config: &OtelConfig, address: &Address) -> Result<Self, Error> {
        let runtime = runtime()?;
        let endpoint = endpoint(config, address)?;
        Ok(Self {
            client: new_client(&runtime, &endpoint, config.compression),
            endpoint,
            compression: config.compression,
            metadata: MetadataMap::from_headers(super::headers(&config.headers)?),
            runtime,
        })
    }
}

/// A client with a connection of its own, which waits for its first use.
fn new_client(
    runtime: &Runtime,
    endpoint: &Endpoint,
    compression: Compression,
) -> client::Grpc<Channel> {
    // Inside, because the channel starts a task at once.
    let _inside = runtime.enter();
    let client = client::Grpc::new(endpoint.connect_lazy());
    match compression {
        Compression::None => client,
        Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
    }
}

impl Transport for Grpc {
    type Request = Bytes;

    fn prepare(&self, request: Vec<u8>) -> Bytes {
        request.into()
    }

    fn send(&mut self, request: &Bytes, timeout: Duration) -> Answer {
        let mut request = Request::new(request.clone());
        *request.metadata_mut() = self.metadata.clone();
        let client = &mut self.client;
        let answer = async {
            // Fails only when the channel's own task is gone.
            client.ready().await.map_err(|_| Answer::Away)?;
            let export = client.unary(request, PathAndQuery::from_static(EXPORT), Exports);
            export.await.map_err(|status| read(&status))
        };
        // Made inside, since the timer belongs to the runtime.
        let answer = async { tokio::time::timeout(timeout, answer).await };
        match self.runtime.block_on(answer) {
            Ok(Ok(response)) => Answer::Taken {
                rejected: response.into_inner(),
            },
            Ok(Err(answer)) => answer,
            Err(_) => {
                // A network may have swallowed the connection, which the system notices after a quarter
                // of an hour only. What is sent again, and every later batch, goes by another one.
                self.client = new_client(&self.runtime, &self.endpoint, self.compression);
                Answer::Late
            }
        }
    }
}

fn runtime() -> Result<Runtime, Error> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("rra-otel-grpc")
        // Nothing that happens below the client may become a span.
        .on_thread_start(|| {
            QUIET.set(Some(Context::enter_telemetry_suppressed_scope()));
        })
        .enable_all()
        .build();
    runtime.map_err(|error| Error::Start {
        what: "the private runtime",
        reason: error.to_string(),
    })
}

fn endpoint(config: &OtelConfig, address: &Address) -> Result<Endpoint, Error> {
    let failed = |error: tonic::transport::Error| Error::Start {
        what: "the client",
        reason: error.to_string(),
    };
    let endpoint = Endpoint::from_shared(address.url.clone()).map_err(failed)?;
    let endpoint = endpoint
        .connect_timeout(config.batch.request_timeout)
        .user_agent(super::USER_AGENT)
        .map_err(failed)?;
    if address.is_encrypted {
        return tls::encrypt(endpoint, &config.tls);
    }
    Ok(endpoint)
}

/// What the receiver says (OTLP specification, "OTLP/gRPC Response": which codes ask to come again).
fn read(status: &Status) -> Answer {
    // Only what the client itself says has one.
    let has_source = std::error::Error::source(status).is_some();
    match status.code() {
        Code::DeadlineExceeded => Answer::Late,
        // There is no connection.
        Code::Unavailable if has_source => Answer::Away,
        Code::Unavailable | Code::Cancelled | Code::Aborted | Code::OutOfRange | Code::DataLoss => {
            Answer::Busy {
                after: retry_after(status),
            }
        }
        // The connection broke, under whatever code.
        _ if has_source => Answer::Away,
        Code::ResourceExhausted => match retry_after(status) {
            Some(after) => Answer::Busy { after: Some(after) },
            None => Answer::Refused,
        },
        _ => Answer::Refused,
    }
}

/// How long a receiver asks us to wait: the delay in `google.rpc.RetryInfo`, one of the details of
/// `google.rpc.Status`. Read here, since the crate that reads it panics at the most negative delay where
/// arithmetic is checked.
fn retry_after(status: &Status) -> Option<Duration> {
    let details = Fields(status.details()).filter_map(|field| message(field, 3));
    let info = details
        .filter(|any| first(any, 1) == Some(RETRY_INFO))
        .find_map(|any| first(any, 2))?;
    let delay = first(info, 1)?;
    // Less than nothing asks for nothing.
    let nanoseconds = u32::try_from(number(delay, 2)).unwrap_or(0);
    let seconds = u64::try_from(number(delay, 1)).unwrap_or(0);
    Some(Duration::new(seconds, nanoseconds.min(999_999_999)))
}

/// The content of a field, if it has this number.
fn message((found, field): (u64, Field<'_>), wanted: u64) -> Option<&[u8]> {
    match field {
        Field::Bytes(bytes) if found == wanted => Some(bytes),
        _ => None,
    }
}

fn first(fields: &[u8], wanted: u64) -> Option<&[u8]> {
    Fields(fields).find_map(|field| message(field, wanted))
}

/// A signed number, which is 0 where it is not there.
fn number(fields: &[u8], wanted: u64) -> i64 {
    let found = Fields(fields).find_map(|(number, field)| match field {
        Field::Number(value) if number == wanted => Some(value.cast_signed()),
        _ => None,
    });
    found.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::Message;

    fn read_details(details: Vec<u8>) -> Option<Duration> {
        let status = Status::with_details(Code::Unavailable, "", details.into());
        retry_after(&status)
    }

    #[track_caller]
    fn check(seconds: i64, nanoseconds: i64, expected: Duration) {
        let mut details = Message::default();
        details.number(1, 14);
        details.message(3, |any| any.bytes(1, b"google.rpc.Help"));
        details.message(3, |any| {
            any.bytes(1, RETRY_INFO);
            any.message(2, |info| {
                info.message(1, |delay| {
                    delay.number(1, seconds.cast_unsigned());
                    delay.number(2, nanoseconds.cast_unsigned());
                });
            });
        });
        assert_eq!(read_details(details.into_bytes()), Some(expected));
    }

    #[test]
    fn a_delay_is_read_as_others_write_it() {
        let mut details = b"\x08\x0e\x1a\x36\x0a\x28".to_vec();
        details.extend_from_slice(RETRY_INFO);
        details.extend_from_slice(b"\x12\x0a\x0a\x08\x08\x07\x10\x80\xca\xb5\xee\x01");
        assert_eq!(read_details(details), Some(Duration::from_millis(7_500)));
    }

    #[test]
    fn no_delay_is_too_long_or_too_short() {
        check(0, 0, Duration::ZERO);
        check(i64::MIN, 0, Duration::ZERO);
        check(-1, i64::MIN, Duration::ZERO);
        check(
            i64::MAX,
            i64::MAX,
            Duration::from_secs(i64::MAX.cast_unsigned()),
        );
        check(1, i32::MAX.into(), Duration::new(1, 999_999_999));
    }

    #[test]
    fn what_is_no_delay_asks_for_nothing() {
        for details in [&b""[..], b"\x1a\x00", b"\x08\x0e", b"\xff\xff"] {
            assert_eq!(read_details(details.to_vec()), None, "{details:?}");
        }
    }
}
