//! The integration files against the catalogue, and against the programs that are at hand.

use std::fs;
use std::path::Path;
use std::process::Command;

use rra_schema::KEYS;
use rra_schema::metrics::METRICS;
use serde_json::Value;

use crate::committed::root;
use crate::promtool::promtool;

#[test]
fn datadog_collects_metrics_that_exist_under_names_it_can_match() {
    let text = text("datadog/metrics.yaml");
    let (_, list) = text.split_once("    metrics:\n").expect("there is a list");
    let names: Vec<&str> = list
        .lines()
        .map(|line| line.trim_start_matches("      - "))
        .collect();
    assert!(names.len() > 40);
    for name in names {
        let full = format!("rra_{name}");
        let exists = |metric: &&rra_schema::metrics::MetricSpec| {
            metric.name == full || metric.name == format!("{full}_total")
        };
        assert!(METRICS.iter().any(exists), "there is no {full}");
        assert!(!name.ends_with("_total"), "{name} would never be collected");
    }
}

/// The Operator gives each target these labels, and Prometheus renames a metric's label of such a name.
#[test]
fn the_operator_hides_no_label_of_a_metric() {
    let monitor = text("kubernetes/service-monitor.yml");
    for label in [
        "namespace",
        "service",
        "pod",
        "container",
        "node",
        "endpoint",
    ] {
        let mut labels = METRICS.iter().flat_map(|metric| metric.labels);
        let is_ours = labels.any(|ours| ours.name == label);
        let drop = format!("        - action: labeldrop\n          regex: {label}\n");
        assert_eq!(is_ours, monitor.contains(&drop), "{label}");
    }
}

#[test]
fn every_json_file_is_json() {
    for file in rra_ops::files() {
        if Path::new(&file.path)
            .extension()
            .is_some_and(|ending| ending == "json")
        {
            let parsed: Result<Value, _> = serde_json::from_str(&file.contents);
            assert!(parsed.is_ok(), "{}: {parsed:?}", file.path);
        }
    }
}

#[test]
fn every_folder_has_a_readme_of_about_ten_lines() {
    let files = rra_ops::files();
    for file in &files {
        let (folder, _) = file.path.rsplit_once('/').expect("a file lies in a folder");
        let top: Vec<&str> = folder.splitn(4, '/').take(3).collect();
        let readme = format!("{}/README.md", top.join("/"));
        let page = files.iter().find(|page| page.path == readme);
        let page = page.unwrap_or_else(|| panic!("{readme} is missing"));
        let lines = page.contents.lines().count();
        assert!(
            top.len() < 3 || (8..=15).contains(&lines),
            "{readme} has {lines} lines"
        );
        let shows = top.len() < 3 || page.contents.contains("\n- To see ");
        assert!(shows, "{readme} does not say how to see it work");
    }
}

