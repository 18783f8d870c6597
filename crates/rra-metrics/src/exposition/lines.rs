//! Metrics that are looked up when a page is rendered, written here and not by the recorder: its
//! counters are whole numbers, and its series can never go away.

use std::fmt::{Display, Write as _};

use rra_schema::metrics::MetricSpec;

/// Appends a metric with a sample for each list of label values. Without samples there is nothing.
pub(super) fn append<V: Display>(
    page: &mut String,
    spec: &MetricSpec,
    samples: impl IntoIterator<Item = (Vec<String>, V)>,
) {
    let mut samples = samples.into_iter().peekable();
    if samples.peek().is_none() {
        return;
    }
    let (name, kind) = (spec.name, spec.kind.as_str());
    // Writing to a string cannot fail, here and below.
    let _ = write!(page, "# HELP {name} {}\n# TYPE {name} {kind}\n", spec.help);
    for (values, value) in samples {
        page.push_str(name);
        append_labels(page, spec, &values);
        let _ = writeln!(page, " {value}");
    }
    page.push('\n');
}

/// Appends a metric without labels, if it has a value.
pub(super) fn append_one(page: &mut String, spec: &MetricSpec, value: Option<impl Display>) {
    append(page, spec, value.map(|value| (Vec::new(), value)));
}

fn append_labels(page: &mut String, spec: &MetricSpec, values: &[String]) {
    let labels = spec.labels.iter().zip(values);
    for (place, (label, value)) in labels.enumerate() {
        page.push(if place == 0 { '{' } else { ',' });
        let _ = write!(page, "{}=\"{}\"", label.name, escaped(value));
    }
    if !values.is_empty() {
        page.push('}');
    }
}

/// A label value as the text format has it.
pub(super) fn escaped(value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
    value.replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use rra_schema::metrics::process::THREADS;
    use rra_schema::metrics::security::RATE_LIMIT_UTILIZATION;

    use super::*;

    fn check(value: &str, expected: &str) {
        let mut page = String::new();
        let sample = (vec![value.to_owned()], 0.5);
        append(&mut page, &RATE_LIMIT_UTILIZATION, [sample]);
        let line = page.lines().nth(2).expect("two comments before");
        let name = RATE_LIMIT_UTILIZATION.name;
        assert_eq!(line, format!("{name}{{agent_id=\"{expected}\"}} 0.5"));
    }

    #[test]
    fn a_plain_value_stays_as_it_is() {
        check("agent-7 {}", "agent-7 {}");
    }

    #[test]
    fn what_would_end_a_value_or_line_is_escaped() {
        check("a\"b\\c\nd", "a\\\"b\\\\c\\nd");
    }

    #[test]
    fn a_metric_without_samples_is_not_mentioned() {
        let mut page = String::new();
        append_one(&mut page, &THREADS, None::<u64>);
        assert_eq!(page, "");
    }

    #[test]
    fn a_metric_without_labels_has_no_braces() {
        let mut page = String::new();
        append_one(&mut page, &THREADS, Some(7));
        assert!(page.ends_with("\nprocess_threads 7\n\n"));
    }
}
