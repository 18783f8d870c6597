//! The index template and the lifecycle of the data stream in Elasticsearch.

use rra_schema::KEYS;
use serde_json::{Map, Value, json};

use crate::json::pretty;

/// The names of the Elastic Common Schema, object and field, for keys of the line. They are aliases,
/// so that nothing is stored twice and the line stays as it was written. `service` is a word in the
/// line and an object in that schema, so it keeps its own name.
const ECS: [(&str, &str, &str); 9] = [
    ("event", "action", "event_type"),
    ("event", "id", "event_id"),
    ("event", "outcome", "outcome"),
    ("http.request", "id", "request_id"),
    ("log", "level", "severity"),
    ("source", "ip", "source_ip"),
    ("span", "id", "span_id"),
    ("trace", "id", "trace_id"),
    ("user", "id", "user_id"),
];

/// Each key of the line has a type of its own; anything else is stored and not indexed, so that no
/// stranger can make the mapping grow.
pub(super) fn index_template() -> String {
    let mut properties: Map<String, Value> = KEYS
        .iter()
        .map(|key| ((*key).to_owned(), field_type(key)))
        .collect();
    properties.insert("@timestamp".to_owned(), json!({"type": "date"}));
    // What the shipper adds: which machine it was.
    let host = json!({"properties": {"name": field_type("host")}});
    properties.insert("host".to_owned(), host);
    for (object, field, key) in ECS {
        let alias = json!({"type": "alias", "path": key});
        properties
            .entry(object)
            .or_insert_with(|| json!({"properties": {}}))["properties"][field] = alias;
    }
    pretty(json!({
        "index_patterns": ["logs-rra.security-*"],
        "data_stream": {},
        // Above 100, the priority of Elasticsearch's own template for logs-*-*.
        "priority": 500,
        "template": {
            "settings": {"index.lifecycle.name": "rra-security"},
            "mappings": {"dynamic": false, "properties": properties},
        },
        "_meta": {"description": "Security events of the RRA Module"},
    }))
}

/// Thirty days as the guide keeps its files, then a year in less room.
pub(super) fn lifecycle() -> String {
    pretty(json!({
        "policy": {"phases": {
            "hot": {"actions": {"rollover": {
                "max_primary_shard_size": "50gb",
                "max_age": "30d",
            }}},
            "warm": {"min_age": "30d", "actions": {"forcemerge": {"max_num_segments": 1}}},
            "delete": {"min_age": "365d", "actions": {"delete": {}}},
        }},
    }))
}

fn field_type(key: &str) -> Value {
    match key {
        "timestamp" => json!({"type": "date"}),
        // The text of another writer: a space in the place of the `T` is no date to Elasticsearch,
        // which would refuse the whole event.
        "original_timestamp" => json!({"type": "date", "ignore_malformed": true}),
        "message" => json!({"type": "match_only_text"}),
        "source_ip" => json!({"type": "ip", "ignore_malformed": true}),
        // One field for all details, so that two event types may give one key two types.
        "details" => json!({"type": "flattened", "ignore_above": 8191}),
        "imported" => json!({"type": "boolean"}),
        _ => json!({"type": "keyword", "ignore_above": 1024}),
    }
}

#[cfg(test)]
mod tests {
    use rra_schema::KEYS;

    use super::ECS;

    #[test]
    fn every_alias_leads_to_a_key_and_hides_none() {
        for (object, _, key) in ECS {
            assert!(KEYS.contains(&key), "{key} is no key of the line");
            assert!(!KEYS.contains(&object), "{object} is a key of the line");
        }
    }
}
