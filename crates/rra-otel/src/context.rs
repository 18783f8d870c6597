//! The trace that is going on: its ids for a log line, and events for its span.

use std::borrow::Cow;
use std::panic;

use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{Context, KeyValue, StringValue};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

thread_local! {
    /// Whether OpenTelemetry has a context here. What a thread came to know last it destroys first, so
    /// that this is gone before that context is.
    static CONTEXT: Known = Known {
        is_there: panic::catch_unwind(|| Context::map_current(|_| ())).is_ok(),
    };
}

struct Known {
    is_there: bool,
}

/// Without it the thread would know this until its very end.
impl Drop for Known {
    fn drop(&mut self) {}
}

/// Shows `look` the context of this thread. A thread that is ending has none any more, and OpenTelemetry
/// panics where it is asked for it.
fn with_current<T: Default>(look: impl FnOnce(&Context) -> T) -> T {
    match CONTEXT.try_with(|context| context.is_there) {
        Ok(true) => Context::map_current(look),
        _ => T::default(),
    }
}

/// The trace id and span id of the span this thread is in, for a log line that should be found from
/// the trace. `None` outside of every span.
///
/// Ids exist for traces that sampling left out too: they still join the log lines of one request.
pub fn current_trace() -> Option<([u8; 16], [u8; 8])> {
    with_current(|context| {
        let span = context.span();
        let place = span.span_context();
        place.is_valid().then(|| ids(place))
    })
}

/// The trace id and span id of a span that is recorded, so that it is worth saying something of it;
/// `None` for one that is not.
pub fn recorded_trace(span: &Span) -> Option<([u8; 16], [u8; 8])> {
    let context = span.context();
    let span = context.span();
    span.is_recording().then(|| ids(span.span_context()))
}

fn ids(place: &SpanContext) -> ([u8; 16], [u8; 8]) {
    (place.trace_id().to_bytes(), place.span_id().to_bytes())
}

/// Adds an event to the span this thread is in, if that is recorded; only then are the attributes
/// asked for.
///
/// ```
/// rra_otel::add_span_event("cache.miss", || [("cache.key", "a-17".into())]);
/// ```
pub fn add_span_event<A>(name: &str, attributes: impl FnOnce() -> A)
where
    A: IntoIterator<Item = (&'static str, Cow<'static, str>)>,
{
    with_current(|context| {
        let span = context.span();
        if span.is_recording() {
            let attributes = attributes().into_iter();
            let attributes =
                attributes.map(|(key, value)| KeyValue::new(key, StringValue::from(value)));
            span.add_event(name.to_owned(), attributes.collect());
        }
    });
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::mpsc::{self, Sender};
    use std::thread;

    use super::*;

    thread_local! {
        static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
    }

    /// Asks when its thread ends and has lost most of what it knew.
    struct Last(Sender<bool>);

    impl Drop for Last {
        fn drop(&mut self) {
            add_span_event("last", || None);
            self.0.send(current_trace().is_none()).unwrap();
        }
    }

    #[track_caller]
    fn check(work: fn()) {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            LAST.set(Some(Last(sender)));
            work();
        });
        assert_eq!(receiver.recv(), Ok(true));
    }

    #[test]
    fn a_thread_that_is_ending_is_in_no_span() {
        check(|| ());
        check(|| assert_eq!(current_trace(), None));
        // Somebody else knew the context here.
        check(|| Context::map_current(|_| ()));
    }
}
