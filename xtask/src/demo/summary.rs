//! What a person wants to know after a demo, as text.

use std::fmt::Write;

use rra_schema::metrics::{MetricSpec, agents, api, blockchain, security};

use super::Findings;
use super::alerts::Verdict;
use super::scrape::Samples;

/// Metrics shown with their sums: those of the guide that are no histogram.
static SHOWN: [(&MetricSpec, &str); 10] = [
    (&api::REQUESTS, "requests"),
    (&api::ERRORS, "answers of 400 and above"),
    (&security::AUTH_ATTEMPTS, "authentication attempts"),
    (&security::RATE_LIMIT_HITS, "rate limit hits"),
    (&security::SECURITY_EVENTS, "security events"),
    (&agents::NEGOTIATIONS, "negotiations concluded"),
    (&blockchain::LICENSES_ISSUED, "licences issued"),
    (&blockchain::PAYMENTS_RECEIVED, "payments received"),
    (&blockchain::GAS_USED, "gas used"),
    (&agents::ACTIVE_AGENTS, "agents active"),
];

/// The whole summary.
pub(crate) fn render(findings: &Findings<'_>) -> String {
    let mut text = String::new();
    events(&mut text, findings);
    metrics(&mut text, findings.samples);
    alerts(&mut text, findings.verdicts);
    places(&mut text, findings);
    text
}

fn events(text: &mut String, findings: &Findings<'_>) {
    section(text, "Events in the log");
    for ((event_type, severity), count) in &findings.log.by_type {
        line(text, format_args!("{count:>7}  {severity:<9} {event_type}"));
    }
    line(text, format_args!("{}", findings.account));
}

fn metrics(text: &mut String, samples: &Samples) {
    section(text, "Metrics");
    for (metric, meaning) in SHOWN {
        let (sum, name) = (samples.sum(metric, &[]), metric.name);
        line(text, format_args!("{sum:>9.0}  {meaning:<28} {name}"));
    }
}

fn alerts(text: &mut String, verdicts: &[Verdict]) {
    section(text, "What the guide's alerts would have said");
    for verdict in verdicts {
        line(text, format_args!("{verdict}"));
    }
}

fn places(text: &mut String, findings: &Findings<'_>) {
    section(text, "Where to look");
    line(
        text,
        format_args!("log      {}", findings.log_path.display()),
    );
    line(text, format_args!("metrics  {}/metrics", findings.admin));
    line(
        text,
        format_args!("health   {0}/health  {0}/ready", findings.admin),
    );
    line(text, format_args!("API      {}", findings.api));
    line(text, format_args!("traces   {}", findings.traces));
}

fn section(text: &mut String, title: &str) {
    text.push('\n');
    text.push_str(title);
    text.push('\n');
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {content}");
}
