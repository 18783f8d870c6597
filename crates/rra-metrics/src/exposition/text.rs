//! The order of an exposition: metrics by name, series by labels, buckets as they rise.

/// Sorts an exposition whose metrics are separated by empty lines.
///
/// The exporter keeps series in hash maps, so its order changes from one process to the next;
/// a fixed one makes two scrapes comparable and compresses better.
pub(crate) fn sorted(exposition: &str) -> String {
    let blocks = exposition
        .split("\n\n")
        .filter(|block| !block.trim().is_empty());
    let mut metrics: Vec<Metric<'_>> = blocks.map(Metric::read).collect();
    metrics.sort_by_key(|metric| metric.name);
    let mut out = String::with_capacity(exposition.len());
    for metric in &metrics {
        for line in metric.comments.iter().chain(&metric.samples) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// One metric with its lines.
struct Metric<'a> {
    name: &'a str,
    comments: Vec<&'a str>,
    samples: Vec<&'a str>,
}

impl<'a> Metric<'a> {
    fn read(block: &'a str) -> Self {
        let lines = block.lines().filter(|line| !line.is_empty());
        let (comments, mut samples): (Vec<_>, Vec<_>) =
            lines.partition(|line| line.starts_with('#'));
        // The sort is stable, so the lines of one histogram keep their order.
        samples.sort_by_cached_key(|line| labels(line));
        Self {
            name: comments
                .last()
                .and_then(|line| line.split(' ').nth(2))
                .unwrap_or_default(),
            comments,
            samples,
        }
    }
}

/// The labels of a sample without a bucket's bound, which the exporter writes last and which has
/// no comma. A quote inside a value is escaped, so what looks like a bound is none of those.
fn labels(sample: &str) -> &str {
    let Some((_, rest)) = sample.split_once('{') else {
        return "";
    };
    let inside = rest.rfind('}').map_or(rest, |end| &rest[..end]);
    let (others, last) = inside.rsplit_once(',').unwrap_or(("", inside));
    if last.starts_with("le=\"") {
        others
    } else {
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(exposition: &str, expected: &str) {
        assert_eq!(sorted(exposition), expected);
    }

    #[test]
    fn metrics_are_sorted_by_name() {
        check(
            "# TYPE b counter\nb 1\n\n# HELP a x\n# TYPE a gauge\na 2\n\n",
            "# HELP a x\n# TYPE a gauge\na 2\n# TYPE b counter\nb 1\n",
        );
    }

    #[test]
    fn series_are_sorted_by_labels() {
        check(
            "# TYPE a gauge\na{l=\"y\"} 1\na{l=\"x\"} 2\n\n",
            "# TYPE a gauge\na{l=\"x\"} 2\na{l=\"y\"} 1\n",
        );
    }

    #[test]
    fn the_lines_of_a_histogram_stay_in_their_order() {
        let x = "h_bucket{l=\"x\",le=\"2\"} 1\nh_bucket{l=\"x\",le=\"10\"} 1\nh_bucket{l=\"x\",le=\"+Inf\"} 1\nh_sum{l=\"x\"} 1\nh_count{l=\"x\"} 1\n";
        let y = x.replace("\"x\"", "\"y\"");
        check(
            &format!("# TYPE h histogram\n{y}{x}\n"),
            &format!("# TYPE h histogram\n{x}{y}"),
        );
    }

    #[test]
    fn braces_and_quotes_inside_a_value_do_not_matter() {
        let line = "a{l=\"/x/{id}\",m=\"\\\",le=\\\"1\"} 1";
        assert_eq!(labels(line), "l=\"/x/{id}\",m=\"\\\",le=\\\"1\"");
    }

    #[test]
    fn nothing_stays_nothing() {
        check("", "");
    }
}
