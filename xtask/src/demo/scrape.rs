//! Reads what a service serves at `/metrics`: the Prometheus text format, as far as the demo needs
//! it. Sums and quantiles over samples; no time series.

use std::collections::BTreeMap;

use rra_schema::metrics::MetricSpec;

/// The samples of one scrape.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Sample>);

#[derive(Debug)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Samples {
    /// Reads a whole answer. Comments and lines of another form are passed over.
    pub(crate) fn parse(text: &str) -> Self {
        Self(text.lines().filter_map(sample).collect())
    }

    /// The sum over every series of `metric` that has all of `labels`.
    pub(crate) fn sum(&self, metric: &MetricSpec, labels: &[(&str, &str)]) -> f64 {
        self.matching(metric.name, labels)
            .map(|sample| sample.value)
            .sum()
    }

    /// Whether any series of `metric` is above zero; of a histogram, whether anything was observed.
    pub(crate) fn has_moved(&self, metric: &MetricSpec) -> bool {
        self.sum(metric, &[]) > 0.0 || self.observations(metric) > 0.0
    }

    /// The smallest value of `metric`.
    pub(crate) fn min(&self, metric: &MetricSpec) -> Option<f64> {
        let values = self.matching(metric.name, &[]).map(|sample| sample.value);
        values.min_by(f64::total_cmp)
    }

    /// A quantile of the histogram `metric` over all of its series, from its buckets, as
    /// `histogram_quantile` estimates it: linear within the bucket.
    pub(crate) fn quantile(&self, metric: &MetricSpec, quantile: f64) -> Option<f64> {
        let buckets = self.buckets(metric.name);
        let rank = buckets.last()?.1 * quantile;
        let at = buckets.iter().position(|(_, count)| *count >= rank)?;
        let (below, before) = at
            .checked_sub(1)
            .map_or((0.0, 0.0), |before| buckets[before]);
        let (bound, count) = buckets[at];
        if count <= before || !bound.is_finite() {
            return (count > 0.0).then_some(below);
        }
        Some(below + (bound - below) * (rank - before) / (count - before))
    }

    fn observations(&self, metric: &MetricSpec) -> f64 {
        let name = format!("{}_count", metric.name);
        self.matching(&name, &[]).map(|sample| sample.value).sum()
    }

    /// Upper bound and count of each bucket, smallest first.
    fn buckets(&self, name: &str) -> Vec<(f64, f64)> {
        let mut buckets: Vec<(f64, f64)> = Vec::new();
        for sample in self.matching(&format!("{name}_bucket"), &[]) {
            let Some(bound) = sample.labels.get("le").and_then(|le| number(le)) else {
                continue;
            };
            match buckets
                .iter_mut()
                .find(|(known, _)| known.total_cmp(&bound).is_eq())
            {
                Some((_, count)) => *count += sample.value,
                None => buckets.push((bound, sample.value)),
            }
        }
        buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
        buckets
    }

    fn matching(&self, name: &str, labels: &[(&str, &str)]) -> impl Iterator<Item = &Sample> {
        self.0.iter().filter(move |sample| {
            let has = |(key, value): &(&str, &str)| {
                sample.labels.get(*key).is_some_and(|found| found == value)
            };
            sample.name == name && labels.iter().all(has)
        })
    }
}

fn sample(line: &str) -> Option<Sample> {
    if line.starts_with('#') {
        return None;
    }
    let (name, labels, rest) = if let Some((name, rest)) = line.split_once('{') {
        let (labels, rest) = read_labels(rest)?;
        (name, labels, rest)
    } else {
        let (name, rest) = line.split_once(' ')?;
        (name, BTreeMap::new(), rest)
    };
    let value = number(rest.split_whitespace().next()?)?;
    Some(Sample {
        name: name.to_owned(),
        labels,
        value,
    })
}

/// Reads labels up to the closing brace; values escape `\`, `"` and line feeds.
fn read_labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut labels = BTreeMap::new();
    while !rest.starts_with('}') {
        let (key, after) = rest.trim_start_matches(',').split_once("=\"")?;
        let mut value = String::new();
        let mut characters = after.char_indices();
        let end = loop {
            match characters.next()? {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next()?.1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, other) => value.push(other),
            }
        };
        labels.insert(key.to_owned(), value);
        rest = after[end + 1..].trim_start_matches(',');
    }
    Some((labels, &rest[1..]))
}

/// Rust reads every form of the format, `+Inf` and `NaN` included.
fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    use rra_schema::metrics::api::REQUEST_DURATION;
    use rra_schema::metrics::security::RATE_LIMIT_HITS;

    const TEXT: &str = "\
# HELP rra_rate_limit_hits_total Hits.
# TYPE rra_rate_limit_hits_total counter
rra_rate_limit_hits_total{agent_id=\"a\",path=\"/x\\\"}{\\\\\"} 3
rra_rate_limit_hits_total{agent_id=\"b\"} 4
up 1
rra_api_request_duration_seconds_bucket{le=\"1\"} 90
rra_api_request_duration_seconds_bucket{le=\"2\"} 100
rra_api_request_duration_seconds_bucket{le=\"+Inf\"} 100
";

    fn check(labels: &[(&str, &str)], expected: f64) {
        let sum = Samples::parse(TEXT).sum(&RATE_LIMIT_HITS, labels);
        assert!((sum - expected).abs() < 1e-9, "{labels:?}: {sum}");
    }

    #[test]
    fn series_are_summed_by_name() {
        check(&[], 7.0);
    }

    #[test]
    fn labels_narrow_the_sum() {
        check(&[("agent_id", "b")], 4.0);
        check(&[("path", "/x\"}{\\")], 3.0);
        check(&[("path", "absent")], 0.0);
    }

    #[test]
    fn a_series_without_labels_is_read() {
        assert_eq!(Samples::parse(TEXT).matching("up", &[]).count(), 1);
    }

    #[test]
    fn a_quantile_is_linear_within_its_bucket() {
        let p95 = Samples::parse(TEXT).quantile(&REQUEST_DURATION, 0.95);
        let seconds = p95.expect("a quantile");
        assert!((seconds - 1.5).abs() < 1e-9, "{seconds}");
    }

    #[test]
    fn no_observation_has_no_quantile() {
        let empty = Samples::parse("rra_api_request_duration_seconds_bucket{le=\"+Inf\"} 0\n");
        assert_eq!(empty.quantile(&REQUEST_DURATION, 0.95), None);
    }
}
