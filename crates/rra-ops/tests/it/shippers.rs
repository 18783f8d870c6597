//! The files for programs that read the log and send it on, none of which can be had here: what they
//! must say so that what arrives can be read, searched and found once.

use crate::integrations::{json, text};

/// The exporter's own form has none of the fields that the index template has a type for.
#[test]
fn the_collector_sends_elasticsearch_the_line_itself() {
    let collector = text("otel-collector/collector.yml");
    for setting in [
        r#"set(attributes["elastic.mapping.mode"], "bodymap")"#,
        "set(body, ParseJSON(body))",
        r#"set(body["@timestamp"], body["timestamp"])"#,
        r#"set(attributes["elasticsearch.document_id"], attributes["event_id"])"#,
        "logs_dynamic_id: {enabled: true}",
    ] {
        assert!(collector.contains(setting), "{setting}");
    }
    let pipeline = pipeline(&collector, "logs/elastic");
    assert!(pipeline.contains("receivers: [filelog]") && pipeline.contains("transform/elastic,"));
}

/// Splunk reads the fields from the line, so none may come as an indexed field too.
#[test]
fn the_collector_sends_splunk_each_field_once() {
    let collector = text("otel-collector/collector.yml");
    assert!(collector.contains(r#"keep_keys(attributes, ["log.file.name"])"#));
    let pipeline = pipeline(&collector, "logs/splunk");
    assert!(pipeline.contains("receivers: [filelog]") && pipeline.contains("transform/splunk,"));
    assert!(text("splunk/props.conf").contains("KV_MODE = json"));
    assert!(!text("splunk/props.conf").contains("\nINDEXED_EXTRACTIONS"));
}

/// Datadog draws services from figures that the exporter alone does not make.
#[test]
fn the_collector_makes_the_figures_of_datadogs_apm() {
    let collector = text("otel-collector/collector.yml");
    assert!(collector.contains("exporters: [datadog/connector, datadog,"));
    let pipeline = pipeline(&collector, "metrics/datadog");
    assert!(pipeline.contains("receivers: [datadog/connector]"));
}

/// The models take events by these tags, and an attempt to authenticate by its `action`.
#[test]
fn enterprise_security_finds_logins_and_attacks() {
    let (tags, types) = (text("splunk/tags.conf"), text("splunk/eventtypes.conf"));
    let tagged: Vec<&str> = tags.split("[eventtype=").skip(1).collect();
    assert_eq!(tagged.len(), 2);
    for stanza in &tagged {
        let (name, _) = stanza.split_once(']').expect("a stanza has a name");
        assert!(types.contains(&format!("[{name}]")), "there is no {name}");
    }
    assert!(tagged[0].contains("\nauthentication = enabled"));
    assert!(tagged[1].contains("\nattack = enabled") && tagged[1].contains("\nids = enabled"));
    let props = text("splunk/props.conf");
    let (_, action) = props
        .split_once("EVAL-action = case(")
        .expect("it is there");
    let attacks = types.split("[rra_attack]").nth(1).unwrap_or_default();
    for event_type in attacks.split("event_type=").skip(1) {
        let event_type = event_type.split([' ', ')']).next().unwrap_or_default();
        let (family, kind) = event_type.split_once('.').expect("family.kind");
        let is_told = [format!("\"{family}.%\""), format!("\"%.{kind}\"")];
        let is_refused = event_type != "suspicious.brute_force";
        assert!(
            !is_refused || is_told.iter().any(|told| action.contains(told)),
            "{event_type}"
        );
    }
    assert!(
        text("splunk/default.meta").contains("[]\n")
            && text("splunk/default.meta").contains("export = system")
    );
}

#[test]
fn cloudwatchs_files_are_about_one_log_and_one_group() {
    let agent = json("cloudwatch/agent.json");
    let file = &agent["logs"]["logs_collected"]["files"]["collect_list"][0];
    assert_eq!(file["file_path"], "/var/log/rra/security.log");
    assert_eq!(file["timestamp_format"], "%Y-%m-%dT%H:%M:%S.%fZ");
    assert_eq!(file["timezone"], "UTC");
    let group = file["log_group_name"].as_str().expect("it has a group");
    for filter in json("cloudwatch/metric-filters.json")
        .as_array()
        .expect("a list")
    {
        assert_eq!(filter["logGroupName"], group);
    }
    let policy = text("cloudwatch/iam-policy.json");
    assert!(policy.contains(&format!("log-group:{group}:*")));
    assert!(text("cloudwatch/README.md").contains(&format!("--log-group-name {group}`")));
}

/// The log has mode 0640 in a directory of mode 0750.
#[test]
fn a_shipper_is_let_into_the_group_of_the_log() {
    for folder in ["elastic", "splunk", "datadog", "otel-collector"] {
        let readme = text(&format!("{folder}/README.md"));
        assert!(readme.contains("usermod -aG rra "), "{folder}");
    }
}

/// The rules for a cluster hold the same links as those for Prometheus.
#[test]
fn whoever_loads_rules_is_told_to_put_in_addresses() {
    assert!(text("kubernetes/prometheus-rule.yml").contains("https://runbooks.example.org"));
    assert!(text("kubernetes/README.md").contains("the\n  `sed` of `../prometheus`"));
    assert!(text("prometheus/README.md").contains("`sed -i "));
}

fn pipeline<'a>(collector: &'a str, name: &str) -> &'a str {
    let (_, rest) = collector.split_once(&format!("    {name}:\n")).expect(name);
    let end = rest.find("exporters:").expect("it leads somewhere");
    &rest[..end]
}
