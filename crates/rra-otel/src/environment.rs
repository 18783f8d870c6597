//! The environment variables of OpenTelemetry (specification, "Environment Variable Specification"
//! and "OTLP Exporter Configuration"): what each may say and which wins. Pure: the program that uses
//! this looks the variables up.
//!
//! A variable that is set to nothing counts as unset. A value that cannot be used is an error,
//! where the specification would have it logged and ignored: a service that was told to sample or
//! to encrypt must not run as if it had not been.

mod pairs;
mod reader;

use crate::config::{Compression, Endpoint, Headers, OtelConfig, Protocol};
use crate::error::Error;
use crate::propagation::Propagator;
use reader::{Reader, word};

/// Gives the value of a variable, if it is set.
type Lookup<'l> = &'l dyn Fn(&str) -> Option<std::ffi::OsString>;

/// Where receivers listen by custom, for a program that asks for an export and names no address.
const DEFAULT_HTTP: &str = "http://localhost:4318";
const DEFAULT_GRPC: &str = "http://localhost:4317";

impl OtelConfig {
    /// Changes the configuration by every variable that is set.
    ///
    /// Variables for traces win over those for every kind of telemetry. An endpoint turns the export
    /// on, and so does `OTEL_TRACES_EXPORTER=otlp`; `none` and `OTEL_SDK_DISABLED=true` turn it off.
    ///
    /// ```
    /// let mut config = rra_otel::OtelConfig::default();
    /// config.apply_environment(&|name| {
    ///     (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| "http://127.0.0.1:4318".into())
    /// })?;
    /// assert!(config.endpoint.is_some());
    /// # Ok::<(), rra_otel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Variable`] for the first value that a variable cannot have. Values that may hold a
    /// key are not repeated.
    pub fn apply_environment(&mut self, lookup: Lookup<'_>) -> Result<(), Error> {
        let reader = Reader(lookup);
        self.apply_protocol(&reader)?;
        self.apply_endpoint(&reader)?;
        self.apply_transport(&reader)?;
        self.apply_sampler(&reader)?;
        self.apply_limits(&reader)?;
        self.apply_batch(&reader)?;
        self.apply_resource(&reader)?;
        self.apply_propagators(&reader)?;
        self.apply_switches(&reader)
    }

