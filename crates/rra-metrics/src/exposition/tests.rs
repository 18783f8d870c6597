//! The exposition as a scraper reads it, by a parser that shares nothing with the renderer.

#![expect(clippy::float_cmp, reason = "the values here are whole numbers")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use rra_schema::Event;
use rra_schema::events::auth::{AuthFailureReason, Failure};
use rra_schema::events::rate_limit::Exceeded;
use rra_schema::metrics::{Area, METRICS, find};

use super::*;
use crate::config::Route;
use crate::labels::NegotiationOutcome;
use crate::sets::Endpoint;

fn open() -> (Metrics, Exposition) {
    let config = MetricsConfig {
        routes: vec![Route::new("GET", "/a/{id}")],
        sinks: vec!["file".to_owned()],
        ..MetricsConfig::default()
    };
    Exposition::new(&config).expect("a valid configuration")
}

/// One sample: name, labels, value.
type Sample = (String, Vec<(String, String)>, f64);

/// Metrics by name: type and samples.
fn parse(text: &str) -> BTreeMap<String, (String, Vec<Sample>)> {
    let mut metrics: BTreeMap<String, (String, Vec<Sample>)> = BTreeMap::new();
    let mut current = String::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        assert!(!line.is_empty());
        if let Some(comment) = line.strip_prefix("# TYPE ") {
            let (name, kind) = comment.split_once(' ').expect("a name and a type");
            current = name.to_owned();
            let known = metrics.insert(current.clone(), (kind.to_owned(), Vec::new()));
            assert!(known.is_none(), "{name} has two TYPE lines");
        } else if !line.starts_with("# HELP ") {
            let sample = parse_sample(line);
            assert!(
                sample.0.starts_with(&current),
                "{line} stands under {current}"
            );
            metrics
                .get_mut(&current)
                .expect("a TYPE line before")
                .1
                .push(sample);
        }
    }
    metrics
}

fn parse_sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').expect("a value");
    let value = value.parse().unwrap_or_else(|_| panic!("a number: {line}"));
    let Some((name, rest)) = series.split_once('{') else {
        return (series.to_owned(), Vec::new(), value);
    };
    let mut rest = rest.strip_suffix('}').expect("a closing brace");
    let mut labels = Vec::new();
    while let Some((label, tail)) = rest.split_once("=\"") {
        let (text, tail) = parse_value(tail);
        labels.push((label.to_owned(), text));
        rest = tail.strip_prefix(',').unwrap_or(tail);
    }
    assert_eq!(rest, "", "{line}");
    (name.to_owned(), labels, value)
}

/// A label value up to its closing quote, and what comes after.
fn parse_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => match chars.next().expect("an escaped character").1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            c => value.push(c),
        }
    }
    panic!("no closing quote: {text}");
}

/// The text without the samples that differ from one rendering to the next.
fn steady(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with("rra_metrics_render") && !line.starts_with("process_"))
        .collect()
}

#[test]
fn every_metric_has_the_type_and_help_of_the_catalogue() {
    let (_, exposition) = open();
    let text = exposition.render();
    for (name, (kind, _)) in parse(&text) {
        let spec = find(&name).unwrap_or_else(|| panic!("{name} is not in the catalogue"));
        assert_eq!(kind, spec.kind.as_str(), "{name}");
        assert!(
            text.contains(&format!("# HELP {name} {}\n", spec.help)),
            "{name}"
        );
    }
}

#[test]
fn every_sample_has_exactly_the_labels_of_the_catalogue() {
    let (metrics, exposition) = open();
    let agent = metrics.admit_agent("agent-7");
    metrics
        .negotiation()
        .duration(agent)
        .record(Duration::from_secs(2));
    for (name, (_, samples)) in parse(&exposition.render()) {
        let expected: Vec<&str> = find(&name)
            .expect("known")
            .labels
            .iter()
            .map(|l| l.name)
            .collect();
        for (_, labels, _) in samples {
            let actual: Vec<&str> = labels
                .iter()
                .map(|(label, _)| label.as_str())
                .filter(|l| *l != "le")
                .collect();
            assert_eq!(actual, expected, "{name}");
        }
    }
}

#[test]
fn what_starts_at_zero_is_there_before_anything_happens() {
    let (_, exposition) = open();
    let metrics = parse(&exposition.render());
    for name in [
        "rra_auth_attempts_total",
        "rra_security_events_total",
        "rra_active_agents",
    ] {
        let (_, samples) = &metrics[name];
        assert!(samples.iter().all(|(.., value)| *value == 0.0), "{name}");
    }
}

