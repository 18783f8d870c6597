//! What can be set about traces and what holds when nothing is set. Owns the values and their
//! checks; reads no environment variable and no file.

mod headers;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::endpoint;
use crate::error::Error;
use crate::propagation::Propagator;
use crate::transport;

pub use headers::Headers;

/// How a service samples and sends its spans. Make one with [`OtelConfig::new`], then change what
/// should differ.
///
/// Defaults are those of the OpenTelemetry specification ("Environment Variable Specification",
/// "OTLP Exporter Configuration"), except where a field says otherwise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OtelConfig {
    /// Where the receiver listens. Default: nowhere, and [`OtelGuard::start`](crate::OtelGuard::start)
    /// refuses that.
    pub endpoint: Option<Endpoint>,
    /// How spans travel. Default: [`Protocol::HttpProtobuf`].
    pub protocol: Protocol,
    /// Whether requests are compressed. Default: [`Compression::None`].
    pub compression: Compression,
    /// Sent with every request, such as an API key. `Debug` hides the values; but the HTTP client shows
    /// what it sends to a logger of the crate `log` that asks for its level trace (`ureq_proto`).
    pub headers: Headers,
    /// Who is trusted over `https`, and who we are to the receiver.
    pub tls: TlsFiles,
    /// What is known about the process that makes the spans.
    pub resource: ResourceConfig,
    /// Share of the traces begun here that is kept, from 0 to 1. Default: 1.
    pub sampling_ratio: f64,
    /// Shares for single routes, which win over [`sampling_ratio`](Self::sampling_ratio): the value
    /// of `http.route`, or the name of a span that has none, with its share. Default: none.
    pub route_ratios: Vec<(String, f64)>,
    /// Whether a trace begun elsewhere keeps the decision its caller made. Default: yes. Say no where
    /// strangers call: they could have every trace kept.
    pub follow_parent: bool,
    /// How traces and baggage pass from service to service. Default: W3C Trace Context and W3C
    /// Baggage.
    pub propagators: Vec<Propagator>,
    /// The most detailed level of spans and events that is recorded. Default: `INFO`, because at
    /// `DEBUG` the libraries below a service report more than the service itself.
    pub max_level: tracing::Level,
    /// Most of what one span may hold.
    pub limits: SpanLimits,
    /// How finished spans wait and travel.
    pub batch: BatchConfig,
}

/// An address, and whether it is the whole of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The receiver of every kind of telemetry, such as `http://127.0.0.1:4318`: over HTTP the path
    /// `/v1/traces` is added.
    Base(String),
    /// Exactly where traces go.
    Traces(String),
}

/// How spans travel to their receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Protobuf bodies over HTTP/1.1, by custom on port 4318. Needs no async runtime at all.
    #[default]
    HttpProtobuf,
    /// gRPC over HTTP/2, by custom on port 4317, on a runtime that belongs to the
    /// [`OtelGuard`](crate::OtelGuard). Needs the feature `grpc`.
    Grpc,
}

/// Whether requests are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// They are sent as they are.
    #[default]
    None,
    /// They are compressed with gzip: fewer bytes, more work for the exporting thread.
    Gzip,
}

/// PEM files for `https` (feature `tls`). Spans are sent to nobody who has not proved who he is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificates that are trusted. Default: those of the operating system.
    pub certificate: Option<PathBuf>,
    /// Our own certificate, for a receiver that asks. Default: none.
    pub client_certificate: Option<PathBuf>,
    /// The key of our own certificate. Default: none.
    pub client_key: Option<PathBuf>,
}

/// What every span says about the process it comes from, beside what is found out: host, operating
/// system and process (OpenTelemetry semantic conventions, "Resource").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceConfig {
    /// `service.name`. Default: `unknown_service`.
    pub service_name: Option<String>,
    /// `service.version`. Default: left out.
    pub service_version: Option<String>,
    /// `service.instance.id`: what tells two processes of one service apart. Default: left out.
    pub instance_id: Option<String>,
    /// `deployment.environment.name`. Default: left out.
    pub environment: Option<String>,
    /// Further attributes; the fields above and what is found out give way to them, except for a
    /// service name that is set.
    pub attributes: Vec<(String, String)>,
}

/// Most of what one span may hold; what is beyond is left out and counted in the span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpanLimits {
    /// Attributes of a span. Default: 128.
    pub attributes: u32,
    /// Events of a span. Default: 128.
    pub events: u32,
    /// Links of a span. Default: 128.
    pub links: u32,
    /// Attributes of an event. Default: 128.
    pub event_attributes: u32,
    /// Attributes of a link. Default: 128.
    pub link_attributes: u32,
    /// Characters of a text, name or attribute. Default: 4,096, where the specification knows no
    /// bound: memory must have one.
    pub text_chars: usize,
}

