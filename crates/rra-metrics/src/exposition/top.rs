//! The few that matter most: the agents nearest to their limits, the networks that most failures
//! come from. Which they are changes all the time, so their series come and go.

use std::time::Instant;

use rra_schema::metrics::security::RATE_LIMIT_UTILIZATION;
use rra_schema::metrics::{Domain, MetricSpec, OTHER};

use super::lines::append;
use crate::catalogue::Metrics;
use crate::sources::Busiest;

/// Appends those of one service.
pub(super) fn append_to(page: &mut String, metrics: &Metrics, now: Instant) {
    let nearest = metrics
        .security()
        .nearest_to_limit(most(&RATE_LIMIT_UTILIZATION), now);
    let nearest = nearest
        .into_iter()
        .map(|(agent, share)| (vec![agent], share));
    append(page, &RATE_LIMIT_UTILIZATION, nearest);
    for (spec, sources) in metrics.sources() {
        append(page, spec, samples(sources.busiest(most(spec), now)));
    }
}

/// A sample for each network, and one for all others if there are any.
fn samples(busiest: Busiest) -> impl Iterator<Item = (Vec<String>, u64)> {
    let others = (busiest.others > 0).then(|| (vec![OTHER.to_owned()], busiest.others));
    let networks = busiest.networks.into_iter();
    networks
        .map(|(network, count)| (vec![network.to_string()], count))
        .chain(others)
}

/// How many values the metric's one label takes.
fn most(spec: &MetricSpec) -> usize {
    match spec.labels {
        [label] => match label.domain {
            Domain::Dynamic { max_values, .. } => max_values,
            _ => 0,
        },
        _ => 0,
    }
}
