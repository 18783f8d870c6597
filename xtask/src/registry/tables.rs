//! The compiled tables of `rra-schema`, copied into the form that can be written down.

use rra_schema::events;
use rra_schema::metrics::METRICS;
use rra_schema::spec::{EventSpec, FieldKind, FieldSpec, Presence, Source};

use super::{Event, Field, Registry, configuration, keys, metrics, one_line, words};

/// Reads every table.
pub(super) fn read() -> Registry {
    Registry {
        schema_version: rra_schema::SCHEMA_VERSION.to_owned(),
        keys: keys::read(),
        events: events::CATALOGUE.iter().map(event).collect(),
        words: words::of_events(),
        limits: words::limits(),
        metrics: METRICS.iter().copied().map(metrics::read).collect(),
        label_words: words::of_labels(),
        variables: configuration::variables(),
        settings: configuration::settings(),
    }
}

fn event(spec: &EventSpec) -> Event {
    Event {
        name: spec.name.to_owned(),
        severity: spec.severity.to_string(),
        outcome: spec.outcome.as_str().to_owned(),
        source: source(spec.source).to_owned(),
        since: spec.since.to_owned(),
        summary: one_line(spec.summary),
        message: spec.message.to_owned(),
        fields: spec.fields.iter().map(field).collect(),
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Guide => "guide",
        Source::Module => "module",
        _ => "audit",
    }
}

fn field(spec: &FieldSpec) -> Field {
    let (form, max_chars, minimum, words) = form(&spec.kind);
    Field {
        name: spec.name.to_owned(),
        required: spec.presence == Presence::Required,
        form: form.to_owned(),
        max_chars: max_chars.and_then(|max| u64::try_from(max).ok()),
        minimum,
        words: words.map(str::to_owned),
        since: spec.since.to_owned(),
        summary: one_line(spec.summary),
    }
}

/// The word for a kind, its longest text, its least number, its word list.
fn form(
    kind: &FieldKind,
) -> (
    &'static str,
    Option<usize>,
    Option<u64>,
    Option<&'static str>,
) {
    let plain = |form| (form, None, None, None);
    match *kind {
        FieldKind::Text { max_chars } => ("text", Some(max_chars), None, None),
        FieldKind::Identifier { max_chars } => ("identifier", Some(max_chars), None, None),
        FieldKind::Url { max_chars } => ("url", Some(max_chars), None, None),
        FieldKind::Integer { minimum } => ("integer", None, Some(minimum), None),
        FieldKind::Enum(list) => ("word", None, None, Some(list.name)),
        FieldKind::IpAddress => plain("ip_address"),
        FieldKind::Ratio => plain("ratio"),
        FieldKind::Boolean => plain("boolean"),
        FieldKind::Timestamp => plain("timestamp"),
        FieldKind::ChainId => plain("chain_id"),
        FieldKind::Decimal => plain("decimal"),
        FieldKind::TokenId => plain("token_id"),
        FieldKind::TransactionHash => plain("transaction_hash"),
        FieldKind::Sha256 => plain("sha256"),
        _ => plain("unknown"),
    }
}
