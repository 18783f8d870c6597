//! What people read: every template and every text of the configuration, rendered by `amtool` for
//! every alert as Alertmanager would.

use std::fs;
use std::path::Path;

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