#[test]
fn the_splunk_time_format_reads_a_line_of_ours() {
    let props = text("splunk/props.conf");
    assert!(props.contains(r#"TIME_PREFIX = "timestamp"\s*:\s*""#));
    assert!(props.contains("TIME_FORMAT = %Y-%m-%dT%H:%M:%S.%3NZ"));
    assert_eq!(
        KEYS[0], "timestamp",
        "the time stands where Splunk looks first"
    );
}

#[test]
fn the_event_for_splunk_is_a_line_of_ours_at_its_time() {
    let sample = json("splunk/hec-event.json");
    let line = sample["event"].to_string();
    assert!(rra_schema::read(&line).is_ok(), "{line}");
    assert_eq!(sample["event"]["timestamp"], "2026-01-01T00:00:00.123Z");
    assert_eq!(sample["time"], 1_767_225_600.123);
}

#[test]
fn event_types_in_splunks_files_are_of_the_catalogue() {
    let text = text("splunk/eventtypes.conf");
    let types: Vec<&str> = text
        .split("event_type=")
        .skip(1)
        .map(|rest| rest.split([' ', ')']).next().unwrap_or_default())
        .collect();
    assert_eq!(types.len(), 9);
    for event_type in types {
        assert!(
            rra_schema::events::find(event_type).is_some(),
            "{event_type}"
        );
    }
}

/// It stands in a comment, for those who outgrow one Prometheus; uncommented it must still be right.
#[test]
fn prometheus_takes_the_remote_write_in_the_comment() {
    let text = text("prometheus/prometheus.yml");
    let (before, after) = text.split_once("#remote_write:").expect("it is there");
    let uncommented: String = format!("#remote_write:{after}")
        .lines()
        .map(|line| line.strip_prefix('#').unwrap_or(line).to_owned() + "\n")
        .collect();
    let before = before.replace(
        "rra.rules.yml",
        &root()
            .join("docs/ops/prometheus/rra.rules.yml")
            .to_string_lossy(),
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("remote-write.yml");
    fs::write(&file, before + &uncommented).expect("target can be written");
    let verdict = promtool(&["check", "config", &file.to_string_lossy()]);
    assert!(verdict.is_ok(), "{verdict:?}");
}

#[test]
fn logrotate_reads_its_file() {
    // It refuses a file that others may write, so it gets a copy with the mode of /etc.
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("logrotate-rra");
    let user = Command::new("id")
        .arg("-un")
        .output()
        .expect("id can be started");
    let group = Command::new("id")
        .arg("-gn")
        .output()
        .expect("id can be started");
    let owner = format!(
        "create 0640 {} {}",
        String::from_utf8_lossy(&user.stdout).trim(),
        String::from_utf8_lossy(&group.stdout).trim()
    );
    let shipped = text("logrotate/rra.conf");
    assert!(shipped.contains("create 0640 rra rra"));
    fs::write(&copy, shipped.replace("create 0640 rra rra", &owner))
        .expect("target can be written");
    let output = Command::new("/usr/sbin/logrotate")
        .args(["--debug", "--state"])
        .arg(copy.with_extension("state"))
        .arg(&copy)
        .output()
        .expect("logrotate can be started; Debian has it in the package logrotate");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("rotating pattern: /var/log/rra/security.log"),
        "{said}"
    );
    assert!(!said.contains("error:"), "{said}");
}

/// The Operator names the job after the Service, and then no rule of ours would match.
#[test]
fn in_kubernetes_the_job_has_the_name_that_the_rules_select() {
    let monitor = text("kubernetes/service-monitor.yml");
    for (label, value) in [("job", "rra-module"), ("environment", "production")] {
        let relabeling = format!("- targetLabel: {label}\n          replacement: {value}\n");
        assert!(monitor.contains(&relabeling), "{label}");
    }
    let rules = text("kubernetes/prometheus-rule.yml");
    assert!(rules.contains("up{job=\"rra-module\"}"));
}

#[test]
fn systemd_finds_no_fault_with_the_unit() {
    assert_eq!(systemd(&unit()), "");
}

#[test]
fn systemd_finds_a_misspelt_key_and_a_value_that_is_none() {
    let wrong = unit().replace("ProtectSystem=", "ProtectSytem=");
    assert!(systemd(&wrong).contains("Unknown key 'ProtectSytem'"));
    let wrong = unit().replace("Restart=on-failure", "Restart=sometimes");
    assert!(systemd(&wrong).contains("Failed to parse"));
}

/// The shipped unit with a program that every machine has.
fn unit() -> String {
    let shipped = text("systemd/rra-module.service");
    let program = "ExecStart=/usr/bin/rra-module\n";
    assert!(shipped.contains(program));
    shipped.replace(program, "ExecStart=/bin/true\n")
}

/// What `systemd-analyze verify` says of a unit; it passes over much that it does not understand,
/// so whatever it says is a fault.
fn systemd(unit: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("rra-module.service");
    fs::write(&file, unit).expect("the folder can be written");
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&file)
        .output()
        .expect("systemd-analyze can be started; Debian has it in the package systemd");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() || !said.is_empty() {
        return said;
    }
    format!("it ended with {}", output.status)
}

pub(crate) fn text(path: &str) -> String {
    let full = root().join("docs/ops").join(path);
    fs::read_to_string(full).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn json(path: &str) -> Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
