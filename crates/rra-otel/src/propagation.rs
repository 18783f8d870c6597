//! How a trace passes from service to service: taken over from the headers of a request, put into
//! those of another. Works without an export too; then what came in goes out.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{
    Extractor, Injector, TextMapCompositePropagator, TextMapPropagator,
};
use opentelemetry::{Context, global};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};

/// A form in which a trace or its baggage stands in the headers of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Propagator {
    /// `traceparent` and `tracestate` (W3C Trace Context).
    TraceContext,
    /// `baggage` (W3C Baggage).
    Baggage,
}

/// Makes these the way in which the whole process passes traces on, other OpenTelemetry libraries
/// included. [`OtelGuard::start`](crate::OtelGuard::start) does so by itself.
pub fn install_propagators(propagators: &[Propagator]) {
    global::set_text_map_propagator(composite(propagators));
}

fn composite(propagators: &[Propagator]) -> TextMapCompositePropagator {
    let all = propagators.iter().map(|propagator| match propagator {
        Propagator::TraceContext => {
            Box::new(TraceContextPropagator::new()) as Box<dyn TextMapPropagator + Send + Sync>
        }
        Propagator::Baggage => Box::new(BaggagePropagator::new()),
    });
    TextMapCompositePropagator::new(all.collect())
}

/// Does `work` as part of the trace that a caller names in the headers of its request: a span that
/// begins in it is a child of the caller's, keeps the caller's sampling decision, and carries its
/// baggage.
///
/// The parent must be known when the span begins, because sampling is decided then; so make the
/// span inside. Headers that are missing or malformed change nothing, as W3C Trace Context asks.
/// For tonic, give `request.metadata().as_ref()`.
///
/// ```
/// # let headers = http::HeaderMap::new();
/// let span = rra_otel::continue_trace(&headers, || tracing::info_span!("request"));
/// ```
pub fn continue_trace<T>(headers: &HeaderMap, work: impl FnOnce() -> T) -> T {
    let _inside = incoming(headers).map(Context::attach);
    work()
}

/// The context that the headers name, if they name any.
pub(crate) fn incoming(headers: &HeaderMap) -> Option<Context> {
    let incoming = Incoming::read(headers);
    if incoming.is_empty() {
        return None;
    }
    let context = Context::current();
    Some(global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&context, &incoming)
    }))
}

/// Adds to the headers of an outgoing request which trace it is part of, and the baggage of that
/// trace. For reqwest, give the `HeaderMap` of its request; for tonic,
/// `request.metadata_mut().as_mut()`.
///
/// ```
/// let mut headers = http::HeaderMap::new();
/// tracing::info_span!("fetch").in_scope(|| rra_otel::pass_trace_on(&mut headers));
/// ```
pub fn pass_trace_on(headers: &mut HeaderMap) {
    global::get_text_map_propagator(|propagator| {
        propagator.inject(&mut Outgoing(headers));
    });
}

/// Longest tracestate that is carried on, which is what W3C Trace Context asks for at least: every
/// span of the trace has a copy of it, and anybody can send one.
const MAX_TRACESTATE_BYTES: usize = 512;
/// Longest baggage that is read, by W3C Baggage; a longer one is left out as a whole.
const MAX_BAGGAGE_BYTES: usize = 8_192;

/// What a request says about its trace.
struct Incoming<'h> {
    traceparent: Option<&'h str>,
    tracestate: Option<Cow<'h, str>>,
    baggage: Option<Cow<'h, str>>,
}

impl<'h> Incoming<'h> {
    /// Goes once over all headers, which are few: to look for each of these takes longer.
    fn read(headers: &'h HeaderMap) -> Self {
        let (mut traceparent, mut parents) = (None, 0);
        let (mut tracestate, mut baggage) = (None, None);
        for (name, value) in headers {
            match name.as_str() {
                "traceparent" => {
                    traceparent = value.to_str().ok();
                    parents += 1;
                }
                "tracestate" => join(&mut tracestate, value),
                "baggage" => join(&mut baggage, value),
                _ => {}
            }
        }
        let traceparent = traceparent.filter(|parent| parents == 1 && is_well_formed(parent));
        // Says nothing without the other.
        let tracestate = tracestate.filter(|_| traceparent.is_some());
        Self {
            traceparent,
            tracestate: tracestate.filter(|state| state.len() <= MAX_TRACESTATE_BYTES),
            baggage,
        }
    }

    fn is_empty(&self) -> bool {
        self.traceparent.is_none() && self.baggage.is_none()
    }
}

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.traceparent,
            "tracestate" => self.tracestate.as_deref(),
            "baggage" => self.baggage.as_deref(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        let names = ["traceparent", "tracestate", "baggage"];
        names
            .into_iter()
            .filter(|name| self.get(name).is_some())
            .collect()
    }
}

/// Whether the parts of a `traceparent` are as long as they must be. OpenTelemetry reads them as numbers
/// of any length and with signs; what they say, it judges itself.
fn is_well_formed(parent: &str) -> bool {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let mut parts = parent.split('-');
    [2, 32, 16, 2].into_iter().all(|digits| {
        let part = parts.next().unwrap_or_default();
        part.len() == digits && part.bytes().all(is_digit)
    })
}

/// Adds one more line of a header that may have several. What is too long already grows no further:
/// it is left out in any case, and to copy it for each of many lines would take seconds.
fn join<'h>(all: &mut Option<Cow<'h, str>>, value: &'h HeaderValue) {
    if all
        .as_ref()
        .is_some_and(|all| all.len() > MAX_BAGGAGE_BYTES)
    {
        return;
    }
    if let Ok(line) = value.to_str() {
        *all = Some(match all.take() {
            None => Cow::Borrowed(line),
            Some(before) => Cow::Owned(format!("{before},{line}")),
        });
    }
}

struct Outgoing<'h>(&'h mut HeaderMap);

impl Injector for Outgoing<'_> {
    fn set(&mut self, key: &str, value: String) {
        // An empty tracestate is what the standard asks not to send.
        if value.is_empty() {
            return;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests;
