//! What can be set about traces and what holds when nothing is set. Owns the values and their
//! checks; reads no environment variable and no file.

use std::fmt;
use std::time::Duration;

use crate::endpoint;
use crate::error::Error;
use crate::transport;

/// How a service sends its spans. Make one with [`OtelConfig::new`], then change what should differ.
///
/// The queue and batch defaults are those of the OpenTelemetry specification
/// ("Batching processor", SDK environment variables `OTEL_BSP_*`).
#[derive(Clone)]
#[non_exhaustive]
pub struct OtelConfig {
    /// Where the receiver listens, such as `http://127.0.0.1:4318`. With [`Protocol::HttpProtobuf`]
    /// `/v1/traces` is added unless the path ends with it already.
    pub endpoint: String,
    /// How spans travel. Default: [`Protocol::HttpProtobuf`].
    pub protocol: Protocol,
    /// `service.name` of every span.
    pub service_name: String,
    /// `deployment.environment.name` of every span. Default: left out.
    pub environment: Option<String>,
    /// `service.version` of every span. Default: left out.
    pub service_version: Option<String>,
    /// `service.instance.id` of every span: what tells two processes of one service apart.
    /// Default: left out.
    pub instance_id: Option<String>,
    /// Share of the traces begun here that is kept, from 0 to 1. A trace begun elsewhere keeps the
    /// decision its caller made. Default: 1.
    pub sampling_ratio: f64,
    /// The most detailed level of spans and events that is recorded. Default: `INFO`, because at
    /// `DEBUG` the libraries below a service report more than the service itself.
    pub max_level: tracing::Level,
    /// Most finished spans that wait for export; a span that finds no room is dropped and shows up
    /// in [`TraceReport::unsent`](crate::TraceReport::unsent). Default: 2,048.
    pub max_queue_spans: usize,
    /// Most spans in one request. Default: 512.
    pub max_batch_spans: usize,
    /// Longest time a finished span waits for its batch to fill. Default: 5 s.
    pub batch_delay: Duration,
    /// Longest time one batch may take, retries included. Default: 10 s.
    pub export_timeout: Duration,
    /// Sent with every request, such as an API key. The values are secrets: `Debug` hides them.
    pub headers: Vec<(String, String)>,
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

impl OtelConfig {
    /// The defaults, for one service and one receiver.
    pub fn new(endpoint: impl Into<String>, service_name: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            protocol: Protocol::default(),
            service_name: service_name.into(),
            environment: None,
            service_version: None,
            instance_id: None,
            sampling_ratio: 1.0,
            max_level: tracing::Level::INFO,
            max_queue_spans: 2_048,
            max_batch_spans: 512,
            batch_delay: Duration::from_secs(5),
            export_timeout: Duration::from_secs(10),
            headers: Vec::new(),
        }
    }

    /// Says what [`OtelGuard::start`](crate::OtelGuard::start) would refuse, without starting anything.
    ///
    /// # Errors
    /// [`Error::Endpoint`] or [`Error::Setting`] for the first value that cannot work, and
    /// [`Error::FeatureMissing`] for gRPC in a build without it.
    pub fn check(&self) -> Result<(), Error> {
        endpoint::resolve(&self.endpoint, self.protocol)?;
        transport::check(self.protocol)?;
        self.check_limits()
    }

    fn check_limits(&self) -> Result<(), Error> {
        let refuse = |setting, value: String, expected| {
            Err(Error::Setting {
                setting,
                value,
                expected,
            })
        };
        if self.service_name.trim().is_empty() {
            return refuse("service_name", String::new(), "a name");
        }
        if !(0.0..=1.0).contains(&self.sampling_ratio) {
            let value = self.sampling_ratio.to_string();
            return refuse("sampling_ratio", value, "a number from 0 to 1");
        }
        if self.max_batch_spans == 0 || self.max_batch_spans > self.max_queue_spans {
            let value = self.max_batch_spans.to_string();
            return refuse("max_batch_spans", value, "1 to max_queue_spans");
        }
        for (setting, duration) in [
            ("batch_delay", self.batch_delay),
            ("export_timeout", self.export_timeout),
        ] {
            if duration.is_zero() {
                return refuse(setting, "0".to_owned(), "a duration above 0");
            }
        }
        Ok(())
    }
}

impl fmt::Debug for OtelConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("OtelConfig")
            .field("endpoint", &endpoint::without_credentials(&self.endpoint))
            .field("protocol", &self.protocol)
            .field("service_name", &self.service_name)
            .field("environment", &self.environment)
            .field("service_version", &self.service_version)
            .field("instance_id", &self.instance_id)
            .field("sampling_ratio", &self.sampling_ratio)
            .field("max_level", &self.max_level)
            .field("max_queue_spans", &self.max_queue_spans)
            .field("max_batch_spans", &self.max_batch_spans)
            .field("batch_delay", &self.batch_delay)
            .field("export_timeout", &self.export_timeout)
            .field("header_names", &names)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: fn(&mut OtelConfig), expected: &str) {
        let mut config = OtelConfig::new("http://127.0.0.1:4318", "shop");
        change(&mut config);
        let message = config.check().unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn the_defaults_are_accepted() {
        let config = OtelConfig::new("http://127.0.0.1:4318", "shop");
        assert_eq!(config.check(), Ok(()));
    }

    #[test]
    fn a_ratio_above_one_is_refused() {
        check(|config| config.sampling_ratio = 1.5, "sampling_ratio");
    }

    #[test]
    fn a_ratio_that_is_no_number_is_refused() {
        check(|config| config.sampling_ratio = f64::NAN, "from 0 to 1");
    }

    #[test]
    fn a_batch_larger_than_the_queue_is_refused() {
        check(|config| config.max_queue_spans = 10, "max_batch_spans");
    }

    #[test]
    fn an_empty_service_name_is_refused() {
        check(
            |config| config.service_name = "  ".to_owned(),
            "service_name",
        );
    }

    #[test]
    fn a_zero_timeout_is_refused() {
        check(
            |config| config.export_timeout = Duration::ZERO,
            "export_timeout",
        );
    }

    #[cfg(not(feature = "grpc"))]
    #[test]
    fn grpc_without_its_feature_names_the_feature() {
        check(|config| config.protocol = Protocol::Grpc, "feature grpc");
    }

    #[test]
    fn debug_shows_header_names_and_hides_their_values() {
        let mut config = OtelConfig::new("http://me:hunter2@127.0.0.1:4318", "shop");
        config.headers = vec![("x-api-key".to_owned(), "s3cret".to_owned())];
        let text = format!("{config:?}");
        assert!(text.contains("x-api-key"), "{text}");
        assert!(
            !text.contains("s3cret") && !text.contains("hunter2"),
            "{text}"
        );
    }
}
