//! The routing against `amtool`, the judge that comes with Alertmanager: every alert reaches its
//! receivers, and the traps of this configuration language are avoided.

use std::fs;
use std::process::Command;

use rra_ops::alertmanager::receivers;
use rra_ops::alerts;

use crate::committed::root;

pub(crate) fn amtool(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("amtool")
        .args(arguments)
        .current_dir(root().join("docs/ops/alertmanager"))
        .output()
        .expect("amtool can be started; Debian has it in the package prometheus-alertmanager");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(text)
    }
}

/// An alert with these labels reaches exactly these receivers.
#[track_caller]
fn check(labels: &[&str], receivers: &[&str]) {
    let verify = format!("--verify.receivers={}", receivers.join(","));
    let route = [
        "config",
        "routes",
        "test",
        "--config.file=alertmanager.yml",
        &verify,
    ];
    let verdict = amtool(&[&route[..], labels].concat());
    assert!(verdict.is_ok(), "{labels:?}: {verdict:?}");
}

pub(crate) fn configuration() -> String {
    fs::read_to_string(root().join("docs/ops/alertmanager/alertmanager.yml")).expect("it is there")
}

#[test]
fn the_configuration_is_well_formed() {
    let verdict = amtool(&["check-config", "alertmanager.yml"]);
    assert!(verdict.is_ok(), "{verdict:?}");
}

#[test]
fn every_alert_reaches_its_receivers() {
    for group in alerts::groups() {
        for alert in &group.alerts {
            let labels = [
                format!("alertname={}", alert.name),
                format!("severity={}", alert.severity.as_str()),
                format!("category={}", group.category),
                "job=rra-module".to_owned(),
                "environment=production".to_owned(),
            ];
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            check(&labels, receivers(alert, group.category));
        }
    }
}

#[test]
fn outside_production_nobody_is_paged() {
    check(
        &["severity=critical", "environment=staging"],
        &["slack-nonproduction"],
    );
}

#[test]
fn an_alert_without_an_environment_pages() {
    check(
        &["severity=critical", "category=service"],
        &["pagerduty-oncall", "slack-critical"],
    );
}

#[test]
fn an_unknown_severity_is_seen_by_somebody() {
    check(
        &["severity=urgent", "environment=production"],
        &["slack-catchall"],
    );
}

#[test]
fn an_alert_of_the_seed_file_reaches_somebody_on_call() {
    check(
        &["alertname=RRAServiceDown", "severity=critical"],
        &["pagerduty-oncall", "slack-critical"],
    );
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let route = ["config", "routes", "test", "--config.file=alertmanager.yml"];
    let wrong = ["--verify.receivers=email-daily", "severity=critical"];
    assert!(amtool(&[route.as_slice(), wrong.as_slice()].concat()).is_err());
}

#[test]
fn no_inhibition_mutes_a_security_alert_or_the_watchdog() {
    let text = configuration();
    let (_, rules) = text
        .split_once("\ninhibit_rules:\n")
        .expect("there are rules");
    let (rules, _) = rules.split_once("\nreceivers:").expect("receivers follow");
    let targets: Vec<&str> = rules
        .lines()
        .filter(|line| line.contains("target_matchers"))
        .collect();
    assert_eq!(targets.len(), 7);
    for target in targets {
        let is_one_alert = target.contains("alertname=\"RRA") && !target.contains("Brute");
        let is_by_category = target.contains("category=~\"service|blockchain|pipeline|slo\"")
            && target.contains("alertname!~\"")
            && target.contains("RRAWatchdog");
        assert!(is_one_alert || is_by_category, "{target}");
    }
}

#[test]
fn every_secret_is_in_a_file() {
    let text = configuration();
    let words = [
        "routing_key:",
        "service_key:",
        "api_key:",
        "slack_api_url:",
        "auth_password:",
        "api_url:",
    ];
    for word in words {
        assert!(!text.contains(word), "{word} belongs into a file");
    }
    assert_eq!(text.matches("_file: /etc/alertmanager/secrets/").count(), 5);
}

