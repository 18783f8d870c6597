//! The beginning of a request, decided about before anything is made for it where nobody but the
//! export would see its span.

use http::HeaderMap;
use opentelemetry::Context as OtelContext;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;
use tracing::Dispatch;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::Layered;

use super::alone::Alone;
use super::judge::{Judge, Verdict};
use super::{AskFirst, Keeping, unrecorded};
use crate::propagation;

/// What [`subscriber`](super::subscriber) makes.
pub(super) type Whole = Alone<Layered<AskFirst<Keeping<Registry>>, Registry>>;

/// The place in its trace of a request without a span: ids for its log lines and for whom it calls.
/// A clone is the same place.
#[derive(Clone, Debug)]
pub struct Place(OtelContext);

impl Place {
    /// The place that a caller named, if this thread is there and in no span below it: what is called
    /// from there is told the same trace and baggage. That is how a trace goes on through a service
    /// that makes no spans.
    ///
    /// ```
    /// # let headers = http::HeaderMap::new();
    /// let place = rra_otel::continue_trace(&headers, rra_otel::Place::of_caller);
    /// # assert!(place.is_none());
    /// ```
    pub fn of_caller() -> Option<Self> {
        OtelContext::map_current(|current| {
            let span = current.span();
            let span = span.span_context();
            let is_callers = if span.is_valid() {
                span.is_remote()
            } else {
                !current.baggage().is_empty()
            };
            is_callers.then(|| Self(current.clone()))
        })
    }

    /// The ids of the trace and of the place in it.
    pub fn ids(&self) -> ([u8; 16], [u8; 8]) {
        let span = self.0.span();
        let ids = span.span_context();
        (ids.trace_id().to_bytes(), ids.span_id().to_bytes())
    }

    /// Puts this thread there until [`exit`](Self::exit): spans that begin are below it.
    pub fn enter(&self) {
        unrecorded::enter_place(self.0.clone());
    }

    /// Ends what the last [`enter`](Self::enter) of this thread began.
    pub fn exit(&self) {
        unrecorded::exit_place();
    }
}

/// Begins a request as part of the trace that its caller names, as
/// [`continue_trace`](crate::continue_trace) does, and makes its span inside; but if the trace is not
/// kept and spans go to the whole [subscriber](crate::OtelGuard::subscriber) alone, so that nobody
/// would see this one, none is made.
///
/// `rule_name` is what [`route_ratios`](crate::OtelConfig::route_ratios) knows the span by: its route,
/// or its name if it has none.
///
/// # Errors
/// The place of a request without a span.
///
/// ```
/// # let headers = http::HeaderMap::new();
/// let begun = rra_otel::begin_request(&headers, "/licenses/{id}", || {
///     tracing::info_span!("request", http.route = "/licenses/{id}")
/// });
/// match begun {
///     Ok(span) => drop(span.entered()),
///     Err(place) => println!("part of the trace {:x?}", place.ids().0),
/// }
/// ```
pub fn begin_request<T>(
    headers: &HeaderMap,
    rule_name: &str,
    make: impl FnOnce() -> T,
) -> Result<T, Place> {
    let context = propagation::incoming(headers);
    let verdict = tracing::dispatcher::get_default(|dispatch| {
        let judge = judge_of_all(dispatch)?;
        match &context {
            Some(context) => verdict(judge, context, rule_name),
            None => OtelContext::map_current(|context| verdict(judge, context, rule_name)),
        }
    });
    let inside = match verdict {
        Some(Verdict::Left(context)) => return Err(Place(context)),
        // The span is asked about again, and must hear the same.
        Some(Verdict::Begins(context)) => Some(context),
        _ => context,
    };
    let _inside = inside.map(OtelContext::attach);
    Ok(make())
}

/// Who decides, if nobody but the export sees a span.
fn judge_of_all(dispatch: &Dispatch) -> Option<&Judge> {
    let whole = dispatch.downcast_ref::<Whole>()?;
    let has_requests = LevelFilter::current() >= LevelFilter::INFO;
    has_requests.then(|| whole.judge())
}

fn verdict(judge: &Judge, above: &OtelContext, rule_name: &str) -> Option<Verdict> {
    let is_suppressed = above.is_telemetry_suppressed();
    (!is_suppressed).then(|| judge.below(above, || judge.plan().rule(rule_name)))
}
