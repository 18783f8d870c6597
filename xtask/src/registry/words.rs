//! Word lists and bounds, copied out of the compiled tables.

use std::collections::{BTreeMap, BTreeSet};

use rra_schema::metrics::{Domain, METRICS};
use rra_schema::spec::{EnumSpec, FieldKind, Growth, Outcome};
use rra_schema::{Severity, events, limits as bounds};

use super::Words;

/// Severities, outcomes, and every list that a field refers to, each once.
pub(super) fn of_events() -> Vec<Words> {
    let mut seen = BTreeSet::new();
    let of_fields = events::CATALOGUE
        .iter()
        .flat_map(|event| event.fields)
        .filter_map(|field| match field.kind {
            FieldKind::Enum(list) => Some(list),
            _ => None,
        })
        .filter(|list| seen.insert(list.name))
        .map(listed);
    [
        closed("severity", Severity::ALL.map(Severity::as_str)),
        closed("outcome", Outcome::ALL.map(Outcome::as_str)),
    ]
    .into_iter()
    .chain(of_fields)
    .collect()
}

/// Every list that a label refers to, each once.
pub(super) fn of_labels() -> Vec<Words> {
    let mut seen = BTreeSet::new();
    METRICS
        .iter()
        .flat_map(|metric| metric.labels)
        .filter_map(|label| match label.domain {
            Domain::Closed(list) => Some(list),
            _ => None,
        })
        .filter(|list| seen.insert(list.name))
        .map(listed)
        .collect()
}

/// The bounds of a line.
pub(super) fn limits() -> BTreeMap<String, u64> {
    let rows = [
        ("line_bytes", bounds::LINE_BYTES),
        ("line_bytes_max", bounds::LINE_BYTES_MAX),
        ("details_keys", bounds::DETAILS_KEYS),
        ("details_depth", bounds::DETAILS_DEPTH),
        ("details_text_chars", bounds::DETAILS_TEXT_CHARS),
        ("details_list_items", bounds::DETAILS_LIST_ITEMS),
        ("details_key_chars", bounds::DETAILS_KEY_CHARS),
        ("tags", bounds::TAGS),
        ("truncated_paths", bounds::TRUNCATED_PATHS),
    ];
    rows.into_iter()
        .map(|(name, bound)| (name.to_owned(), bound as u64))
        .collect()
}

fn listed(list: &EnumSpec) -> Words {
    Words {
        name: list.name.to_owned(),
        open: list.growth == Growth::Open,
        values: list.values.iter().map(|word| (*word).to_owned()).collect(),
    }
}

fn closed<const N: usize>(name: &str, values: [&str; N]) -> Words {
    Words {
        name: name.to_owned(),
        open: false,
        values: values.map(str::to_owned).to_vec(),
    }
}