/// Pagers close what is over; a daily mail about it would be noise.
#[test]
fn pagers_are_told_of_the_end_and_digests_are_not() {
    for (receiver, is_told) in [
        ("slack-critical", true),
        ("opsgenie-warning", true),
        ("email-daily", false),
        ("heartbeat", false),
    ] {
        let expected = format!("send_resolved: {is_told}");
        assert!(section(receiver).contains(&expected), "{receiver}");
    }
    // PagerDuty resolves by default.
    assert!(!section("pagerduty-oncall").contains("send_resolved"));
}

/// The default lists every alert; above 512 KB PagerDuty gets no details at all.
#[test]
fn what_pagerduty_gets_does_not_grow_with_a_storm() {
    for receiver in ["pagerduty-oncall", "pagerduty-security"] {
        let section = section(receiver);
        assert!(section.contains("firing: '{{ .Alerts.Firing | len }} alerts'"));
        assert!(!section.contains("range .Alerts"), "{section}");
    }
}

/// One message for each network or user would be a storm by itself, and tell a third party of them.
#[test]
fn no_group_is_by_what_an_attacker_chooses() {
    let text = configuration();
    let groups: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("group_by"))
        .collect();
    assert_eq!(groups.len(), 2);
    for word in ["source", "ip", "user", "agent_id", "request", "endpoint"] {
        assert!(groups.iter().all(|line| !line.contains(word)), "{word}");
    }
}

/// The shortest wait is far below the time a page may take, the longest below a day.
#[test]
fn critical_alerts_wait_ten_seconds_at_most() {
    let text = configuration();
    let (_, routes) = text.split_once("routes:").expect("there are routes");
    let routes = routes.split("- matchers: ").skip(1);
    for route in routes.filter(|route| route.starts_with("[severity=\"critical\"")) {
        assert!(route.contains("group_wait: 10s"), "{route}");
    }
}

/// Nothing resolves, and nothing is heard, once Prometheus has died: only who misses this knows.
/// Alertmanager repeats at the ends of its intervals only, and counts from when the last message was
/// delivered: with a repetition as long as the interval, some beats are left out.
#[test]
fn the_heartbeat_goes_out_every_minute() {
    let text = configuration();
    let (_, route) = text
        .split_once("- matchers: [alertname=\"RRAWatchdog\"]")
        .expect("it has a route");
    let route = route.split("- matchers: ").next().unwrap_or_default();
    for wait in [
        "group_wait: 0s",
        "group_interval: 1m",
        "repeat_interval: 50s",
    ] {
        assert!(route.contains(wait), "{route}");
    }
}

/// Whatever tells two alerts of one rule apart makes a group larger, and its message.
#[test]
fn no_alert_is_split_by_what_an_attacker_chooses() {
    for alert in alerts::groups().iter().flat_map(|group| &group.alerts) {
        for list in alert.expression.split("by (").skip(1) {
            let labels = list.split(')').next().unwrap_or_default();
            let is_chosen = |label: &str| ["agent_id", "source", "user_id"].contains(&label);
            assert!(
                !labels.split(", ").any(is_chosen),
                "{}: {labels}",
                alert.name
            );
        }
    }
}

/// Who is woken up looks for what to do first.
#[test]
fn every_person_gets_the_link_of_the_runbook() {
    let text = configuration();
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  - name: "))
        .filter(|name| *name != "heartbeat")
        .collect();
    assert_eq!(names.len(), 7);
    for name in names {
        let section = section(name);
        let has_link =
            section.contains("template \"rra.text\"") || section.contains(".runbook_url");
        assert!(has_link, "{name}");
    }
}

/// OpsGenie ends; whoever configures it must read so there.
#[test]
fn the_end_of_opsgenie_is_said_where_it_is_configured() {
    let text = configuration();
    let (before, _) = text
        .split_once("opsgenie_api_key_file")
        .expect("it is configured");
    let comment: String = before.lines().rev().skip(1).take(3).collect();
    assert!(comment.contains("2027-04-05"), "{comment}");
}

/// One receiver, up to the next.
fn section(receiver: &str) -> String {
    let text = configuration();
    let start = format!("  - name: {receiver}\n");
    let (_, rest) = text.split_once(&start).expect("there is such a receiver");
    rest.split("\n  - name: ")
        .next()
        .unwrap_or_default()
        .to_owned()
}
