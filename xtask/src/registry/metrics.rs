//! Metrics, copied out of the compiled tables.

use rra_schema::metrics::{Domain, LabelSpec, MetricSpec, Zero};

use super::{Label, Metric};

pub(super) fn read(spec: &MetricSpec) -> Metric {
    Metric {
        name: spec.name.to_owned(),
        kind: spec.kind.as_str().to_owned(),
        unit: word(&spec.unit),
        stability: word(&spec.stability),
        area: word(&spec.area),
        since: spec.since.to_owned(),
        help: spec.help.to_owned(),
        labels: spec.labels.iter().map(label).collect(),
        buckets: spec.buckets.to_vec(),
        zero: zero(&spec.zero),
    }
}

fn label(spec: &LabelSpec) -> Label {
    let (domain, words, max_values) = match spec.domain {
        Domain::Closed(list) => ("closed", Some(list.name), None),
        Domain::Registered { max_values, .. } => ("registered", None, Some(max_values)),
        Domain::Dynamic { max_values, .. } => ("dynamic", None, Some(max_values)),
        Domain::EventType => ("event_type", None, None),
        Domain::MetricName => ("metric_name", None, None),
        Domain::LabelName => ("label_name", None, None),
        _ => ("unbounded", None, None),
    };
    Label {
        name: spec.name.to_owned(),
        domain: domain.to_owned(),
        words: words.map(str::to_owned),
        max_values: max_values.map(|max| max as u64),
        reserved: spec
            .domain
            .reserved()
            .iter()
            .map(|value| (*value).to_owned())
            .collect(),
    }
}

fn zero(zero: &Zero) -> String {
    match zero {
        Zero::Only(rows) => {
            let parts: Vec<String> = rows
                .iter()
                .map(|(label, values)| format!("{label} {}", values.join(", ")))
                .collect();
            format!("only {}", parts.join("; "))
        }
        plain => word(plain),
    }
}

/// The name of a variant without data in the form of the catalogue: `UnixSeconds` as
/// `unix_seconds`. A variant that gets another name shows as a change of the promise.
fn word(variant: &impl std::fmt::Debug) -> String {
    let mut word = String::new();
    for character in format!("{variant:?}").chars() {
        if character.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(character.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use rra_schema::metrics::Unit;

    use super::word;

    #[test]
    fn a_variant_becomes_a_word_of_the_catalogue() {
        assert_eq!(word(&Unit::UnixSeconds), "unix_seconds");
        assert_eq!(word(&Unit::Count), "count");
    }
}
