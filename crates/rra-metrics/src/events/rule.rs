//! One row of the mapping, with everything looked up that no event is needed for.

use std::sync::Arc;

use rra_schema::metrics::mapping::{Amount, Increment, LabelSource};
use rra_schema::metrics::{Domain, UNKNOWN};
use rra_schema::{Scalar, SecurityEvent};

use crate::carry::Carry;
use crate::family::{Family, NO_PLACE};
use crate::handle::Counter;
use crate::micros::{DUST_PER_MICRO, Micros};
use crate::sets::{Agent, Agents};

/// Most labels a mapped metric has.
pub(super) const MAX_LABELS: usize = 2;

/// What counts events without a field that they should have; absent where a lack is no fault, or is
/// reported by another rule of the same event type.
type Lack = Option<(&'static str, Counter)>;

/// One row of the mapping with the table it moves.
#[derive(Debug)]
pub(super) struct Rule {
    family: Arc<Family<Counter>>,
    /// One for each dimension; those beyond the last are at zero.
    labels: [Label; MAX_LABELS],
    amount: AmountSource,
}

/// Where the place of a label comes from, and what it is without.
#[derive(Debug)]
struct Label {
    source: Source,
    missing: usize,
    lack: Lack,
}

#[derive(Debug)]
enum Source {
    /// No event has it: what it is without is what it is.
    None,
    AgentId(Arc<Agents>),
    Detail {
        key: &'static str,
        unlisted: usize,
    },
}

/// By how much the counter moves.
#[derive(Debug)]
enum AmountSource {
    One,
    Micros {
        key: &'static str,
        /// In 10^-18 of a token.
        carry: Carry,
        lack: Lack,
    },
}

impl Rule {
    /// The rule of a row. `earlier` are the rules of the same event type: what they report is not
    /// reported twice.
    pub(super) fn new(
        row: &'static Increment,
        family: Arc<Family<Counter>>,
        invalid: &Family<Counter>,
        agents: &Arc<Agents>,
        earlier: &[Self],
    ) -> Self {
        let lack = |field: &'static str| {
            let place = invalid.place(0, field)?;
            let is_new = !earlier.iter().any(|rule| rule.reports(field));
            is_new.then(|| (field, invalid.at(&[place]).clone()))
        };
        let labels = std::array::from_fn(|dimension| {
            let place = |word: &str| family.place(dimension, word).unwrap_or(NO_PLACE);
            match row.labels.get(dimension) {
                None => Label::fixed(0),
                Some(LabelSource::Word(word)) => Label::fixed(place(word)),
                Some(LabelSource::AgentId) => Label {
                    source: Source::AgentId(Arc::clone(agents)),
                    missing: Agent::UNKNOWN.place(),
                    lack: lack("agent_id"),
                },
                Some(LabelSource::Detail { key, fallback }) => {
                    let missing = place(fallback);
                    let is_closed =
                        matches!(row.metric.labels[dimension].domain, Domain::Closed(_));
                    // A closed list says by its fallback where an unlisted word belongs.
                    let unlisted = if is_closed { missing } else { NO_PLACE };
                    Label {
                        source: Source::Detail { key, unlisted },
                        missing,
                        lack: lack(key).filter(|_| *fallback == UNKNOWN),
                    }
                }
                Some(_) => Label::fixed(NO_PLACE),
            }
        });
        let amount = match row.amount {
            Amount::Micros(key) => AmountSource::Micros {
                key,
                carry: Carry::new(family.size(), DUST_PER_MICRO),
                lack: lack(key),
            },
            _ => AmountSource::One,
        };
        Self {
            family,
            labels,
            amount,
        }
    }

    /// Moves the counter as the event says, and reports each field it lacks.
    #[inline]
    pub(super) fn apply(&self, event: &dyn SecurityEvent) {
        const { assert!(MAX_LABELS == 2) }
        let places = [self.place(0, event), self.place(1, event)];
        match &self.amount {
            AmountSource::One => self.family.at(&places).increment(1),
            AmountSource::Micros { key, carry, lack } => {
                match text(event.detail(key)).and_then(Micros::parse) {
                    Some(amount) => self.add(&places, amount, carry),
                    None => report(lack),
                }
            }
        }
    }

    /// The place of one label; what the event lacks for it is reported.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "asked for each label of each event, and mostly one comparison answers it"
    )]
    fn place(&self, dimension: usize, event: &dyn SecurityEvent) -> usize {
        let label = &self.labels[dimension];
        let place = match &label.source {
            Source::None => return label.missing,
            Source::AgentId(agents) => agent_place(event, agents),
            Source::Detail { key, unlisted } => {
                let word = text(event.detail(key));
                word.map(|word| self.family.place(dimension, word).unwrap_or(*unlisted))
            }
        };
        place.unwrap_or_else(|| {
            report(&label.lack);
            label.missing
        })
    }

    fn add(&self, places: &[usize; MAX_LABELS], amount: Micros, carry: &Carry) {
        let series = self.family.offset(places);
        let now = carry.add(series, amount.whole, amount.dust);
        self.family.at(places).increment(now);
    }

    fn reports(&self, field: &str) -> bool {
        let of_amount = match &self.amount {
            AmountSource::One => None,
            AmountSource::Micros { lack, .. } => lack.as_ref(),
        };
        let of_labels = self.labels.iter().filter_map(|label| label.lack.as_ref());
        let mut reported = of_labels.chain(of_amount).map(|(field, _)| *field);
        reported.any(|reported| reported == field)
    }
}

impl Label {
    fn fixed(place: usize) -> Self {
        Self {
            source: Source::None,
            missing: place,
            lack: None,
        }
    }
}

#[inline]
fn report(lack: &Lack) {
    if let Some((_, reported)) = lack {
        reported.increment(1);
    }
}

/// The place of the agent that an event is about, if it is about one.
#[inline(never)]
fn agent_place(event: &dyn SecurityEvent, agents: &Agents) -> Option<usize> {
    let id = event.agent_id().filter(|id| !id.is_empty())?;
    Some(agents.find(id).place())
}

fn text(value: Option<Scalar<'_>>) -> Option<&str> {
    match value {
        Some(Scalar::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}
