//! The `tracing` layer: asks whether a trace is kept before anything about its spans is collected,
//! and hands only the spans of kept traces to `tracing-opentelemetry`.
//!
//! A span of a trace that is not kept costs two ids and a place in the context, so that log lines
//! and callees still learn which trace they belong to. What happens while telemetry is suppressed,
//! as it is on the threads that export, is no span at all: that breaks every loop where it starts.

mod alone;
mod judge;
mod request;
mod route;
mod unrecorded;

pub use request::{Place, begin_request};

use std::any::TypeId;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::trace::SdkTracer;
use tracing::dispatcher::WeakDispatch;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use alone::Alone;
use judge::{Judge, Verdict};

use crate::sampling::{Plan, TracerOfDecisions};

/// The layer for a subscriber that has others beside it: of spans and events above the level it
/// leaves all to them.
pub(crate) fn layer<S>(tracer: SdkTracer, plan: Arc<Plan>, max_level: Level) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let max_level = LevelFilter::from_level(max_level);
    // The filter stands around what records, and not around all: it asks the registry at every step
    // of a span, and most spans are not recorded.
    AskFirst::new(
        Judge::new(plan),
        max_level,
        keeping(tracer).with_filter(max_level),
    )
}

/// A subscriber of nothing but the layer, in which what is above the level does not exist. That
/// saves each span what a filter of one layer among several costs.
pub(crate) fn subscriber(tracer: SdkTracer, plan: Arc<Plan>, max_level: Level) -> impl Subscriber {
    let max_level = LevelFilter::from_level(max_level);
    let judge = Judge::new(plan);
    let layer = AskFirst::new(judge.clone(), max_level, keeping(tracer));
    let below = tracing_subscriber::registry().with(layer);
    Alone::new(below, judge, max_level)
}

/// Records every span it is given.
type Keeping<S> = OpenTelemetryLayer<S, TracerOfDecisions>;

fn keeping<S>(tracer: SdkTracer) -> Keeping<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    // Source lines, thread names and busy times cost a third of a span and say little in a trace.
    tracing_opentelemetry::layer()
        .with_tracer(TracerOfDecisions(tracer))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
}

/// Decides about every span first.
struct AskFirst<K> {
    judge: Judge,
    /// Above it, all is left to whoever records, who leaves it to other layers.
    max_level: LevelFilter,
    /// What records the spans of kept traces.
    kept: K,
    /// The whole subscriber, which a span is started through.
    whole: OnceLock<WeakDispatch>,
}

/// How often a span is told something before it is started, entered or not: from then on the limits
/// of the SDK hold.
const MAX_TOLD: u32 = 128;

/// In the extensions of a span that is not recorded: the context inside of it and of the spans
/// below it.
struct Unrecorded(OtelContext);

/// In the extensions of a span that is recorded: how often it was told something by its name.
#[derive(Default)]
struct Recorded(AtomicU32);

impl<K> AskFirst<K> {
    fn new(judge: Judge, max_level: LevelFilter, kept: K) -> Self {
        Self {
            judge,
            max_level,
            kept,
            whole: OnceLock::new(),
        }
    }

    fn is_too_detailed(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() > self.max_level
    }

    fn judge<S>(&self, attributes: &Attributes<'_>, tracing: &Context<'_, S>) -> Verdict
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        OtelContext::map_current(|current| {
            if current.is_telemetry_suppressed() {
                return Verdict::Suppressed;
            }
            let rule = || route::rule(self.judge.plan(), attributes);
            if attributes.is_root() {
                return self.judge.below(&OtelContext::new(), rule);
            }
            let parent = attributes.parent().and_then(|parent| tracing.span(parent));
            match parent.filter(|parent| !self.is_too_detailed(parent.metadata())) {
                None => self.judge.below(current, rule),
                // A parent that the application names.
                Some(parent) => match unrecorded_context(&parent) {
                    Some(_) => Verdict::Below,
                    None => Verdict::Kept,
                },
            }
        })
    }

    /// Whether the span is recorded, which is about to be told something. One that nobody has been in
    /// keeps all it is told, without a limit, until it is started.
    fn is_recorded<S>(&self, id: &Id, tracing: &Context<'_, S>) -> bool
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let Some(span) = tracing.span(id) else {
            return false;
        };
        let recorded = span
            .extensions()
            .get()
            .map(|Recorded(told)| told.fetch_add(1, Ordering::Relaxed));
        self.start_when(recorded, id);
        recorded.is_some()
    }

    /// Starts a span that was told so much before.
    fn start_when(&self, told: Option<u32>, id: &Id) {
        if told == Some(MAX_TOLD)
            && let Some(whole) = self.whole.get().and_then(WeakDispatch::upgrade)
        {
            tracing_opentelemetry::get_otel_context(id, &whole);
        }
    }
}