/// How finished spans wait and travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchConfig {
    /// Most finished spans that wait; a span that finds no room is dropped and counted.
    /// Default: 2,048.
    pub max_queue_spans: usize,
    /// Most bytes that they are, written for their receiver. Default: 8 MiB.
    pub max_queue_bytes: usize,
    /// Most spans in one request. Default: 512.
    pub max_spans: usize,
    /// Longest time a finished span waits for its batch to fill. Default: 5 s.
    pub delay: Duration,
    /// Longest time for one answer of the receiver. Default: 10 s.
    pub request_timeout: Duration,
    /// Longest time one batch may take, retries included. Default: 30 s.
    pub export_timeout: Duration,
}

impl OtelConfig {
    /// The defaults, for one receiver.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: Some(Endpoint::Base(endpoint.into())),
            ..Self::default()
        }
    }

    /// Says what [`OtelGuard::start`](crate::OtelGuard::start) would refuse, without starting anything.
    ///
    /// # Errors
    /// [`Error::Endpoint`] or [`Error::Setting`] for the first value that cannot work, and
    /// [`Error::FeatureMissing`] for gRPC or `https` in a build without it.
    pub fn check(&self) -> Result<(), Error> {
        let address = endpoint::resolve(self.endpoint.as_ref(), self.protocol)?;
        transport::check(self.protocol, &address)?;
        self.check_sampling()?;
        self.batch.check()
    }

    fn check_sampling(&self) -> Result<(), Error> {
        let routes = self.route_ratios.iter().map(|(_, ratio)| *ratio);
        for (setting, ratio) in std::iter::once(("sampling_ratio", self.sampling_ratio))
            .chain(routes.map(|ratio| ("route_ratios", ratio)))
        {
            if !(0.0..=1.0).contains(&ratio) {
                return refuse(setting, &ratio, "a number from 0 to 1");
            }
        }
        Ok(())
    }
}

impl BatchConfig {
    fn check(&self) -> Result<(), Error> {
        if self.max_spans == 0 || self.max_spans > self.max_queue_spans {
            let setting = "batch.max_spans (OTEL_BSP_MAX_EXPORT_BATCH_SIZE)";
            let expected = "1 to batch.max_queue_spans (OTEL_BSP_MAX_QUEUE_SIZE)";
            return refuse(setting, &self.max_spans, expected);
        }
        for (setting, duration) in [
            ("batch.delay", self.delay),
            ("batch.request_timeout", self.request_timeout),
            ("batch.export_timeout", self.export_timeout),
        ] {
            if duration.is_zero() {
                return refuse(setting, &0, "a duration above 0");
            }
        }
        Ok(())
    }
}

fn refuse(
    setting: &'static str,
    value: &dyn std::fmt::Display,
    expected: &'static str,
) -> Result<(), Error> {
    Err(Error::Setting {
        setting,
        value: value.to_string(),
        expected,
    })
}

impl Default for OtelConfig {
    fn default() -> Self {
        Self {
            endpoint: None,
            protocol: Protocol::default(),
            compression: Compression::default(),
            headers: Headers::default(),
            tls: TlsFiles::default(),
            resource: ResourceConfig::default(),
            sampling_ratio: 1.0,
            route_ratios: Vec::new(),
            follow_parent: true,
            propagators: vec![Propagator::TraceContext, Propagator::Baggage],
            max_level: tracing::Level::INFO,
            limits: SpanLimits::default(),
            batch: BatchConfig::default(),
        }
    }
}

impl Default for SpanLimits {
    fn default() -> Self {
        Self {
            attributes: 128,
            events: 128,
            links: 128,
            event_attributes: 128,
            link_attributes: 128,
            text_chars: 4_096,
        }
    }
}

impl Default for BatchConfig {
    fn default() -> Self {
        Self {
            max_queue_spans: 2_048,
            max_queue_bytes: 8 * 1024 * 1024,
            max_spans: 512,
            delay: Duration::from_secs(5),
            request_timeout: Duration::from_secs(10),
            export_timeout: Duration::from_secs(30),
        }
    }
}

impl Endpoint {
    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Base(address) | Self::Traces(address) => address,
        }
    }
}

/// Without what could be a password or a key.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint")
            .field(&endpoint::without_credentials(self.as_str()))
            .finish()
    }
}

#[cfg(test)]
mod tests;
