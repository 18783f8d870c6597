//! Moves metrics from events: the only place that counts what an event reports.

mod rule;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use rra_schema::metrics::mapping::{BY_SOURCE, INCREMENTS};
use rra_schema::metrics::pipeline::EVENTS_INVALID;
use rra_schema::metrics::security::SECURITY_EVENTS;
use rra_schema::metrics::{CUSTOM_EVENT, MetricSpec, OTHER_EVENT};
use rra_schema::{SecurityEvent, Severity, events};

use crate::assembly::Assembly;
use crate::events::rule::Rule;
use crate::family::{Family, NO_PLACE};
use crate::handle::Counter;
use crate::sets::{Agents, Words};
use crate::sources::Sources;

/// The sources of one event type.
type BySource = (&'static MetricSpec, Sources);

/// The counters that events move.
#[derive(Debug)]
pub(crate) struct EventCounters {
    all: Arc<Family<Counter>>,
    invalid: Arc<Family<Counter>>,
    types: Arc<Words>,
    agents: Arc<Agents>,
    /// By the place of the event type.
    rules: Box<[Vec<Rule>]>,
    /// By the place of the event type; nowhere any, unless the service asks for them.
    sources: Box<[Option<BySource>]>,
    families: HashMap<&'static str, Arc<Family<Counter>>>,
}

impl EventCounters {
    pub(crate) fn new(assembly: &mut Assembly, by_source: bool) -> Self {
        let mut counters = Self {
            all: assembly.counter(&SECURITY_EVENTS),
            invalid: assembly.counter(&EVENTS_INVALID),
            types: Arc::clone(&assembly.sets.event_types),
            agents: Arc::clone(&assembly.sets.agents),
            rules: Box::default(),
            sources: Box::default(),
            families: HashMap::new(),
        };
        counters.initialise();
        let mut rules: Vec<Vec<Rule>> = Vec::new();
        rules.resize_with(counters.types.len(), Vec::new);
        for row in INCREMENTS {
            let family = counters
                .families
                .entry(row.metric.name)
                .or_insert_with(|| assembly.counter(row.metric));
            let family = Arc::clone(family);
            let earlier = &mut rules[counters.type_place(row.event_type)];
            let rule = Rule::new(row, family, &counters.invalid, earlier);
            earlier.push(rule);
        }
        counters.rules = rules.into();
        if by_source {
            counters.sources = counters.new_sources();
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
        // The catalogue's types come first among the words, in its order.
        let place = match name.spec() {
            Some(row) => row.place(),
            None => self.type_place(name.as_str()),
        };
        self.all
            .at(&[place, event.severity() as usize])
            .increment(1);
        for rule in self.rules.get(place).into_iter().flatten() {
            let report = |lack: usize| self.invalid.at(&[lack]).increment(1);
            rule.apply(event, &self.agents, report);
        }
        if let Some(Some((_, sources))) = self.sources.get(place)
            && let Some(address) = event.source_ip()
        {
            sources.note(address, Instant::now());
        }
    }

    /// The sources that are told apart, by their metric.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&'static MetricSpec, &Sources)> {
        let told_apart = self.sources.iter().flatten();
        told_apart.map(|(metric, sources)| (*metric, sources))
    }

    fn new_sources(&self) -> Box<[Option<BySource>]> {
        let mut sources: Vec<Option<BySource>> = Vec::new();
        sources.resize_with(self.types.len(), || None);
        for row in BY_SOURCE {
            let place = self.type_place(row.event_type);
            sources[place] = Some((row.metric, Sources::new(Instant::now())));
        }
        sources.into()
    }

    fn type_place(&self, event_type: &str) -> usize {
        let fallback = if event_type.starts_with("x.") {
            CUSTOM_EVENT
        } else {
            OTHER_EVENT
        };
        let place = self.types.place(event_type);
        place
            .or_else(|| self.types.place(fallback))
            .unwrap_or(NO_PLACE)
    }

    /// Every event type at its own severity; the words for types outside the catalogue at each.
    fn initialise(&self) {
        for event in events::CATALOGUE {
            let place = self.type_place(event.name);
            self.all.appear(&[place, event.severity as usize]);
        }
        for severity in Severity::ALL {
            for word in [CUSTOM_EVENT, OTHER_EVENT] {
                let place = self.types.place(word).unwrap_or(NO_PLACE);
                self.all.appear(&[place, severity as usize]);
            }
        }
    }
}

#[cfg(test)]
mod tests;
