//! The histograms of the catalogue, written here: they are folded as they are observed.

use std::fmt::Write as _;

use metrics::Key;
use rra_schema::metrics::MetricSpec;

use super::lines::escaped;
use crate::tally::{Observed, Tallies};

/// Appends every histogram.
pub(super) fn append_to(page: &mut String, tallies: &Tallies) {
    let mut series = tallies.histograms();
    series.sort_by_key(|(spec, ..)| spec.name);
    let mut last = "";
    for (spec, key, observed) in &series {
        if last != spec.name {
            last = spec.name;
            // Writing to a string cannot fail, here and below.
            let _ = write!(
                page,
                "\n# HELP {last} {}\n# TYPE {last} histogram\n",
                spec.help
            );
        }
        append(page, spec, key, observed);
    }
    page.push('\n');
}

fn append(page: &mut String, spec: &MetricSpec, key: &Key, observed: &Observed) {
    let name = spec.name;
    let labels = key.labels();
    let labels = labels.map(|label| format!("{}=\"{}\",", label.key(), escaped(label.value())));
    let labels: String = labels.collect();
    let bounds = spec.buckets.iter().map(ToString::to_string);
    let bounds = bounds.chain(["+Inf".to_owned()]);
    for (bound, count) in bounds.zip(&observed.cumulated) {
        let _ = writeln!(page, "{name}_bucket{{{labels}le=\"{bound}\"}} {count}");
    }
    let labels = match labels.strip_suffix(',') {
        Some(labels) => format!("{{{labels}}}"),
        None => String::new(),
    };
    let count = observed.cumulated.last().copied().unwrap_or_default();
    let _ = writeln!(page, "{name}_sum{labels} {}", observed.sum);
    let _ = writeln!(page, "{name}_count{labels} {count}");
}
