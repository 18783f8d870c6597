//! What comes in goes out, and what is malformed does not.

use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;

use super::*;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, HeaderValue::from_static(value));
    }
    headers
}

/// What comes in goes out as `expected`, by name and in order of the name.
#[track_caller]
fn check(incoming: &[(&'static str, &'static str)], expected: &[(&str, &str)]) {
    install_propagators(&[Propagator::TraceContext, Propagator::Baggage]);
    let mut outgoing = HeaderMap::new();
    continue_trace(&headers(incoming), || pass_trace_on(&mut outgoing));
    let outgoing = outgoing.iter();
    let mut sent: Vec<_> = outgoing
        .map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII")))
        .collect();
    sent.sort_unstable();
    assert_eq!(sent, expected);
}

#[test]
fn a_trace_goes_through_without_an_export() {
    let incoming = [("traceparent", PARENT), ("tracestate", "vendor=1")];
    check(&incoming, &incoming);
}

#[test]
fn an_empty_tracestate_is_not_sent() {
    check(&[("traceparent", PARENT)], &[("traceparent", PARENT)]);
}

#[test]
fn lines_of_one_header_are_one_list() {
    let lines = [
        ("traceparent", PARENT),
        ("tracestate", "a=1"),
        ("tracestate", "b=2"),
    ];
    let joined = [("traceparent", PARENT), ("tracestate", "a=1,b=2")];
    check(&lines, &joined);
}

#[test]
fn two_parents_are_none() {
    check(&[("traceparent", PARENT), ("traceparent", PARENT)], &[]);
}

#[test]
fn a_malformed_parent_is_none() {
    check(&[("traceparent", "00-not-a-trace")], &[]);
    check(
        &[(
            "traceparent",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        )],
        &[],
    );
}

/// The vectors of W3C's own test suite for parts that are too short or too long, and signs, which
/// numbers are read with.
#[test]
fn a_parent_with_parts_of_other_lengths_is_none() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";
    for parent in [
        format!("0-{TRACE}-{SPAN}-01"),
        format!("000-{TRACE}-{SPAN}-01"),
        format!("+0-{TRACE}-{SPAN}-01"),
        format!("00-{}-{SPAN}-01", &TRACE[1..]),
        format!("00-+{}-{SPAN}-01", &TRACE[1..]),
        format!("00-{TRACE}-{}-01", &SPAN[1..]),
        format!("00-{TRACE}-+{}-01", &SPAN[1..]),
        format!("00-{TRACE}-{SPAN}-1"),
        format!("00-{TRACE}-{SPAN}-001"),
        format!("00-{TRACE}-{SPAN}-+1"),
        format!("00-{TRACE}-{SPAN}-01-what"),
        format!("cc-{TRACE}-{SPAN}-01.what"),
        format!("ff-{TRACE}-{SPAN}-01"),
    ] {
        check(&[("traceparent", parent.leak())], &[]);
    }
    let later = format!("cc-{TRACE}-{SPAN}-01-what").leak();
    check(&[("traceparent", later)], &[("traceparent", PARENT)]);
}

#[test]
fn baggage_goes_through_without_a_trace() {
    check(&[("baggage", "tenant=a17")], &[("baggage", "tenant=a17")]);
}

#[test]
fn oversized_baggage_is_left_out() {
    let long: &'static str = format!("tenant={}", "x".repeat(9_000)).leak();
    check(&[("baggage", long)], &[]);
}

#[test]
fn an_oversized_tracestate_is_left_out() {
    let long: &'static str = format!("vendor={}", "x".repeat(250)).leak();
    let longer: &'static str = format!("other={}", "x".repeat(250)).leak();
    let one = [("traceparent", PARENT), ("tracestate", long)];
    check(&one, &one);
    let two = [
        ("traceparent", PARENT),
        ("tracestate", long),
        ("tracestate", longer),
    ];
    check(&two, &[("traceparent", PARENT)]);
}

#[test]
fn many_lines_are_not_copied_again_and_again() {
    let mut headers = HeaderMap::new();
    let line = HeaderValue::from_str(&"x".repeat(1_000)).expect("a header");
    for _ in 0..1_000 {
        headers.append("baggage", line.clone());
        headers.append("tracestate", line.clone());
    }
    headers.insert("traceparent", HeaderValue::from_static(PARENT));
    let incoming = Incoming::read(&headers);
    assert_eq!(incoming.tracestate, None);
    let read = incoming.baggage.expect("some");
    assert!((MAX_BAGGAGE_BYTES..10_000).contains(&read.len()));
}

#[test]
fn baggage_can_be_read_inside() {
    install_propagators(&[Propagator::TraceContext, Propagator::Baggage]);
    let incoming = headers(&[("traceparent", PARENT), ("baggage", "tenant=a17")]);
    let (trace, tenant) = continue_trace(&incoming, || {
        Context::map_current(|context| {
            let tenant = context.baggage().get("tenant").map(ToString::to_string);
            (context.span().span_context().trace_id().to_string(), tenant)
        })
    });
    assert_eq!(trace, "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(tenant.as_deref(), Some("a17"));
}

/// The names of the headers that these forms read and write, of a request that has all of them.
#[track_caller]
fn check_chosen(chosen: &[Propagator], expected: &[&str]) {
    let all = headers(&[("traceparent", PARENT), ("baggage", "tenant=a17")]);
    let (propagator, mut outgoing) = (composite(chosen), HeaderMap::new());
    let context = propagator.extract_with_context(&Context::new(), &Incoming::read(&all));
    propagator.inject_context(&context, &mut Outgoing(&mut outgoing));
    let names: Vec<_> = outgoing.keys().map(HeaderName::as_str).collect();
    assert_eq!(names, expected);
}

#[test]
fn only_what_is_chosen_goes_through() {
    check_chosen(&[Propagator::TraceContext], &["traceparent"]);
    check_chosen(&[Propagator::Baggage], &["baggage"]);
    check_chosen(&[], &[]);
}
