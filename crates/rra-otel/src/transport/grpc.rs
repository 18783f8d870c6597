//! OTLP over gRPC on a runtime of its own. The client needs a tokio runtime to live in; the host
//! program's may be current-thread, busy or absent, so it is never used.

use opentelemetry_otlp::tonic_types::metadata::MetadataMap;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithTonicConfig};
use tokio::runtime::{Builder, Runtime};

use super::Transport;
use crate::config::OtelConfig;
use crate::error::Error;

/// Whether this build has gRPC.
pub(super) const BUILT_IN: bool = true;

/// One worker thread that drives the connection. Ends when dropped, without waiting.
pub(crate) struct PrivateRuntime(Option<Runtime>);

pub(super) fn connect(config: &OtelConfig, endpoint: String) -> Result<Transport, Error> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("rra-otel-grpc")
        .enable_all()
        .build()
        .map_err(|error| Error::Start {
            what: "the private runtime",
            reason: error.to_string(),
        })?;
    let exporter = {
        let _inside = runtime.enter();
        SpanExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .with_timeout(config.export_timeout)
            .with_metadata(MetadataMap::from_headers(super::headers(config)?))
            .build()
            .map_err(|error| super::exporter_refused(&error))?
    };
    Ok(Transport {
        exporter,
        runtime: Some(PrivateRuntime(Some(runtime))),
    })
}

impl Drop for PrivateRuntime {
    fn drop(&mut self) {
        // A plain drop waits, and panics when the host drops its guard inside async code.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
