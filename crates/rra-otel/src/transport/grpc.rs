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
use tonic_types::StatusExt;

use self::codec::Exports;
use super::{Answer, Transport};
use crate::config::{Compression, OtelConfig};
use crate::endpoint::Address;
use crate::error::Error;

/// Whether this build has gRPC.
pub(super) const BUILT_IN: bool = true;

/// The one method that receivers of traces serve (OTLP specification, "OTLP/gRPC").
const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

thread_local! {
    /// Keeps telemetry suppressed on a thread for as long as the thread lives.
    static QUIET: RefCell<Option<ContextGuard>> = const { RefCell::new(None) };
}

/// One receiver over gRPC.
pub(crate) struct Grpc {
    // Before the runtime, which it needs when it is dropped.
    client: client::Grpc<Channel>,
    metadata: MetadataMap,
    runtime: Runtime,
}

impl Grpc {
    pub(crate) fn connect(config: &OtelConfig, address: &Address) -> Result<Self, Error> {
        let runtime = runtime()?;
        let endpoint = endpoint(config, address)?;
        // Inside, because the channel starts a task at once; the connection waits for its first use.
        let channel = {
            let _inside = runtime.enter();
            endpoint.connect_lazy()
        };
        let mut client = client::Grpc::new(channel);
        if config.compression == Compression::Gzip {
            client = client.send_compressed(CompressionEncoding::Gzip);
        }
        Ok(Self {
            client,
            metadata: MetadataMap::from_headers(super::headers(&config.headers)?),
            runtime,
        })
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
            Err(_) => Answer::Late,
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
    match status.code() {
        Code::DeadlineExceeded => Answer::Late,
        // What the client itself says when there is no connection.
        Code::Unavailable if std::error::Error::source(status).is_some() => Answer::Away,
        Code::Unavailable | Code::Cancelled | Code::Aborted | Code::OutOfRange | Code::DataLoss => {
            Answer::Busy {
                after: retry_after(status),
            }
        }
        Code::ResourceExhausted => match retry_after(status) {
            Some(after) => Answer::Busy { after: Some(after) },
            None => Answer::Refused,
        },
        _ => Answer::Refused,
    }
}

fn retry_after(status: &Status) -> Option<Duration> {
    status.get_details_retry_info()?.retry_delay
}
