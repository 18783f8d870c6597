//! The files for Elasticsearch and Logstash, of which nobody here can start either: what they must say.

use rra_schema::KEYS;

use crate::integrations::{json, text};

#[test]
fn the_index_template_has_a_type_for_every_key_of_the_line() {
    let template = json("elastic/index-template.json");
    let mappings = &template["template"]["mappings"];
    assert_eq!(mappings["dynamic"], false);
    for key in KEYS {
        assert!(
            mappings["properties"][key]["type"].is_string(),
            "{key} has no type"
        );
    }
}

/// Guessed types would let no network be searched for, and one event refuse the details of another.
#[test]
fn the_index_template_makes_a_data_stream_with_types_that_can_be_searched() {
    let template = json("elastic/index-template.json");
    let stream = "logs-rra.security-*";
    assert_eq!(template["index_patterns"], serde_json::json!([stream]));
    assert!(template["data_stream"].is_object());
    let priority = template["priority"].as_u64();
    assert!(priority > Some(100), "Elasticsearch's own logs-*-* has 100");
    let properties = &template["template"]["mappings"]["properties"];
    for (key, kind) in [
        ("@timestamp", "date"),
        ("source_ip", "ip"),
        ("event_type", "keyword"),
        ("severity", "keyword"),
        ("user_id", "keyword"),
        ("details", "flattened"),
    ] {
        assert_eq!(properties[key]["type"], kind, "{key}");
    }
    for of_strangers in ["original_timestamp", "source_ip"] {
        assert_eq!(properties[of_strangers]["ignore_malformed"], true);
    }
    assert_eq!(properties["host"]["properties"]["name"]["type"], "keyword");
    let aliases = properties.as_object().expect("there are fields").values();
    let leads = |path: &str| {
        aliases
            .clone()
            .any(|field| field.to_string().contains(path))
    };
    assert!(leads(r#""path":"source_ip""#), "ECS calls it source.ip");
    let policy = &template["template"]["settings"]["index.lifecycle.name"];
    let readme = text("elastic/README.md");
    assert!(readme.contains(&format!(
        "PUT _ilm/policy/{}",
        policy.as_str().unwrap_or("none")
    )));
    let phases = &json("elastic/ilm-policy.json")["policy"]["phases"];
    assert!(phases["hot"]["actions"]["rollover"].is_object());
    assert!(phases["delete"]["actions"]["delete"].is_object());
}

#[test]
fn logstash_speaks_tls_with_a_key_of_its_keystore() {
    let pipeline = text("elastic/logstash.conf");
    for setting in [
        "hosts => [\"https://",
        "ssl_enabled => true",
        "ssl_certificate_authorities => [\"/",
        "api_key => \"${ES_API_KEY}\"",
    ] {
        assert!(pipeline.contains(setting), "{setting}");
    }
    assert!(text("elastic/README.md").contains("logstash-keystore add ES_API_KEY"));
}

/// A reference to a field that is not there stands for itself, and would be one id for all such lines.
#[test]
fn logstash_gives_a_line_without_an_id_one_of_its_own() {
    let pipeline = text("elastic/logstash.conf");
    assert!(pipeline.contains(r#"document_id => "%{[@metadata][id]}""#));
    let (_, with) = pipeline.split_once("if [event_id] {").expect("it asks");
    let (with, without) = with.split_once("} else {").expect("two ways");
    assert!(with.contains(r#""[@metadata][id]" => "%{[event_id]}""#));
    let first = without.lines().nth(1).unwrap_or_default();
    assert!(
        first.contains(r#"uuid { target => "[@metadata][id]" }"#),
        "{first}"
    );
}

/// Filebeat deletes the key that its parser takes the id from, and `event.id` would find nothing.
#[test]
fn filebeat_keeps_the_id_of_an_event_and_lines_that_are_none() {
    let filebeat = text("elastic/filebeat.yml");
    assert!(!filebeat.contains("document_id:"));
    assert!(filebeat.contains("fields: [{from: event_id, to: '@metadata._id'}]"));
    assert!(filebeat.contains("%{[environment]:unknown}"));
}

/// Elasticsearch refuses an index with a capital in its name; Filebeat makes it small by itself.
#[test]
fn logstash_writes_to_a_stream_in_small_letters() {
    let pipeline = text("elastic/logstash.conf");
    assert!(pipeline.contains(r#"lowercase => ["[@metadata][environment]"]"#));
    assert!(pipeline.contains("logs-rra.security-%{[@metadata][environment]}"));
}

/// What is no line of ours is told apart before Elasticsearch, what Elasticsearch refuses after it.
#[test]
fn logstash_writes_down_what_it_cannot_deliver() {
    let pipeline = text("elastic/logstash.conf");
    let (_, output) = pipeline.split_once("output {").expect("an output");
    let (unread, stored) = output.split_once("} else {").expect("two ways");
    for tag in ["_jsonparsefailure", "_rra_bad_time"] {
        assert!(unread.contains(&format!("\"{tag}\" in [tags]")), "{tag}");
    }
    for field in ["timestamp", "environment"] {
        assert!(unread.contains(&format!("or ![{field}]")), "{field}");
    }
    assert!(pipeline.contains("tag_on_failure => [\"_rra_bad_time\"]"));
    assert!(unread.contains("rra-rejected.log") && stored.contains("elasticsearch {"));
    let refused = text("elastic/dead-letter.conf");
    assert!(refused.contains("dead_letter_queue {") && refused.contains("pipeline_id => \"rra\""));
    assert!(refused.contains("rra-refused.log"));
    let readme = text("elastic/README.md");
    for word in [
        "`rra`",
        "`rra-dead-letter`",
        "rra-rejected.log",
        "rra-refused.log",
    ] {
        assert!(readme.contains(word), "{word}");
    }
}

/// Every brace and bracket of a pipeline is closed; nobody here can start Logstash to ask it.
#[test]
fn logstash_pipelines_are_balanced() {
    for path in ["elastic/logstash.conf", "elastic/dead-letter.conf"] {
        let pipeline = text(path);
        let mut open = Vec::new();
        let lines = pipeline
            .lines()
            .filter(|line| !line.trim().starts_with('#'));
        for sign in lines.flat_map(|line| line.chars().collect::<Vec<_>>()) {
            match sign {
                '{' | '[' => open.push(sign),
                '}' => assert_eq!(open.pop(), Some('{'), "{path}"),
                ']' => assert_eq!(open.pop(), Some('['), "{path}"),
                _ => (),
            }
        }
        assert!(open.is_empty(), "{path}: {open:?}");
    }
}
