//! Moves metrics from events: the only place that counts what an event reports.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rra_schema::events;
use rra_schema::metrics::mapping::{Amount, INCREMENTS, Increment, LabelSource};
use rra_schema::metrics::pipeline::EVENTS_INVALID;
use rra_schema::metrics::security::SECURITY_EVENTS;
use rra_schema::metrics::{CUSTOM_EVENT, Domain, MetricSpec, OTHER_EVENT, UNKNOWN};
use rra_schema::{Scalar, SecurityEvent, Severity};

use crate::assembly::Assembly;
use crate::family::Family;
use crate::handle::Counter;
use crate::micros::Micros;
use crate::sets::{Agents, Words};

/// Most labels a mapped metric has.
const MAX_LABELS: usize = 2;

/// The counters that events move.
#[derive(Debug)]
pub(crate) struct EventCounters {
    all: Arc<Family<Counter>>,
    invalid: Arc<Family<Counter>>,
    types: Arc<Words>,
    agents: Arc<Agents>,
    rules: HashMap<&'static str, Vec<Rule>>,
    families: HashMap<&'static str, Arc<Family<Counter>>>,
}

/// One row of the mapping with the table it moves.
#[derive(Debug)]
struct Rule {
    row: &'static Increment,
    family: Arc<Family<Counter>>,
    /// For amounts: what each series carries over, in 10^-18 of a token.
    carried: Box<[AtomicU64]>,
}

impl EventCounters {
    pub(crate) fn new(assembly: &mut Assembly) -> Self {
        let mut counters = Self {
            all: assembly.counter(&SECURITY_EVENTS),
            invalid: assembly.counter(&EVENTS_INVALID),
            types: Arc::clone(&assembly.sets.event_types),
            agents: Arc::clone(&assembly.sets.agents),
            rules: HashMap::new(),
            families: HashMap::new(),
        };
        counters.initialise();
        for row in INCREMENTS {
            let family = counters
                .families
                .entry(row.metric.name)
                .or_insert_with(|| assembly.counter(row.metric));
            let rule = Rule::new(row, Arc::clone(family));
            counters.rules.entry(row.event_type).or_default().push(rule);
        }
        counters
    }

    /// A table that events move, for the few things that move it beside them.
    pub(crate) fn family(
        &self,
        spec: &'static MetricSpec,
        assembly: &mut Assembly,
    ) -> Arc<Family<Counter>> {
        self.families
            .get(spec.name)
            .map_or_else(|| assembly.counter(spec), Arc::clone)
    }

    /// The table of unusable fields.
    pub(crate) fn invalid(&self) -> Arc<Family<Counter>> {
        Arc::clone(&self.invalid)
    }

    /// Counts an event.
    pub(crate) fn record(&self, event: &dyn SecurityEvent) {
        let name = event.event_name();
        let event_type = name.as_str();
        let places = [
            self.type_place(event_type),
            severity_place(event.severity()),
        ];
        self.all.at(&places).increment(1);
        let rules = self.rules.get(event_type).map_or(&[][..], Vec::as_slice);
        for (earlier, rule) in rules.iter().enumerate() {
            self.apply(rule, &rules[..earlier], event);
        }
    }

    fn type_place(&self, event_type: &str) -> usize {
        let fallback = if event_type.starts_with("x.") {
            CUSTOM_EVENT
        } else {
            OTHER_EVENT
        };
        self.types
            .place(event_type)
            .or_else(|| self.types.place(fallback))
            .unwrap_or_default()
    }

    /// Applies one row. A field that `earlier` rows have already missed is reported once only.
    fn apply(&self, rule: &Rule, earlier: &[Rule], event: &dyn SecurityEvent) {
        let mut places = [0; MAX_LABELS];
        for (dimension, source) in rule.row.labels.iter().enumerate() {
            places[dimension] = match source {
                LabelSource::AgentId => self
                    .agents
                    .find(event.agent_id().unwrap_or_default())
                    .place(),
                LabelSource::Word(word) => rule.family.place(dimension, word),
                LabelSource::Detail { key, fallback } => {
                    rule.detail_place(dimension, text(event.detail(key)), fallback)
                }
                _ => usize::MAX,
            };
            if is_missing(*source, event) && !earlier.iter().any(|rule| rule.uses(*source)) {
                self.report_invalid(*source);
            }
        }
        let places = &places[..rule.row.labels.len()];
        match rule.row.amount {
            Amount::One => rule.family.at(places).increment(1),
            Amount::Micros(key) => match text(event.detail(key)).and_then(Micros::parse) {
                Some(amount) => rule.add(places, amount),
                None => self.invalid.at(&[self.invalid.place(0, key)]).increment(1),
            },
            _ => {}
        }
    }

    fn report_invalid(&self, source: LabelSource) {
        let field = match source {
            LabelSource::AgentId => "agent_id",
            LabelSource::Detail { key, .. } => key,
            _ => return,
        };
        // A field that no list names, such as the kind of a token, may be absent without fault.
        match self.invalid.place(0, field) {
            usize::MAX => {}
            place => self.invalid.at(&[place]).increment(1),
        }
    }

    /// Every event type at its own severity; the words for types outside the catalogue at each.
    fn initialise(&self) {
        for event in events::CATALOGUE {
            let places = [self.type_place(event.name), severity_place(event.severity)];
            self.all.appear(&places);
        }
        for severity in Severity::ALL {
            for word in [CUSTOM_EVENT, OTHER_EVENT] {
                let place = self.types.place(word).unwrap_or_default();
                self.all.appear(&[place, severity_place(severity)]);
            }
        }
    }
}

impl Rule {
    fn new(row: &'static Increment, family: Arc<Family<Counter>>) -> Self {
        let carries = matches!(row.amount, Amount::Micros(_));
        let size = if carries { family.size() } else { 0 };
        Self {
            row,
            carried: std::iter::repeat_with(AtomicU64::default)
                .take(size)
                .collect(),
            family,
        }
    }

    fn uses(&self, source: LabelSource) -> bool {
        self.row.labels.contains(&source)
    }

    fn detail_place(&self, dimension: usize, value: Option<&str>, fallback: &str) -> usize {
        let Some(value) = value else {
            return self.family.place(dimension, fallback);
        };
        match self.family.place(dimension, value) {
            // A closed list says by its fallback where a word it does not have belongs.
            usize::MAX if matches!(self.row.metric.labels[dimension].domain, Domain::Closed(_)) => {
                self.family.place(dimension, fallback)
            }
            place => place,
        }
    }

    fn add(&self, places: &[usize], amount: Micros) {
        let counter = self.family.at(places);
        let Some(carried) = self.carried.get(self.family.offset(places)) else {
            return;
        };
        let mut now = amount.whole;
        let carry = |before| {
            let (whole, left) = amount.carry(before);
            now = whole;
            Some(left)
        };
        // The closure always gives a value, so the update always succeeds.
        let _ = carried.fetch_update(Ordering::Relaxed, Ordering::Relaxed, carry);
        counter.increment(now);
    }
}

/// Whether an event lacks what a label is taken from, where the lack is a fault.
fn is_missing(source: LabelSource, event: &dyn SecurityEvent) -> bool {
    match source {
        LabelSource::AgentId => event.agent_id().is_none(),
        LabelSource::Detail { key, fallback } => {
            fallback == UNKNOWN && text(event.detail(key)).is_none()
        }
        _ => false,
    }
}

fn severity_place(severity: Severity) -> usize {
    severity as usize
}

fn text(value: Option<Scalar<'_>>) -> Option<&str> {
    match value {
        Some(Scalar::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
