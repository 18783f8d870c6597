//! Every variable, right and wrong, and which of two wins.

use std::ffi::OsString;
use std::time::Duration;

use super::*;

const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

fn from(variables: &[(&str, &str)]) -> Result<OtelConfig, Error> {
    let mut config = OtelConfig::default();
    config.apply_environment(&|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    })?;
    Ok(config)
}

/// With the variables set, the configuration is the default with one change.
#[track_caller]
fn check(variables: &[(&str, &str)], change: impl FnOnce(&mut OtelConfig)) {
    let mut expected = OtelConfig::default();
    change(&mut expected);
    assert_eq!(from(variables), Ok(expected));
}

#[track_caller]
fn check_refused(name: &str, value: &str, expected: &str) {
    let message = from(&[(name, value)]).unwrap_err().to_string();
    assert_eq!(
        message,
        format!("{name} cannot be {value:?}: expected {expected}")
    );
}

fn base(address: &str) -> Endpoint {
    Endpoint::Base(address.to_owned())
}

fn traces(address: &str) -> Endpoint {
    Endpoint::Traces(address.to_owned())
}

#[test]
fn an_empty_environment_changes_nothing() {
    check(&[], |_| {});
    check(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")], |_| {});
}

#[test]
fn an_endpoint_for_traces_wins_and_is_taken_as_it_is() {
    let for_traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://other/in");
    check(&[ENDPOINT], |config| {
        config.endpoint = Some(base("http://collector:4318"));
    });
    check(&[ENDPOINT, for_traces], |config| {
        config.endpoint = Some(traces("http://other/in"));
    });
}

#[test]
fn a_protocol_for_traces_wins() {
    let for_all = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    let for_traces = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "HTTP/Protobuf");
    check(&[for_all], |config| config.protocol = Protocol::Grpc);
    check(&[for_all, for_traces], |_| {});
    let expected = "\"http/protobuf\" or \"grpc\"";
    check_refused("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", expected);
    check_refused("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "udp", expected);
}

#[test]
fn a_grpc_target_without_scheme_is_encrypted_unless_it_says_otherwise() {
    let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    let target = ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317");
    let insecure = ("OTEL_EXPORTER_OTLP_INSECURE", "true");
    let endpoint = |variables: &[_]| from(variables).map(|config| config.endpoint);
    assert_eq!(
        endpoint(&[grpc, target]),
        Ok(Some(traces("https://collector:4317")))
    );
    assert_eq!(
        endpoint(&[grpc, target, insecure]),
        Ok(Some(traces("http://collector:4317")))
    );
    let secure = ("OTEL_EXPORTER_OTLP_TRACES_INSECURE", "false");
    assert_eq!(
        endpoint(&[grpc, target, insecure, secure]),
        Ok(Some(traces("https://collector:4317")))
    );
    let https = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317");
    assert_eq!(
        endpoint(&[grpc, https, insecure]),
        Ok(Some(base("https://collector:4317")))
    );
}

#[test]
fn headers_are_decoded_and_those_for_traces_replace_the_others() {
    let for_all = ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=a%20b,x-tenant=7");
    let for_traces = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-key=c");
    let headers = |pairs: &[(&str, &str)]| pairs.iter().copied().collect();
    check(&[for_all], |config| {
        config.headers = headers(&[("x-key", "a b"), ("x-tenant", "7")]);
    });
    check(&[for_all, for_traces], |config| {
        config.headers = headers(&[("x-key", "c")]);
    });
}

#[test]
fn a_header_that_cannot_be_read_is_not_repeated() {
    let error = from(&[("OTEL_EXPORTER_OTLP_HEADERS", "x-key:s3cret")]).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("OTEL_EXPORTER_OTLP_HEADERS"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[test]
fn compression_is_gzip_or_none() {
    let name = "OTEL_EXPORTER_OTLP_COMPRESSION";
    check(&[(name, "gzip")], |config| {
        config.compression = Compression::Gzip;
    });
    check(
        &[
            (name, "gzip"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none"),
        ],
        |_| {},
    );
    check_refused(name, "zstd", "\"gzip\" or \"none\"");
}

#[test]
fn certificates_are_paths() {
    let general = ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem");
    let own = ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/traces.pem");
    check(&[general], |config| {
        config.tls.certificate = Some("/ca.pem".into());
    });
    check(&[general, own], |config| {
        config.tls.certificate = Some("/traces.pem".into());
    });
    let client = [
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/me.pem"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/general.key"),
        ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "/me.key"),
    ];
    check(&client, |config| {
        config.tls.client_certificate = Some("/me.pem".into());
        config.tls.client_key = Some("/me.key".into());
    });
}

#[test]
fn times_are_milliseconds() {
    let millis = Duration::from_millis;
    check(&[("OTEL_EXPORTER_OTLP_TIMEOUT", "1500")], |config| {
        config.batch.request_timeout = millis(1_500);
    });
    check(&[("OTEL_BSP_SCHEDULE_DELAY", "200")], |config| {
        config.batch.delay = millis(200);
    });
    check(&[("OTEL_BSP_EXPORT_TIMEOUT", "9000")], |config| {
        config.batch.export_timeout = millis(9_000);
    });
    let expected = "a whole number of milliseconds above 0";
    check_refused("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "10s", expected);
    check_refused("OTEL_BSP_SCHEDULE_DELAY", "0", expected);
}

#[test]
fn samplers_have_the_names_of_the_specification() {
    let with = |sampler, argument| {
        let config = from(&[
            ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", argument),
        ]);
        config.map(|config| (config.follow_parent, config.sampling_ratio))
    };
    assert_eq!(with("always_on", ""), Ok((false, 1.0)));
    assert_eq!(with("always_off", ""), Ok((false, 0.0)));
    assert_eq!(with("traceidratio", "0.25"), Ok((false, 0.25)));
    assert_eq!(with("parentbased_always_on", "0.25"), Ok((true, 1.0)));
    assert_eq!(with("parentbased_always_off", ""), Ok((true, 0.0)));
    assert_eq!(with("ParentBased_TraceIdRatio", "0.25"), Ok((true, 0.25)));
    assert_eq!(with("parentbased_traceidratio", ""), Ok((true, 1.0)));
    let wrong = with("traceidratio", "25%").unwrap_err().to_string();
    assert_eq!(
        wrong,
        "OTEL_TRACES_SAMPLER_ARG cannot be \"25%\": expected a number from 0 to 1"
    );
    assert!(with("traceidratio", "2").is_err());
    assert!(with("jaeger_remote", "").is_err());
}

#[test]
fn an_argument_without_a_sampler_counts_for_nothing() {
    check(&[("OTEL_TRACES_SAMPLER_ARG", "0.25")], |_| {});
}

#[test]
fn limits_of_spans_win_over_general_ones() {
    let general = [
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "10"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "100"),
    ];
    check(&general, |config| {
        config.limits.attributes = 10;
        config.limits.text_chars = 100;
    });
    let own = [
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "20"),
        ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "200"),
    ];
    check(&[general, own].concat(), |config| {
        config.limits.attributes = 20;
        config.limits.text_chars = 200;
    });
    check(&[("OTEL_SPAN_EVENT_COUNT_LIMIT", "0")], |config| {
        config.limits.events = 0;
    });
    check(&[("OTEL_SPAN_LINK_COUNT_LIMIT", "2")], |config| {
        config.limits.links = 2;
    });
    check_refused("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "many", "a whole number");
    check_refused("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "-1", "a whole number");
}

#[test]
fn the_queue_and_its_batches_have_sizes() {
    let name = "OTEL_BSP_MAX_QUEUE_SIZE";
    check(&[(name, "1000")], |config| {
        config.batch.max_queue_spans = 1_000;
    });
    let batch = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";
    check(&[(batch, "10")], |config| {
        config.batch.max_spans = 10;
    });
    check_refused(name, "0", "a whole number above 0");
    let expected = "a whole number above 0, at most the size of the queue";
    check_refused(batch, "0", expected);
    check_refused(batch, "2049", expected);
}

#[test]
fn a_small_queue_has_small_batches() {
    let queue = ("OTEL_BSP_MAX_QUEUE_SIZE", "100");
    check(&[queue], |config| {
        config.batch.max_queue_spans = 100;
        config.batch.max_spans = 100;
    });
    let config = from(&[ENDPOINT, queue]).expect("values that can be used");
    assert_eq!(config.check(), Ok(()));
}

#[test]
fn a_service_name_wins_over_the_attribute_of_that_name() {
    let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=till,team=a%2Cb");
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    check(&[attributes], |config| {
        config.resource.attributes = vec![pair("service.name", "till"), pair("team", "a,b")];
    });
    check(&[attributes, ("OTEL_SERVICE_NAME", "shop")], |config| {
        config.resource.service_name = Some("shop".to_owned());
        config.resource.attributes = vec![pair("team", "a,b")];
    });
}

#[test]
fn propagators_are_those_of_w3c() {
    let name = "OTEL_PROPAGATORS";
    check(&[(name, "tracecontext")], |config| {
        config.propagators = vec![Propagator::TraceContext];
    });
    check(&[(name, "tracecontext, BAGGAGE")], |_| {});
    check(&[(name, "none")], |config| config.propagators = Vec::new());
    let expected = "tracecontext and baggage, separated by a comma, or none";
    check_refused(name, "tracecontext,b3", expected);
}

#[test]
fn an_exporter_that_is_asked_for_has_a_place_to_go() {
    let otlp = ("OTEL_TRACES_EXPORTER", "otlp");
    check(&[otlp], |config| {
        config.endpoint = Some(base("http://localhost:4318"));
    });
    check(&[otlp, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], |config| {
        config.protocol = Protocol::Grpc;
        config.endpoint = Some(base("http://localhost:4317"));
    });
    check(&[otlp, ENDPOINT], |config| {
        config.endpoint = Some(base(ENDPOINT.1));
    });
    check_refused("OTEL_TRACES_EXPORTER", "zipkin", "\"otlp\" or \"none\"");
}

#[test]
fn an_export_can_be_switched_off() {
    check(&[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")], |_| {});
    check(&[ENDPOINT, ("OTEL_SDK_DISABLED", "TRUE")], |_| {});
    check(&[ENDPOINT, ("OTEL_SDK_DISABLED", "false")], |config| {
        config.endpoint = Some(base(ENDPOINT.1));
    });
    check_refused("OTEL_SDK_DISABLED", "1", "true or false");
}

#[test]
fn no_variable_is_looked_up_twice() {
    let asked = std::cell::RefCell::new(Vec::new());
    let mut config = OtelConfig::default();
    let all = config.apply_environment(&|name| {
        asked.borrow_mut().push(name.to_owned());
        None
    });
    assert_eq!(all, Ok(()));
    let mut names = asked.into_inner();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}
