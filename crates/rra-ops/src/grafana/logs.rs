//! What metrics must not hold: addresses. Two dashboards with the same panels over the security log
//! itself, one for Loki and one for Elasticsearch.

use serde_json::{Value, json};

use crate::attacks::BLOCKED;
use crate::file::RenderedFile;
use crate::json::pretty;

use super::dashboard::frame;

/// A store of logs that Grafana can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    Loki,
    Elasticsearch,
}

/// A table of the addresses that most events of some types came from.
struct Ranking {
    title: &'static str,
    description: &'static str,
    event_types: &'static [&'static str],
}

const RANKINGS: [Ranking; 3] = [
    Ranking {
        title: "Failed logins by IP",
        description: "The 20 addresses with most failures to authenticate in the chosen time.",
        event_types: &["auth.failure"],
    },
    Ranking {
        title: "Top rate-limited IPs",
        description: "The 20 addresses that were refused most often for asking too much.",
        event_types: &["rate_limit.exceeded"],
    },
    Ranking {
        title: "Blocked attacks by IP",
        description: "The 20 addresses with most requests that were refused as an attack.",
        event_types: &BLOCKED,
    },
];

/// Severities that somebody should read.
const SERIOUS: [&str; 3] = ["warning", "error", "critical"];

/// Both dashboards.
pub(super) fn files() -> Vec<RenderedFile> {
    [Store::Loki, Store::Elasticsearch]
        .map(|store| {
            let path = format!("grafana/dashboards/rra-logs-{}.json", store.plugin());
            RenderedFile::new(&path, dashboard(store))
        })
        .to_vec()
}

fn dashboard(store: Store) -> String {
    let mut panels: Vec<Value> = (0_u32..)
        .zip(&RANKINGS)
        .map(|(index, ranking)| store.ranking(index, ranking))
        .collect();
    panels.push(store.newest());
    let mut model = frame(
        &format!("rra-logs-{}", store.plugin()),
        &format!("RRA / Logs ({})", store.name()),
        "Addresses and single events of the RRA Module, from its security log.",
    );
    model["refresh"] = json!("1m");
    model["annotations"] = json!({"list": []});
    model["templating"] = json!({"list": [{
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": store.plugin(),
        "refresh": 1,
    }]});
    model["panels"] = json!(panels);
    pretty(model)
}

impl Store {
    const fn name(self) -> &'static str {
        match self {
            Self::Loki => "Loki",
            Self::Elasticsearch => "Elasticsearch",
        }
    }

    /// The identifier of Grafana's data source plugin.
    const fn plugin(self) -> &'static str {
        match self {
            Self::Loki => "loki",
            Self::Elasticsearch => "elasticsearch",
        }
    }

    fn source(self) -> Value {
        json!({"type": self.plugin(), "uid": "${datasource}"})
    }

    fn ranking(self, index: u32, ranking: &Ranking) -> Value {
        let target = match self {
            Self::Loki => json!({
                "refId": "A",
                "datasource": self.source(),
                "queryType": "instant",
                "expr": format!(
                    "topk(20, sum by (source_ip) (count_over_time({} [$__auto])))",
                    lines("event_type", ranking.event_types)
                ),
            }),
            Self::Elasticsearch => json!({
                "refId": "A",
                "datasource": self.source(),
                "timeField": "@timestamp",
                "query": any_of("event_type", ranking.event_types),
                "metrics": [{"id": "1", "type": "count"}],
                "bucketAggs": [{
                    "id": "2",
                    "type": "terms",
                    "field": "source_ip",
                    "settings": {"size": "20", "order": "desc", "orderBy": "_count"},
                }],
            }),
        };
        self.panel(index, "table", ranking.title, ranking.description, &target)
    }

    fn newest(self) -> Value {
        let target = match self {
            Self::Loki => json!({
                "refId": "A",
                "datasource": self.source(),
                "queryType": "range",
                "expr": lines("severity", &SERIOUS),
            }),
            Self::Elasticsearch => json!({
                "refId": "A",
                "datasource": self.source(),
                "timeField": "@timestamp",
                "query": any_of("severity", &SERIOUS),
                "metrics": [{"id": "1", "type": "logs", "settings": {"limit": "500"}}],
                "bucketAggs": [],
            }),
        };
        let description = "The newest events that are a warning or worse, as they were written.";
        let index = u32::try_from(RANKINGS.len()).unwrap_or(u32::MAX);
        self.panel(index, "logs", "Warnings and worse", description, &target)
    }

    /// Two panels to a row.
    fn panel(
        self,
        index: u32,
        kind: &str,
        title: &str,
        description: &str,
        target: &Value,
    ) -> Value {
        let options = match kind {
            "logs" => json!({"showTime": true, "wrapLogMessage": true, "sortOrder": "Descending"}),
            _ => json!({"showHeader": true}),
        };
        json!({
            "id": index + 1,
            "type": kind,
            "title": title,
            "description": description,
            "datasource": self.source(),
            "gridPos": {"h": 10, "w": 12, "x": index % 2 * 12, "y": index / 2 * 10},
            "targets": [target],
            "fieldConfig": {"defaults": {"unit": "short", "noValue": "none", "custom": {}}, "overrides": []},
            "options": options,
        })
    }
}

/// Lines of Loki whose field is one of these; only the fields in question are read out of the line.
/// A line that is no JSON would otherwise make Loki refuse the whole query.
fn lines(field: &str, words: &[&str]) -> String {
    format!(
        "{{job=\"rra-module\"}} | json {field}=\"{field}\", source_ip=\"source_ip\" \
         | __error__=\"\" | {field}=~\"{}\"",
        words.join("|")
    )
}

/// Lucene, as Elasticsearch's data source takes it.
fn any_of(field: &str, words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("{field}:({})", quoted.join(" OR "))
}

#[cfg(test)]
mod tests {
    use rra_schema::KEYS;
    use rra_schema::Severity;

    use super::{RANKINGS, SERIOUS};

    #[test]
    fn every_word_is_one_of_the_catalogue() {
        for event_type in RANKINGS.iter().flat_map(|ranking| ranking.event_types) {
            assert!(
                rra_schema::events::find(event_type).is_some(),
                "{event_type}"
            );
        }
        for severity in SERIOUS {
            assert!(Severity::ALL.iter().any(|known| known.as_str() == severity));
        }
        for key in ["event_type", "severity", "source_ip"] {
            assert!(KEYS.contains(&key), "{key}");
        }
    }
}