impl<S, K> Layer<S> for AskFirst<K>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    K: Layer<S>,
{
    fn on_layer(&mut self, subscriber: &mut S) {
        self.kept.on_layer(subscriber);
    }

    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.kept.on_register_dispatch(dispatch);
        let _ = self.whole.set(dispatch.downgrade());
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.kept.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, tracing: Context<'_, S>) -> bool {
        self.kept.enabled(metadata, tracing)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.kept.max_level_hint()
    }

    fn event_enabled(&self, event: &Event<'_>, tracing: Context<'_, S>) -> bool {
        self.kept.event_enabled(event, tracing)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, tracing: Context<'_, S>) {
        if self.is_too_detailed(attributes.metadata()) {
            // The filter waits for the span that it has just refused.
            return self.kept.on_new_span(attributes, id, tracing);
        }
        match self.judge(attributes, &tracing) {
            Verdict::Suppressed => {}
            Verdict::Inside if unrecorded::innermost().is_some() => unrecorded::made_inside(id),
            // Right below the place of a request without a span, which the registry knows nothing of.
            Verdict::Inside => leave(id, &tracing, OtelContext::current()),
            Verdict::Below => unrecorded::made_elsewhere(id),
            Verdict::Left(context) => leave(id, &tracing, context),
            Verdict::Kept => {
                insert(id, &tracing, Recorded::default());
                unrecorded::note_other(id);
                self.kept.on_new_span(attributes, id, tracing);
            }
            Verdict::Begins(context) => {
                insert(id, &tracing, Recorded::default());
                unrecorded::note_other(id);
                // As if it had no parent of its own: the context says what stands above it.
                let attributes = Attributes::new(attributes.metadata(), attributes.values());
                let _inside = context.attach();
                self.kept.on_new_span(&attributes, id, tracing);
            }
        }
    }

    fn on_enter(&self, id: &Id, tracing: Context<'_, S>) {
        if unrecorded::is_other(id) {
            self.kept.on_enter(id, tracing);
            return;
        }
        if unrecorded::enter_known(id) {
            return;
        }
        let span = tracing.span(id);
        let span = span.filter(|span| !self.is_too_detailed(span.metadata()));
        let context = span.and_then(|span| unrecorded_context(&span));
        if let Some(context) = context {
            unrecorded::enter(id, context);
        } else {
            unrecorded::note_other(id);
            self.kept.on_enter(id, tracing);
        }
    }

    fn on_exit(&self, id: &Id, tracing: Context<'_, S>) {
        if unrecorded::is_other(id) || !unrecorded::exit(id) {
            self.kept.on_exit(id, tracing);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, tracing: Context<'_, S>) {
        let told = unrecorded::tell_other(id);
        self.start_when(told, id);
        if told.is_some() || !unrecorded::is_known(id) && self.is_recorded(id, &tracing) {
            self.kept.on_record(id, values, tracing);
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, tracing: Context<'_, S>) {
        self.is_recorded(id, &tracing);
        self.kept.on_follows_from(id, follows, tracing);
    }

    fn on_event(&self, event: &Event<'_>, tracing: Context<'_, S>) {
        // As with spans, the filter waits for an event that it has just refused.
        let is_left_to_kept = self.is_too_detailed(event.metadata())
            || match event.parent() {
                Some(id) => self.is_recorded(id, &tracing),
                None => {
                    OtelContext::map_current(|context| context.span().span_context().is_sampled())
                }
            };
        if is_left_to_kept {
            self.kept.on_event(event, tracing);
        }
    }

    fn on_close(&self, id: Id, tracing: Context<'_, S>) {
        if !unrecorded::is_known(&id) {
            self.kept.on_close(id, tracing);
        }
    }

    /// How `tracing_opentelemetry::OpenTelemetrySpanExt` finds the layer it speaks to.
    #[expect(
        unsafe_code,
        reason = "the trait has it so; nothing is done but to ask the inner layer"
    )]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            return Some(std::ptr::from_ref(self).cast());
        }
        // SAFETY: the inner layer answers for itself and lives as long as this one.
        unsafe { self.kept.downcast_raw(id) }
    }
}

fn leave<S>(id: &Id, tracing: &Context<'_, S>, context: OtelContext)
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    insert(id, tracing, Unrecorded(context.clone()));
    unrecorded::made(id, context);
}

fn insert<S, T>(id: &Id, tracing: &Context<'_, S>, value: T)
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    T: Send + Sync + 'static,
{
    if let Some(span) = tracing.span(id) {
        span.extensions_mut().insert(value);
    }
}

/// The context inside of a span that is not recorded; it may be that of a span above.
fn unrecorded_context<'s, S>(span: &SpanRef<'s, S>) -> Option<OtelContext>
where
    S: Subscriber + LookupSpan<'s>,
{
    for span in span.scope() {
        let extensions = span.extensions();
        if extensions.get::<Recorded>().is_some() {
            return None;
        }
        if let Some(Unrecorded(context)) = extensions.get() {
            return Some(context.clone());
        }
    }
    None
}
