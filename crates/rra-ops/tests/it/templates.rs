//! What people read: every template and every text of the configuration, rendered by `amtool` for
//! every alert as Alertmanager would.

use std::fs;
use std::path::{Path, PathBuf};

use rra_ops::alerts;

use crate::amtool::{amtool, configuration};

#[test]
fn every_template_renders_for_every_alert() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("templates");
    fs::create_dir_all(&folder).expect("target can be written");
    for group in alerts::groups() {
        for alert in &group.alerts {
            let file = folder.join(format!("{}.json", alert.name));
            fs::write(&file, message(alert, group.category)).expect("target can be written");
            let text = render(&file);
            let severity = text.lines().next().unwrap_or_default();
            assert!(
                ["critical", "error", "warning", "info"].contains(&severity),
                "{text}"
            );
            assert!(
                text.contains(alert.name) && text.contains(alert.summary),
                "{text}"
            );
            assert!(text.contains(&format!("rra/{}", alert.name)), "{text}");
            assert!(!text.contains("<no value>"), "{text}");
        }
    }
}

/// The texts that stand in the configuration itself, which `check-config` does not look into.
#[test]
fn every_text_of_the_configuration_renders_for_every_alert() {
    let configuration = configuration();
    let texts: Vec<&str> = configuration
        .lines()
        .filter_map(|line| line.split_once(": '{{")?.1.strip_suffix('\''))
        .collect();
    assert_eq!(texts.len(), configuration.matches("'{{").count());
    assert!(texts.len() >= 25, "only {} texts", texts.len());
    let all = texts.join("\n---\n{{");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("texts");
    fs::create_dir_all(&folder).expect("target can be written");
    for group in alerts::groups() {
        for alert in &group.alerts {
            let file = folder.join(format!("{}.json", alert.name));
            fs::write(&file, message(alert, group.category)).expect("target can be written");
            let rendered = render_text(&file, &format!("{{{{{all}"));
            let rendered: Vec<&str> = rendered.split("\n---\n").collect();
            assert_eq!(rendered.len(), texts.len());
            for (text, source) in rendered.iter().zip(&texts) {
                let is_good = !text.trim().is_empty() && !text.contains("<no value>");
                assert!(is_good, "{}: {{{{{source} gives {text:?}", alert.name);
            }
            let runbook = format!("https://runbooks.example.org/rra/{}", alert.name);
            let links = rendered.iter().filter(|text| **text == runbook).count();
            assert_eq!(links, 2, "both pagers link the runbook of {}", alert.name);
        }
    }
}

/// Alertmanager sorts by instance, so what is over may stand before what began.
#[test]
fn what_fires_is_told_before_what_is_over() {
    let text = render(&mixed("firing", [("a", "resolved"), ("b", "firing")]));
    assert!(text.contains("FIRING RRAServiceDown: down\n"), "{text}");
    assert!(text.ends_with("\nno scrape of b"), "{text}");
    let (firing, resolved) = text.split_once("\nResolved: ").expect("both are told");
    assert!(firing.contains("no scrape of b") && !firing.contains("no scrape of a"));
    assert!(resolved.starts_with("RRAServiceDown on a: no scrape of a"));
    let over = render(&mixed("resolved", [("a", "resolved"), ("b", "resolved")]));
    assert!(over.ends_with("\nno scrape of a"), "{over}");
}

/// The daily mail is grouped by severity, and not every description names its alert.
#[test]
fn a_digest_names_each_of_its_alerts() {
    let one = serde_json::json!({
        "status": "firing",
        "labels": {"alertname": "RRAVersionSkew"},
        "annotations": {"summary": "Two versions", "description": "2 versions"},
    });
    let mut other = one.clone();
    other["labels"]["alertname"] = "RRALowTransactionVolume".into();
    let file = written(
        "digest",
        &serde_json::json!({
            "status": "firing", "alerts": [one, other],
            "commonLabels": {"environment": "production"}, "commonAnnotations": {},
        }),
    );
    let text = render(&file);
    assert!(text.contains("FIRING RRA (production), 2 alerts"), "{text}");
    assert!(
        text.contains("RRAVersionSkew: Two versions\n2 versions"),
        "{text}"
    );
    assert!(
        text.contains("RRALowTransactionVolume: Two versions"),
        "{text}"
    );
}

/// One alert of two instances, in the order Alertmanager has them.
fn mixed(status: &str, instances: [(&str, &str); 2]) -> PathBuf {
    let alerts = instances.map(|(instance, status)| {
        serde_json::json!({
            "status": status,
            "labels": {"alertname": "RRAServiceDown", "instance": instance},
            "annotations": {"summary": "down", "description": format!("no scrape of {instance}")},
        })
    });
    let message = serde_json::json!({
        "status": status, "alerts": alerts, "commonLabels": {"alertname": "RRAServiceDown"},
        "commonAnnotations": {"summary": "down"},
    });
    written(&format!("mixed-{status}"), &message)
}

fn written(name: &str, message: &serde_json::Value) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    fs::write(&file, message.to_string()).expect("target can be written");
    file
}

#[test]
fn a_text_with_a_slip_does_not_render() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slips");
    fs::create_dir_all(&folder).expect("target can be written");
    let group = &alerts::groups()[0];
    let file = folder.join("slip.json");
    let data = message(&group.alerts[0], group.category);
    fs::write(&file, data).expect("target can be written");
    assert!(try_render(&file, "{{ .CommonLabel.category }}").is_err());
    let unknown = try_render(&file, "{{ .CommonLabels.categories }}");
    assert!(unknown.is_ok_and(|text| text.trim().is_empty() || text.contains("<no value>")));
}

/// All four templates, rendered as Alertmanager would.
fn render(data: &Path) -> String {
    let text = "{{ template \"rra.severity\" . }}\n{{ template \"rra.title\" . }}\n\
                {{ template \"rra.text\" . }}\n{{ template \"rra.first\" . }}";
    render_text(data, text)
}

fn render_text(data: &Path, text: &str) -> String {
    try_render(data, text).unwrap_or_else(|reason| panic!("{reason}"))
}

fn try_render(data: &Path, text: &str) -> Result<String, String> {
    let data = format!("--template.data={}", data.display());
    let text = format!("--template.text={text}");
    let arguments = [
        "template",
        "render",
        "--template.glob=templates/*.tmpl",
        &data,
        &text,
    ];
    amtool(&arguments)
}

/// What Alertmanager hands to a template when one alert of this rule fires.
fn message(alert: &alerts::Alert, category: &str) -> String {
    let labels = serde_json::json!({
        "alertname": alert.name,
        "severity": alert.severity.as_str(),
        "category": category,
        "job": "rra-module",
        "environment": "production",
    });
    let annotations = serde_json::json!({
        "summary": alert.summary,
        "description": alert.description,
        "runbook_url": format!("https://runbooks.example.org/rra/{}", alert.name),
        "dashboard_url": format!("https://grafana.example.org/d/{}", alert.dashboard),
    });
    serde_json::json!({
        "receiver": "test",
        "status": "firing",
        "alerts": [{"status": "firing", "labels": labels, "annotations": annotations}],
        "groupLabels": labels,
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "https://alertmanager.example.org",
    })
    .to_string()
}
