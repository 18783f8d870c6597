//! OTLP over gRPC on a runtime of its own. The client needs a tokio runtime to live in; the host
//! program's may be current-thread, busy or absent, so it is never used.

#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "grpc/without_tls.rs"]
mod tls;

use std::cell::RefCell;
use std::time::Duration;

use opentelemetry::{Context, ContextGuard};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use tokio::runtime::{Builder, Runtime};
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::{Answer, Transport, rejected};
use crate::config::{Compression, OtelConfig};
use crate::endpoint::Address;
use crate::error::Error;

/// Whether this build has gRPC.
pub(super) const BUILT_IN: bool = true;

thread_local! {
    /// Keeps telemetry suppressed on a thread for as long as the thread lives.
    static QUIET: RefCell<Option<ContextGuard>> = const { RefCell::new(None) };
}

/// One receiver over gRPC.
pub(crate) struct Grpc {
    // Before the runtime, which it needs when it is dropped.
    client: TraceServiceClient<Channel>,
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
        let mut client = TraceServiceClient::new(channel);
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
    type Request = ExportTraceServiceRequest;

    fn prepare(&self, batch: ExportTraceServiceRequest) -> ExportTraceServiceRequest {
        batch
    }

    fn send(&mut self, batch: &ExportTraceServiceRequest, timeout: Duration) -> Answer {
        let mut request = Request::new(batch.clone());
        *request.metadata_mut() = self.metadata.clone();
        let answer = self
            .runtime
            .block_on(async { tokio::time::timeout(timeout, self.client.export(request)).await });
        match answer {
            Ok(Ok(response)) => {
                let partial = response.into_inner().partial_success;
                Answer::Taken {
                    rejected: rejected(partial.map(|partial| partial.rejected_spans)),
                }
            }
            Ok(Err(status)) => read(&status),
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
