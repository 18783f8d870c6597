//! The variables of OpenTelemetry that are honoured (its specification, "Environment Variable
//! Specification" and "OTLP Exporter Configuration"), for a build with the feature `otel`.

use super::Variable;

pub(super) const VARIABLES: &[Variable] = &[
    row(
        "OTEL_SDK_DISABLED",
        "false",
        "true or false",
        "Whether traces are off, whatever else is set.",
    ),
    row(
        "OTEL_TRACES_EXPORTER",
        "",
        "otlp or none",
        "Whether spans are sent: otlp sends them to localhost if no endpoint is named, none to nowhere.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "",
        "a URL such as http://127.0.0.1:4318",
        "Where spans are sent; nothing is traced without it. Over HTTP, /v1/traces is added.",
    )
    .of("traces.endpoint"),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "",
        "a URL such as http://127.0.0.1:4318/v1/traces",
        "Where spans are sent, taken as it is; wins over the endpoint of all telemetry.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "http/protobuf",
        "http/protobuf or grpc",
        "How spans travel (grpc: feature grpc).",
    )
    .of("traces.protocol"),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "",
        "http/protobuf or grpc",
        "How spans travel; wins over the protocol of all telemetry.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_INSECURE",
        "false",
        "true or false",
        "Whether a gRPC endpoint without http:// or https:// is not encrypted.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_INSECURE",
        "",
        "true or false",
        "The same, for traces.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "",
        "a path",
        "The certificates that are trusted over https, in PEM; those of the system by default.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
        "",
        "a path",
        "The same, for traces.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        "",
        "a path",
        "Our own certificate in PEM, for a receiver that asks.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
        "",
        "a path",
        "The same, for traces.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        "",
        "a path",
        "The key of our own certificate in PEM.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
        "",
        "a path",
        "The same, for traces.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "",
        "KEY=VALUE pairs separated by commas, other characters as %XX",
        "Sent with every request, such as an API key.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "",
        "KEY=VALUE pairs separated by commas, other characters as %XX",
        "The same, for traces; replaces the headers of all telemetry.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "none",
        "gzip or none",
        "Whether requests are compressed.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "",
        "gzip or none",
        "The same, for traces.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "10000",
        "milliseconds above 0",
        "Longest time for one answer of the receiver.",
    ),
    row(
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "",
        "milliseconds above 0",
        "The same, for traces.",
    ),
    row(
        "OTEL_TRACES_SAMPLER",
        "parentbased_always_on",
        "always_on, always_off, traceidratio, or one of them behind parentbased_",
        "Which traces are kept.",
    ),
    row(
        "OTEL_TRACES_SAMPLER_ARG",
        "",
        "a number from 0 to 1",
        "The share that traceidratio and parentbased_traceidratio keep.",
    ),
    row(
        "OTEL_PROPAGATORS",
        "tracecontext,baggage",
        "tracecontext and baggage, or none",
        "How a trace passes from service to service.",
    ),
    row(
        "OTEL_SERVICE_NAME",
        "",
        "a name",
        "The name of the service in spans, where it differs from that in events.",
    ),
    row(
        "OTEL_RESOURCE_ATTRIBUTES",
        "",
        "KEY=VALUE pairs separated by commas, other characters as %XX",
        "What every span says about the process; wins over what is found out.",
    ),
    row(
        "OTEL_BSP_SCHEDULE_DELAY",
        "5000",
        "milliseconds above 0",
        "Longest time a finished span waits for its batch to fill.",
    ),
    row(
        "OTEL_BSP_EXPORT_TIMEOUT",
        "30000",
        "milliseconds above 0",
        "Longest time one batch may take, retries included.",
    ),
    row(
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "2048",
        "a number above 0",
        "Most finished spans that wait; more are dropped and counted.",
    ),
    row(
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "512",
        "a number above 0, at most the size of the queue",
        "Most spans in one request.",
    ),
    row(
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "128",
        "a number",
        "Most attributes of a span.",
    ),
    row(
        "OTEL_ATTRIBUTE_COUNT_LIMIT",
        "",
        "a number",
        "The same, unless the limit for spans is set.",
    ),
    row(
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "4096",
        "a number of characters",
        "Where a text in a span is cut.",
    ),
    row(
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "",
        "a number of characters",
        "The same, unless the limit for spans is set.",
    ),
    row(
        "OTEL_SPAN_EVENT_COUNT_LIMIT",
        "128",
        "a number",
        "Most events of a span.",
    ),
    row(
        "OTEL_SPAN_LINK_COUNT_LIMIT",
        "128",
        "a number",
        "Most links of a span.",
    ),
    row(
        "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
        "128",
        "a number",
        "Most attributes of an event of a span.",
    ),
    row(
        "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        "128",
        "a number",
        "Most attributes of a link of a span.",
    ),
];

const fn row(
    name: &'static str,
    default: &'static str,
    values: &'static str,
    meaning: &'static str,
) -> Variable {
    Variable {
        name,
        default,
        values,
        meaning,
        setting: None,
        since: "0.1.0",
    }
}

impl Variable {
    const fn of(mut self, setting: &'static str) -> Self {
        self.setting = Some(setting);
        self
    }
}