#[test]
fn two_renderings_are_equal_and_in_order() {
    let (_, exposition) = open();
    let (first, second) = (exposition.render(), exposition.render());
    assert_eq!(steady(&first), steady(&second));
    let names: Vec<&str> = first
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .collect();
    assert!(names.is_sorted());
}

#[test]
fn a_histogram_has_the_buckets_of_the_catalogue() {
    let (metrics, exposition) = open();
    let route = metrics.api().route("GET", Endpoint::Template("/a/{id}"));
    metrics
        .api()
        .duration(route)
        .record(Duration::from_millis(1_200));
    let parsed = parse(&exposition.render());
    let (kind, samples) = &parsed["rra_api_request_duration_seconds"];
    assert_eq!(kind, "histogram");
    let below = |bound: &str| {
        let bound = ("le".to_owned(), bound.to_owned());
        samples
            .iter()
            .find(|(_, labels, _)| labels.contains(&bound))
            .map(|(.., value)| *value)
    };
    assert_eq!(
        (below("1"), below("2"), below("+Inf")),
        (Some(0.0), Some(1.0), Some(1.0))
    );
}

#[test]
fn hostile_ids_cannot_break_a_line_or_merge_with_another() {
    let (metrics, exposition) = open();
    let ids = [
        "a\"b",
        "a\\",
        "a\n# TYPE x counter\nx 1",
        "}",
        "\u{202e}",
        "_other",
        "a\\\"b",
    ];
    for id in ids {
        let agent = metrics.admit_agent(id);
        metrics
            .negotiation()
            .negotiations(agent, NegotiationOutcome::Expired)
            .increment(1);
    }
    let parsed = parse(&exposition.render());
    let (_, samples) = &parsed["rra_negotiations_total"];
    let total: f64 = samples.iter().map(|(.., value)| value).sum();
    assert_eq!(total, 7.0);
    assert!(!parsed.contains_key("x"));
}

#[test]
fn the_process_is_described_where_the_system_tells() {
    let (_, exposition) = open();
    let parsed = parse(&exposition.render());
    if cfg!(target_os = "linux") {
        for spec in METRICS.iter().filter(|spec| spec.area == Area::Process) {
            let unlimited = spec.name == "process_virtual_memory_max_bytes";
            assert!(unlimited || parsed.contains_key(spec.name), "{}", spec.name);
        }
        // What has no limit does not say that it may have nothing.
        let limits = ["process_virtual_memory_max_bytes", "process_max_fds"];
        for (_, samples) in limits.iter().filter_map(|limit| parsed.get(*limit)) {
            assert!(samples[0].2 > 0.0);
        }
        assert!(parsed["process_resident_memory_bytes"].1[0].2 > 0.0);
    }
}

#[test]
fn the_build_is_described() {
    let build = crate::config::BuildInfo {
        version: "1.2.3".to_owned(),
        ..Default::default()
    };
    let config = MetricsConfig {
        build,
        ..MetricsConfig::default()
    };
    let (_, exposition) = Exposition::new(&config).expect("a valid configuration");
    let line = "rra_build_info{version=\"1.2.3\",revision=\"unknown\",rustc=\"unknown\",features=\"unknown\"} 1";
    assert!(exposition.render().contains(line));
}

#[test]
fn the_number_of_series_is_exposed_and_right() {
    let (metrics, exposition) = open();
    let text = exposition.render();
    let parsed = parse(&text);
    let mut total = 0;
    for (_, labels, value) in &parsed["rra_metrics_series"].1 {
        let lines = parsed
            .get(&labels[0].1)
            .map_or(0, |(_, samples)| samples.len());
        assert_eq!(
            *value,
            f64::from(u32::try_from(lines).expect("small")),
            "{labels:?}"
        );
        total += lines;
    }
    assert_eq!(metrics.series(), total);
}

#[test]
fn the_second_rendering_tells_how_large_the_first_was() {
    let (_, exposition) = open();
    let first = exposition.render();
    let parsed = parse(&exposition.render());
    let bytes = f64::from(u32::try_from(first.len()).expect("small"));
    assert_eq!(parsed["rra_metrics_render_bytes"].1[0].2, bytes);
}

#[test]
fn observations_of_other_libraries_are_folded_and_not_lost() {
    let (_, exposition) = open();
    let recorder = exposition.recorder();
    for _ in 0..3 {
        metrics::with_local_recorder(&recorder, foreign_observation);
        exposition.handle.run_upkeep();
    }
    assert!(exposition.render().contains("foreign_seconds_count 3\n"));
}

