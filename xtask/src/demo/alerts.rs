//! Which of the guide's eight alerts the run would have raised: each with its threshold, its
//! severity and what the counters say. A run is far shorter than the windows of the rules, so a
//! counter's value is its increase; how long a state must last (`for`) is not judged.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rra_schema::events::attack::SsrfBlocked;
use rra_schema::metrics::{api, blockchain, security};

use super::scrape::Samples;

/// What an alert asked and what it found.
#[derive(Debug)]
pub(crate) struct Verdict {
    rule: &'static Rule,
    found: Option<f64>,
}

/// One alert of the guide.
#[derive(Debug)]
struct Rule {
    name: &'static str,
    severity: &'static str,
    measured: &'static str,
    limit: Limit,
    measure: fn(&Run<'_>) -> Option<f64>,
}

#[derive(Debug)]
enum Limit {
    Above(f64),
    Below(f64),
}

/// What the rules look at.
struct Run<'a> {
    samples: &'a Samples,
    age: Duration,
    now: SystemTime,
}

const RULES: [Rule; 8] = [
    Rule {
        name: "RRAServiceDown",
        severity: "critical",
        measured: "scrapes without answer",
        limit: Limit::Above(0.0),
        // There are samples, so the service answered.
        measure: |_| Some(0.0),
    },
    Rule {
        name: "RRAHighErrorRate",
        severity: "critical",
        measured: "errors a second over 5 min",
        limit: Limit::Above(10.0),
        measure: |run| Some(run.errors_a_second()),
    },
    Rule {
        name: "RRABruteForceDetected",
        severity: "critical",
        measured: "failed authentications in 5 min",
        limit: Limit::Above(50.0),
        measure: |run| {
            Some(
                run.samples
                    .sum(&security::AUTH_ATTEMPTS, &[("result", "failure")]),
            )
        },
    },
    Rule {
        name: "RRAHighLatency",
        severity: "warning",
        measured: "p95 of request seconds",
        limit: Limit::Above(2.0),
        measure: |run| run.samples.quantile(&api::REQUEST_DURATION, 0.95),
    },
    Rule {
        name: "RRARateLimitExhaustion",
        severity: "warning",
        measured: "rate limit hits in 1 h",
        limit: Limit::Above(100.0),
        measure: |run| Some(run.samples.sum(&security::RATE_LIMIT_HITS, &[])),
    },
    Rule {
        name: "RRASSRFAttempts",
        severity: "warning",
        measured: "blocked SSRF attempts in 1 h",
        limit: Limit::Above(5.0),
        measure: |run| Some(run.blocked_fetches()),
    },
    Rule {
        name: "RRALowTransactionVolume",
        severity: "info",
        measured: "licences in 24 h",
        limit: Limit::Below(1.0),
        measure: |run| run.licences_in_a_day(),
    },
    Rule {
        name: "RRACertificateExpiry",
        severity: "info",
        measured: "days left of a certificate",
        limit: Limit::Below(7.0),
        measure: |run| run.certificate_days(),
    },
];

/// Judges all eight over a scrape at `now` of a service that has run for `age`.
pub(crate) fn judge(samples: &Samples, age: Duration, now: SystemTime) -> Vec<Verdict> {
    let run = Run { samples, age, now };
    let verdict = |rule: &'static Rule| Verdict {
        rule,
        found: (rule.measure)(&run),
    };
    RULES.iter().map(verdict).collect()
}

impl Verdict {
    /// Whether the condition holds.
    fn is_raised(&self) -> bool {
        self.found.is_some_and(|found| match self.rule.limit {
            Limit::Above(limit) => found > limit,
            Limit::Below(limit) => found < limit,
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.is_raised() { "PAGES" } else { "quiet" };
        let Rule { name, severity, .. } = self.rule;
        let condition = match self.rule.limit {
            Limit::Above(limit) => format!("{} > {limit}", self.rule.measured),
            Limit::Below(limit) => format!("{} < {limit}", self.rule.measured),
        };
        write!(f, "{mark}  {name:<24}{severity:<10}{condition:<38}")?;
        match self.found {
            Some(found) => write!(f, "{}", (found * 1_000.0).round() / 1_000.0),
            None => f.write_str("no data"),
        }
    }
}

impl Run<'_> {
    fn errors_a_second(&self) -> f64 {
        // A rate over five minutes divides by five minutes, however young the counter is.
        let window = self.age.max(Duration::from_mins(5));
        self.samples.sum(&api::ERRORS, &[]) / window.as_secs_f64()
    }

    fn blocked_fetches(&self) -> f64 {
        let blocked = [("event_type", SsrfBlocked::SPEC.name)];
        self.samples.sum(&security::SECURITY_EVENTS, &blocked)
    }

    /// None before the first day is over: until then nothing says that licences are missing.
    fn licences_in_a_day(&self) -> Option<f64> {
        let licences = self.samples.sum(&blockchain::LICENSES_ISSUED, &[]);
        (self.age >= Duration::from_hours(24)).then_some(licences)
    }

    fn certificate_days(&self) -> Option<f64> {
        let now = self.now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let end = self.samples.min(&security::TLS_CERTIFICATE_EXPIRY)?;
        Some((end - now.as_secs_f64()) / 86_400.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let verdicts = judge(&Samples::parse(text), Duration::from_secs(10), UNIX_EPOCH);
        let raised = verdicts.iter().filter(|verdict| verdict.is_raised());
        let names: Vec<&str> = raised.map(|verdict| verdict.rule.name).collect();
        assert_eq!(names, expected, "{text}");
        assert_eq!(verdicts.len(), 8);
    }

    #[test]
    fn a_quiet_service_pages_nobody() {
        check("", &[]);
    }

    #[test]
    fn a_threshold_met_exactly_is_quiet() {
        check("rra_auth_attempts_total{result=\"failure\"} 50\n", &[]);
    }

    #[test]
    fn failures_of_all_methods_count_together() {
        let text = "rra_auth_attempts_total{result=\"failure\",method=\"jwt\"} 30\n\
                    rra_auth_attempts_total{result=\"failure\",method=\"api_key\"} 30\n\
                    rra_auth_attempts_total{result=\"expired\",method=\"jwt\"} 900\n";
        check(text, &["RRABruteForceDetected"]);
    }

    #[test]
    fn a_burst_of_errors_is_spread_over_five_minutes() {
        check("rra_api_errors_total 2999\n", &[]);
        check("rra_api_errors_total 3001\n", &["RRAHighErrorRate"]);
    }

    #[test]
    fn limited_requests_and_blocked_fetches_page() {
        let text = "rra_rate_limit_hits_total{agent_id=\"a\"} 101\n\
                    rra_security_events_total{event_type=\"ssrf.blocked\"} 6\n";
        check(text, &["RRARateLimitExhaustion", "RRASSRFAttempts"]);
    }

    #[test]
    fn slow_requests_page() {
        let text = "rra_api_request_duration_seconds_bucket{le=\"2\"} 1\n\
                    rra_api_request_duration_seconds_bucket{le=\"5\"} 9\n\
                    rra_api_request_duration_seconds_bucket{le=\"+Inf\"} 9\n";
        check(text, &["RRAHighLatency"]);
    }

    #[test]
    fn a_certificate_with_less_than_a_week_left_pages() {
        check("rra_tls_certificate_expiry_seconds 604801\n", &[]);
        let last_week = "rra_tls_certificate_expiry_seconds 604799\n";
        check(last_week, &["RRACertificateExpiry"]);
    }
}
