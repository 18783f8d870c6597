//! From a configuration to the exporter that carries spans. Each transport brings what it needs to
//! run and touches nothing of the host program's async runtime.

mod http;

#[cfg(feature = "grpc")]
mod grpc;

#[cfg(not(feature = "grpc"))]
#[path = "transport/without_grpc.rs"]
mod grpc;

pub(crate) use grpc::PrivateRuntime;

use opentelemetry_otlp::SpanExporter;

use crate::config::{OtelConfig, Protocol};
use crate::endpoint;
use crate::error::Error;

/// An exporter together with what must outlive it.
pub(crate) struct Transport {
    pub(crate) exporter: SpanExporter,
    pub(crate) runtime: Option<PrivateRuntime>,
}

/// Makes the exporter for the configured protocol. Opens no connection yet.
pub(crate) fn connect(config: &OtelConfig) -> Result<Transport, Error> {
    let endpoint = endpoint::resolve(&config.endpoint, config.protocol)?;
    match config.protocol {
        Protocol::HttpProtobuf => http::connect(config, endpoint),
        Protocol::Grpc => grpc::connect(config, endpoint),
    }
}

/// Whether this build has the transport.
pub(crate) fn check(protocol: Protocol) -> Result<(), Error> {
    if protocol == Protocol::Grpc && !grpc::BUILT_IN {
        return Err(Error::FeatureMissing { feature: "grpc" });
    }
    Ok(())
}

fn headers(config: &OtelConfig) -> Result<ureq::http::HeaderMap, Error> {
    let mut headers = ureq::http::HeaderMap::new();
    for (name, value) in &config.headers {
        let refused = || Error::Header { name: name.clone() };
        let key: ureq::http::HeaderName = name.parse().map_err(|_| refused())?;
        let mut secret: ureq::http::HeaderValue = value.parse().map_err(|_| refused())?;
        secret.set_sensitive(true);
        headers.insert(key, secret);
    }
    Ok(headers)
}

fn exporter_refused(error: &opentelemetry_otlp::ExporterBuildError) -> Error {
    Error::Start {
        what: "the exporter",
        reason: error.to_string(),
    }
}
