//! The whole subscriber for a program that wants spans exported and nothing else of `tracing`.
//!
//! Nobody else looks at its spans, so a span below one that is not recorded need not exist: it is
//! another handle of the one above, which carries the same trace to wherever it is entered.

use std::any::TypeId;

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::TraceContextExt;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_core::span::Current;
use tracing_subscriber::filter::LevelFilter;

use super::judge::Judge;
use super::unrecorded;
use crate::sampling::is_local;

/// A subscriber in which spans below an unrecorded one are that one.
pub(super) struct Alone<S> {
    below: S,
    judge: Judge,
    /// What is above it does not exist.
    max_level: LevelFilter,
}

impl<S> Alone<S> {
    /// The whole of this subscriber, which decides as this judge does.
    pub(super) fn new(below: S, judge: Judge, max_level: LevelFilter) -> Self {
        Self {
            below,
            judge,
            max_level,
        }
    }

    pub(super) fn judge(&self) -> &Judge {
        &self.judge
    }
}

/// The span this thread is in, if a new one can be a handle of it.
fn span_to_share(attributes: &Attributes<'_>) -> Option<Id> {
    if !attributes.is_contextual() {
        return None;
    }
    let is_below_unrecorded = OtelContext::map_current(|context| {
        let span = context.span();
        let place = span.span_context();
        is_local(place) && !place.is_sampled() && !context.is_telemetry_suppressed()
    });
    if is_below_unrecorded {
        unrecorded::innermost()
    } else {
        None
    }
}

impl<S: Subscriber> Subscriber for Alone<S> {
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        match span_to_share(attributes) {
            Some(above) => self.below.clone_span(&above),
            None => self.below.new_span(attributes),
        }
    }

    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.below.on_register_dispatch(dispatch);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if *metadata.level() <= self.max_level {
            self.below.register_callsite(metadata)
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.max_level && self.below.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.max_level)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.below.record(id, values);
    }

    fn record_follows_from(&self, id: &Id, follows: &Id) {
        self.below.record_follows_from(id, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.below.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.below.event(event);
    }

    fn enter(&self, id: &Id) {
        if !unrecorded::enter_again(id) {
            self.below.enter(id);
        }
    }

    fn exit(&self, id: &Id) {
        if !unrecorded::exit_again(id) {
            self.below.exit(id);
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.below.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        self.below.try_close(id)
    }

    fn current_span(&self) -> Current {
        self.below.current_span()
    }

    #[expect(
        unsafe_code,
        reason = "the trait has it so; nothing is done but to ask below"
    )]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            return Some(std::ptr::from_ref(self).cast());
        }
        // SAFETY: what is below answers for itself and lives as long as this.
        unsafe { self.below.downcast_raw(id) }
    }
}