    fn apply_protocol(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "OTEL_EXPORTER_OTLP_PROTOCOL",
        ];
        let words = &[
            ("http/protobuf", Protocol::HttpProtobuf),
            ("grpc", Protocol::Grpc),
        ];
        let expected = "\"http/protobuf\" or \"grpc\"";
        reader.set(&mut self.protocol, names, |text| {
            word(text, words).ok_or(expected)
        })
    }

    fn apply_endpoint(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_INSECURE",
            "OTEL_EXPORTER_OTLP_INSECURE",
        ];
        let mut is_insecure = false;
        reader.set(&mut is_insecure, names, reader::switch)?;
        let for_all = reader
            .text("OTEL_EXPORTER_OTLP_ENDPOINT")?
            .map(Endpoint::Base);
        let for_traces = reader.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")?;
        if let Some(endpoint) = for_traces.map(Endpoint::Traces).or(for_all) {
            self.endpoint = Some(with_scheme(endpoint, self.protocol, is_insecure));
        }
        Ok(())
    }

    fn apply_transport(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
            "OTEL_EXPORTER_OTLP_HEADERS",
        ];
        let headers = |text: &str| Ok(Headers::from_iter(pairs::pairs(text)?));
        reader.set_secret(&mut self.headers, names, headers)?;
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
            "OTEL_EXPORTER_OTLP_COMPRESSION",
        ];
        let words = &[("gzip", Compression::Gzip), ("none", Compression::None)];
        let compression = |text: &str| word(text, words).ok_or("\"gzip\" or \"none\"");
        reader.set(&mut self.compression, names, compression)?;
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
            "OTEL_EXPORTER_OTLP_TIMEOUT",
        ];
        reader.set(&mut self.batch.request_timeout, names, reader::milliseconds)?;

        let path = |text: &str| Ok(Some(text.into()));
        let tls = &mut self.tls;
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
            "OTEL_EXPORTER_OTLP_CERTIFICATE",
        ];
        reader.set(&mut tls.certificate, names, path)?;
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        ];
        reader.set(&mut tls.client_certificate, names, path)?;
        let names = [
            "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
            "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        ];
        reader.set(&mut tls.client_key, names, path)
    }

    /// The argument counts only beside a sampler that takes one, as the specification has it.
    fn apply_sampler(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        const EXPECTED: &str = "always_on, always_off, traceidratio, parentbased_always_on, \
            parentbased_always_off or parentbased_traceidratio";
        let argument = reader.text("OTEL_TRACES_SAMPLER_ARG")?;
        let mut sampler = String::new();
        reader.set(&mut sampler, ["OTEL_TRACES_SAMPLER"], |text| {
            let is_known = reader::SAMPLERS
                .iter()
                .any(|known| text.eq_ignore_ascii_case(known));
            is_known.then(|| text.to_ascii_lowercase()).ok_or(EXPECTED)
        })?;
        if sampler.is_empty() {
            return Ok(());
        }
        let own = sampler.strip_prefix("parentbased_");
        self.follow_parent = own.is_some();
        self.sampling_ratio = match own.unwrap_or(&sampler) {
            "always_off" => 0.0,
            "traceidratio" => reader::ratio("OTEL_TRACES_SAMPLER_ARG", argument)?,
            _ => 1.0,
        };
        Ok(())
    }

    fn apply_limits(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let limits = &mut self.limits;
        let names = [
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        ];
        reader.set(&mut limits.text_chars, names, reader::whole)?;
        let names = [
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_ATTRIBUTE_COUNT_LIMIT",
        ];
        reader.set(&mut limits.attributes, names, reader::whole)?;
        for (limit, name) in [
            (&mut limits.events, "OTEL_SPAN_EVENT_COUNT_LIMIT"),
            (&mut limits.links, "OTEL_SPAN_LINK_COUNT_LIMIT"),
            (
                &mut limits.event_attributes,
                "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
            ),
            (
                &mut limits.link_attributes,
                "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
            ),
        ] {
            reader.set(limit, [name], reader::whole)?;
        }
        Ok(())
    }

    fn apply_batch(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let batch = &mut self.batch;
        reader.set(
            &mut batch.delay,
            ["OTEL_BSP_SCHEDULE_DELAY"],
            reader::milliseconds,
        )?;
        reader.set(
            &mut batch.export_timeout,
            ["OTEL_BSP_EXPORT_TIMEOUT"],
            reader::milliseconds,
        )?;
        reader.set(
            &mut batch.max_queue_spans,
            ["OTEL_BSP_MAX_QUEUE_SIZE"],
            reader::above_zero,
        )?;
        let most = batch.max_queue_spans;
        // Who sets the size of the queue alone has said nothing of batches that do not fit into it.
        batch.max_spans = batch.max_spans.min(most);
        let expected = "a whole number above 0, at most the size of the queue";
        reader.set(
            &mut batch.max_spans,
            ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"],
            |text| {
                let number = reader::above_zero(text).ok();
                number.filter(|number| *number <= most).ok_or(expected)
            },
        )
    }

    fn apply_resource(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let resource = &mut self.resource;
        reader.set(
            &mut resource.attributes,
            ["OTEL_RESOURCE_ATTRIBUTES"],
            pairs::pairs,
        )?;
        if let Some(name) = reader.text("OTEL_SERVICE_NAME")? {
            // As an attribute it would lose against a name that the program sets.
            resource.attributes.retain(|(key, _)| key != "service.name");
            resource.service_name = Some(name);
        }
        Ok(())
    }

    fn apply_propagators(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        reader.set(&mut self.propagators, ["OTEL_PROPAGATORS"], |text| {
            let words = &[
                ("tracecontext", Some(Propagator::TraceContext)),
                ("baggage", Some(Propagator::Baggage)),
                ("none", None),
            ];
            let named = text.split(',').map(|name| word(name.trim(), words));
            let named: Option<Vec<_>> = named.collect();
            let mut named: Vec<_> = named
                .ok_or("tracecontext and baggage, separated by a comma, or none")?
                .into_iter()
                .flatten()
                .collect();
            named.dedup();
            Ok(named)
        })
    }

    fn apply_switches(&mut self, reader: &Reader<'_>) -> Result<(), Error> {
        let words = &[("otlp", true), ("none", false)];
        let mut is_asked = None;
        reader.set(&mut is_asked, ["OTEL_TRACES_EXPORTER"], |text| {
            word(text, words).map(Some).ok_or("\"otlp\" or \"none\"")
        })?;
        let mut is_disabled = false;
        reader.set(&mut is_disabled, ["OTEL_SDK_DISABLED"], reader::switch)?;
        if is_disabled || is_asked == Some(false) {
            self.endpoint = None;
        } else if is_asked == Some(true) && self.endpoint.is_none() {
            let address = match self.protocol {
                Protocol::HttpProtobuf => DEFAULT_HTTP,
                Protocol::Grpc => DEFAULT_GRPC,
            };
            self.endpoint = Some(Endpoint::Base(address.to_owned()));
        }
        Ok(())
    }
}

/// gRPC targets are often written without a scheme; then a variable of its own says whether the
/// connection is encrypted, which it is by default.
fn with_scheme(endpoint: Endpoint, protocol: Protocol, is_insecure: bool) -> Endpoint {
    let text = endpoint.as_str();
    if protocol != Protocol::Grpc || text.contains("://") {
        return endpoint;
    }
    let scheme = if is_insecure { "http" } else { "https" };
    Endpoint::Traces(format!("{scheme}://{text}"))
}

#[cfg(test)]
mod tests;
