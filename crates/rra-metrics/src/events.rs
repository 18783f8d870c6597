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
use crate::sets::Words;
use crate::sources::Sources;

/// The counters that events move.
#[derive(Debug)]
pub(crate) struct EventCounters {
    all: Arc<Family<Counter>>,
    invalid: Arc<Family<Counter>>,
    types: Arc<Words>,
    /// By the place of the event type.
    of_types: Box<[OfType]>,
    families: HashMap<&'static str, Arc<Family<Counter>>>,
}

/// What the events of one type move.
#[derive(Debug)]
struct OfType {
    /// The severity of most of them, and what counts them then.
    severity: Severity,
    counted: Counter,
    rules: Vec<Rule>,
    /// Nowhere any, unless the service asks for them.
    sources: Option<(&'static MetricSpec, Sources)>,
}

impl EventCounters {
    pub(crate) fn new(assembly: &mut Assembly, by_source: bool) -> Self {
        let mut counters = Self {
            all: assembly.counter(&SECURITY_EVENTS),
            invalid: assembly.counter(&EVENTS_INVALID),
            types: Arc::clone(&assembly.sets.event_types),
            of_types: Box::default(),
            families: HashMap::new(),
        };
        counters.initialise();
        counters.of_types = counters.new_types();
        for row in INCREMENTS {
            let family = counters
                .families
                .entry(row.metric.name)
                .or_insert_with(|| assembly.counter(row.metric));
            let family = Arc::clone(family);
            let place = counters.type_place(row.event_type);
            let earlier = &mut counters.of_types[place].rules;
            let agents = &assembly.sets.agents;
            let rule = Rule::new(row, family, &counters.invalid, agents, earlier);
            earlier.push(rule);
        }
        if by_source {
            counters.tell_sources_apart();
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
        let Some(of_type) = self.of_types.get(place) else {
            return;
        };
        let severity = event.severity();
        let counted = if severity == of_type.severity {
            &of_type.counted
        } else {
            self.all.at(&[place, severity as usize])
        };
        counted.increment(1);
        for rule in &of_type.rules {
            rule.apply(event);
        }
        if let Some((_, sources)) = &of_type.sources
            && let Some(address) = event.source_ip()
        {
            sources.note(address, Instant::now());
        }
    }

    /// The sources that are told apart, by their metric.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&'static MetricSpec, &Sources)> {
        let told_apart = self.of_types.iter().filter_map(|of| of.sources.as_ref());
        told_apart.map(|(metric, sources)| (*metric, sources))
    }

    /// What the types of the catalogue move, then what the words for others do, without rules.
    fn new_types(&self) -> Box<[OfType]> {
        let severities = events::CATALOGUE.iter().map(|event| event.severity);
        let severities = severities.chain(std::iter::repeat(Severity::Info));
        let of_types = (0..self.types.len()).zip(severities);
        let of_types = of_types.map(|(place, severity)| OfType {
            severity,
            counted: self.all.at(&[place, severity as usize]).clone(),
            rules: Vec::new(),
            sources: None,
        });
        of_types.collect()
    }

    fn tell_sources_apart(&mut self) {
        for row in BY_SOURCE {
            let place = self.type_place(row.event_type);
            self.of_types[place].sources = Some((row.metric, Sources::new(Instant::now())));
        }
    }

    #[inline(never)]
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