#[expect(
    clippy::disallowed_macros,
    reason = "what other libraries do is what this is about"
)]
fn foreign_observation() {
    metrics::histogram!("foreign_seconds").record(0.003);
}

#[test]
fn what_is_looked_up_is_current_in_every_rendering() {
    let (metrics, exposition) = open();
    let lengths = Mutex::new([1.0, 2.0].into_iter());
    let exposition = exposition.refreshed_by(move || {
        let sink = metrics.pipeline().sink("file").expect("a registered sink");
        let length = lengths.lock().expect("no panic").next();
        sink.queue_events().set(length.expect("two renderings"));
    });
    let clone = exposition.clone();
    assert!(
        exposition
            .render()
            .contains("rra_sink_queue_events{sink=\"file\"} 1\n")
    );
    assert!(
        clone
            .render()
            .contains("rra_sink_queue_events{sink=\"file\"} 2\n")
    );
}

#[test]
fn agents_near_their_limits_are_counted_and_strangers_are_not() {
    let (metrics, exposition) = open();
    let (agent, stranger) = (metrics.admit_agent("agent-7"), metrics.agent("stranger"));
    let (security, lasts) = (metrics.security(), Duration::from_mins(1));
    security.rate_limit_used(agent, "agent-7", 0.75, lasts);
    security.rate_limit_used(stranger, "stranger", 0.9, lasts);
    let page = exposition.render();
    let nearest = "rra_rate_limit_utilization_ratio{agent_id=\"agent-7\"} 0.75\n";
    assert!(page.contains(nearest));
    assert!(!page.contains("stranger"));
    assert!(page.contains("rra_rate_limit_agents{band=\"50_80\"} 1\n"));
    assert!(page.contains("rra_rate_limit_agents{band=\"80_100\"} 0\n"));
}

#[test]
fn agents_whose_names_are_cleaned_to_one_have_a_series_each() {
    let (metrics, exposition) = open();
    for (id, share) in [("a\nb", 0.5), ("a\\b", 0.75), ("a\rb", 0.25)] {
        let agent = metrics.admit_agent(id);
        let lasts = Duration::from_mins(1);
        metrics.security().rate_limit_used(agent, id, share, lasts);
    }
    let page = exposition.render();
    let of_agents = |line: &&str| line.starts_with("rra_rate_limit_utilization_ratio{");
    let nearest: Vec<&str> = page.lines().filter(of_agents).collect();
    assert_eq!(
        nearest,
        [
            "rra_rate_limit_utilization_ratio{agent_id=\"[redacted]-2\"} 0.75",
            "rra_rate_limit_utilization_ratio{agent_id=\"[redacted]-3\"} 0.25",
            "rra_rate_limit_utilization_ratio{agent_id=\"a\u{fffd}b\"} 0.5",
        ]
    );
}

/// Records a failure from an address and tells whether the page names its network.
fn names_the_network(by_source: bool) -> bool {
    let config = MetricsConfig {
        by_source,
        ..MetricsConfig::default()
    };
    let (metrics, exposition) = Exposition::new(&config).expect("a valid configuration");
    let address: std::net::IpAddr = "192.0.2.44".parse().expect("an address");
    let failure = Failure::new(AuthFailureReason::InvalidKey);
    metrics.record_event(&Event::new(failure).source_ip(address));
    let page = exposition.render();
    assert!(!page.contains("192.0.2.44"));
    page.contains("rra_auth_failures_by_source{source=\"192.0.2.0/24\"} 1\n")
}

#[test]
fn networks_are_named_only_when_the_service_asks() {
    assert!(names_the_network(true));
    assert!(!names_the_network(false));
}

#[test]
fn no_more_networks_are_named_than_the_catalogue_allows() {
    let config = MetricsConfig {
        by_source: true,
        ..MetricsConfig::default()
    };
    let (metrics, exposition) = Exposition::new(&config).expect("a valid configuration");
    for network in 0..=255 {
        let address = std::net::IpAddr::from([10, 0, network, 1]);
        let hit = Event::new(Exceeded::new(1_u64, 1_u64)).source_ip(address);
        metrics.record_event(&hit);
    }
    let parsed = parse(&exposition.render());
    let (_, samples) = &parsed["rra_rate_limit_hits_by_source"];
    assert_eq!(samples.len(), 21);
    let others = samples
        .iter()
        .find(|(_, labels, _)| labels[0].1 == "_other");
    assert_eq!(others.map(|(.., count)| *count), Some(236.0));
}
