//! Spans that are not recorded: what this thread knows of them without asking the registry, and
//! their place in the OpenTelemetry context while they are entered.
//!
//! Asking the registry costs as much as everything else about such a span, and a span is mostly
//! entered, left and closed by the thread that made it, one after the other.

use std::cell::RefCell;

use opentelemetry::{Context, ContextGuard};
use tracing::span::Id;

thread_local! {
    static HERE: RefCell<Here> = const { RefCell::new(Here::NOWHERE) };
}

struct Here {
    /// The span that this thread made or left last, for as long as it is not entered. Ids are not
    /// given twice within a time that matters, so the same id is the same span.
    last: Option<Id>,
    /// The context inside of the last span, if that is one of its own.
    own: Option<Context>,
    /// The span that this thread was in when it made the last one, if that shares its place.
    above: Option<Id>,
    /// The span that is none of these and was asked about last, so that it need not be asked about again.
    other: Option<Id>,
    /// How often that one was told something here since.
    told: u32,
    /// The spans this thread is in; one that shares the place of the span above has no guard.
    entered: Vec<Entered>,
}

struct Entered {
    /// A place without a span has none.
    id: Option<Id>,
    _guard: Option<ContextGuard>,
    /// How often it was entered again, through other handles, of which nobody else was told.
    again: usize,
}

impl Here {
    const NOWHERE: Self = Self {
        last: None,
        own: None,
        above: None,
        other: None,
        told: 0,
        entered: Vec::new(),
    };

    fn innermost(&self) -> Option<Id> {
        self.entered.last().and_then(|entered| entered.id.clone())
    }

    fn enter(&mut self, id: Option<Id>, guard: Option<ContextGuard>) {
        let again = 0;
        self.entered.push(Entered {
            id,
            _guard: guard,
            again,
        });
    }

    /// Takes the span out of those that are entered, where it nearly always comes last.
    fn leave(&mut self, id: Option<&Id>) -> Option<Entered> {
        let last = self.entered.pop_if(|entered| entered.id.as_ref() == id);
        if last.is_some() {
            return last;
        }
        let place = self
            .entered
            .iter()
            .rposition(|entered| entered.id.as_ref() == id)?;
        Some(self.entered.remove(place))
    }

    /// Gives back what was known before, to be dropped outside: a context may hold a value that
    /// makes spans when it goes.
    #[must_use]
    fn remember(&mut self, id: &Id, own: Option<Context>, above: Option<Id>) -> Option<Context> {
        self.last = Some(id.clone());
        self.above = above;
        std::mem::replace(&mut self.own, own)
    }
}

/// Nothing is known where the thread is ending and what it knew is gone.
fn with_here<T: Default>(work: impl FnOnce(&mut Here) -> T) -> T {
    HERE.try_with(|here| work(&mut here.borrow_mut()))
        .unwrap_or_default()
}

/// Notes a span with a context of its own.
pub(super) fn made(id: &Id, context: Context) {
    let _before = with_here(|here| here.remember(id, Some(context), None));
}

/// Notes a span that shares the place of the span this thread is in.
pub(super) fn made_inside(id: &Id) {
    let _before = with_here(|here| {
        let above = here.innermost();
        here.remember(id, None, above)
    });
}

/// Notes a span of which only that is known, that it is not recorded.
pub(super) fn made_elsewhere(id: &Id) {
    let _before = with_here(|here| here.remember(id, None, None));
}

/// The span that this thread entered last, of those that are not recorded.
pub(super) fn innermost() -> Option<Id> {
    with_here(|here| here.innermost())
}

/// Whether the span is known here not to be recorded. If not, ask the registry.
pub(super) fn is_known(id: &Id) -> bool {
    with_here(|here| here.last.as_ref() == Some(id))
}

/// Notes that a span is left to whoever records it.
pub(super) fn note_other(id: &Id) {
    with_here(|here| (here.other, here.told) = (Some(id.clone()), 0));
}

/// Whether the span is known here to be left to whoever records it.
pub(super) fn is_other(id: &Id) -> bool {
    with_here(|here| here.other.as_ref() == Some(id))
}

/// Notes that such a span is told something; gives how often it was.
pub(super) fn tell_other(id: &Id) -> Option<u32> {
    with_here(|here| {
        if here.other.as_ref() != Some(id) {
            return None;
        }
        here.told = here.told.saturating_add(1);
        Some(here.told)
    })
}

/// Enters the span if what is known here is enough for that.
pub(super) fn enter_known(id: &Id) -> bool {
    with_here(|here| {
        let inside = here.innermost();
        let guard = if inside.as_ref() == Some(id) {
            // Again, through another handle: its place is the current one already.
            None
        } else if here.last.as_ref() != Some(id) {
            return false;
        } else if let Some(context) = here.own.take() {
            Some(context.attach())
        } else if here.above.is_some() && here.above == inside {
            None
        } else {
            return false;
        };
        here.last = None;
        here.enter(Some(id.clone()), guard);
        true
    })
}

/// Enters the span that this thread is in once more, if it is that one: then nobody else needs to be
/// told, and [`exit_again`] ends it.
pub(super) fn enter_again(id: &Id) -> bool {
    with_here(|here| {
        let innermost = here.entered.last_mut();
        let innermost = innermost.filter(|entered| entered.id.as_ref() == Some(id));
        innermost.map(|entered| entered.again += 1).is_some()
    })
}

/// Ends what [`enter_again`] began; `false` when that is not what is to be ended.
pub(super) fn exit_again(id: &Id) -> bool {
    with_here(|here| {
        let mut entered = here.entered.iter_mut().rev();
        let last = entered.find(|entered| entered.id.as_ref() == Some(id));
        let last = last.filter(|entered| entered.again > 0);
        last.map(|entered| entered.again -= 1).is_some()
    })
}

/// Enters the span with the context that the registry knows.
pub(super) fn enter(id: &Id, context: Context) {
    let guard = context.attach();
    with_here(|here| here.enter(Some(id.clone()), Some(guard)));
}

/// Ends what entering began; `false` when this thread did not enter the span here.
pub(super) fn exit(id: &Id) -> bool {
    // Both are dropped only here, outside.
    let (left, _before) = with_here(|here| match here.leave(Some(id)) {
        Some(left) => (Some(left), here.remember(id, None, None)),
        None => (None, None),
    });
    left.is_some()
}

/// Enters the place of a request without a span.
pub(super) fn enter_place(context: Context) {
    let guard = context.attach();
    with_here(|here| here.enter(None, Some(guard)));
}

/// Leaves it; what it held is dropped only here, outside.
pub(super) fn exit_place() {
    let _left = with_here(|here| here.leave(None));
}
