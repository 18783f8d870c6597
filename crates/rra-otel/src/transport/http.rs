//! OTLP over HTTP/1.1 with a blocking client. It runs on the batch processor's own thread, so it
//! needs no async runtime; a client that needs one would panic there and lose every later span.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use ureq::http::HeaderMap;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};

use super::Transport;
use crate::config::OtelConfig;
use crate::error::Error;

/// Largest answer that is read: the limit of the clients that come with `opentelemetry-http`.
const MAX_ANSWER_BYTES: u64 = 4 * 1024 * 1024;

pub(super) fn connect(config: &OtelConfig, endpoint: String) -> Result<Transport, Error> {
    let client = BlockingClient::new(super::headers(config)?, config.export_timeout);
    let exporter = SpanExporter::builder()
        .with_http()
        // Always named here: otherwise the crate picks whichever client some other crate turned on.
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(config.export_timeout)
        .build()
        .map_err(|error| super::exporter_refused(&error))?;
    Ok(Transport {
        exporter,
        runtime: None,
    })
}

#[derive(Debug)]
struct BlockingClient {
    agent: ureq::Agent,
    /// Values are marked sensitive, so `Debug` hides them.
    headers: HeaderMap,
}

impl BlockingClient {
    fn new(headers: HeaderMap, timeout: Duration) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            // A redirect would carry the headers, keys among them, to a place nobody configured.
            .max_redirects(0)
            // Proxy variables are the environment too, and only the program may read that.
            .proxy(None)
            .build()
            .new_agent();
        Self { agent, headers }
    }

    /// The request that goes out. The exporter adds headers from `OTEL_EXPORTER_OTLP_HEADERS` by
    /// itself; they stay behind, since a key may be meant for another receiver.
    fn outgoing(&self, request: Request<Bytes>) -> Request<Vec<u8>> {
        let (mut parts, body) = request.into_parts();
        let given = std::mem::replace(&mut parts.headers, self.headers.clone());
        for name in [CONTENT_TYPE, CONTENT_ENCODING, USER_AGENT] {
            if let Some(value) = given.get(&name) {
                parts.headers.insert(name, value.clone());
            }
        }
        Request::from_parts(parts, body.into())
    }
}

#[async_trait]
impl HttpClient for BlockingClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, mut body) = self.agent.run(self.outgoing(request))?.into_parts();
        let answer = body.with_config().limit(MAX_ANSWER_BYTES).read_to_vec()?;
        Ok(Response::from_parts(parts, Bytes::from(answer)))
    }
}
