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

/// The place of a field in the count of unusable fields; absent where a lack is no fault, or is
/// reported by another rule of the same event type.
type Lack = Option<usize>;

/// One row of the mapping with the table it moves.
#[derive(Debug)]
pub(super) struct Rule {
    family: Arc<Family<Counter>>,
    /// The places of the labels that are the same for every event.
    fixed: [usize; MAX_LABELS],
    /// Where the others come from, by their dimensions.
    varying: Box<[(usize, Source)]>,
    amount: AmountSource,
}

/// Where the place of a label comes from.
#[derive(Debug)]
enum Source {
    AgentId {
        lack: Lack,
    },
    Detail {
        key: &'static str,
        missing: usize,
        unlisted: usize,
        lack: Lack,
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
        earlier: &[Self],
    ) -> Self {
        let lack = |field: &str| {
            let lack = invalid.place(0, field);
            lack.filter(|lack| !earlier.iter().any(|rule| rule.reports(*lack)))
        };
        let (mut fixed, mut varying) = ([0; MAX_LABELS], Vec::new());
        for (dimension, source) in row.labels.iter().enumerate() {
            let place = |word: &str| family.place(dimension, word).unwrap_or(NO_PLACE);
            match source {
                LabelSource::Word(word) => fixed[dimension] = place(word),
                LabelSource::AgentId => {
                    let lack = lack("agent_id");
                    varying.push((dimension, Source::AgentId { lack }));
                }
                LabelSource::Detail { key, fallback } => {
                    let is_closed =
                        matches!(row.metric.labels[dimension].domain, Domain::Closed(_));
                    let source = Source::Detail {
                        key,
                        missing: place(fallback),
                        // A closed list says by its fallback where an unlisted word belongs.
                        unlisted: if is_closed { place(fallback) } else { NO_PLACE },
                        lack: lack(key).filter(|_| *fallback == UNKNOWN),
                    };
                    varying.push((dimension, source));
                }
                _ => fixed[dimension] = NO_PLACE,
            }
        }
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
            fixed,
            varying: varying.into(),
            amount,
        }
    }

    /// Moves the counter as the event says, and calls `report` for each field it lacks.
    #[inline]
    pub(super) fn apply(&self, event: &dyn SecurityEvent, agents: &Agents, report: impl Fn(usize)) {
        let mut places = self.fixed;
        for (dimension, source) in &self.varying {
            places[*dimension] = self.place(*dimension, source, event, agents, &report);
        }
        match &self.amount {
            AmountSource::One => self.family.at(&places).increment(1),
            AmountSource::Micros { key, carry, lack } => {
                match text(event.detail(key)).and_then(Micros::parse) {
                    Some(amount) => self.add(&places, amount, carry),
                    None => lack.iter().copied().for_each(report),
                }
            }
        }
    }

    /// The place of one label; what the event lacks for it is reported.
    #[inline]
    fn place(
        &self,
        dimension: usize,
        source: &Source,
        event: &dyn SecurityEvent,
        agents: &Agents,
        report: impl Fn(usize),
    ) -> usize {
        let (place, lack) = match source {
            Source::AgentId { lack } => match event.agent_id() {
                Some(id) if !id.is_empty() => return agents.find(id).place(),
                _ => (Agent::UNKNOWN.place(), lack),
            },
            Source::Detail {
                key,
                missing,
                unlisted,
                lack,
            } => match text(event.detail(key)) {
                Some(word) => return self.family.place(dimension, word).unwrap_or(*unlisted),
                None => (*missing, lack),
            },
        };
        lack.iter().copied().for_each(report);
        place
    }

    fn add(&self, places: &[usize; MAX_LABELS], amount: Micros, carry: &Carry) {
        let series = self.family.offset(places);
        let now = carry.add(series, amount.whole, amount.dust);
        self.family.at(places).increment(now);
    }

    fn reports(&self, lack: usize) -> bool {
        let of_labels = self.varying.iter().any(|(_, source)| match source {
            Source::AgentId { lack: own } | Source::Detail { lack: own, .. } => *own == Some(lack),
        });
        let of_amount = match &self.amount {
            AmountSource::One => false,
            AmountSource::Micros { lack: own, .. } => *own == Some(lack),
        };
        of_labels || of_amount
    }
}

fn text(value: Option<Scalar<'_>>) -> Option<&str> {
    match value {
        Some(Scalar::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}
