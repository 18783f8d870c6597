//! Whether the service can do its work now: what `/ready` says.

use std::time::{SystemTime, UNIX_EPOCH};

use rra_schema::Timestamp;
use serde_json::{Value, json};

/// Longest error that is told, in characters.
const MAX_ERROR_CHARS: usize = 512;

/// Tells whether the service can do its work now. Asked on every request to `/ready`, so it looks
/// at what is known and never waits.
///
/// A closure will do: `|| Report::of([Check::new("file", true)])`.
pub trait Readiness: Send + Sync + 'static {
    /// The state of everything the service needs.
    fn report(&self) -> Report;
}

impl<F> Readiness for F
where
    F: Fn() -> Report + Send + Sync + 'static,
{
    fn report(&self) -> Report {
        self()
    }
}

/// The state of everything the service needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    checks: Vec<Check>,
}

impl Report {
    /// Nothing is needed, so all is well.
    pub fn ready() -> Self {
        Self { checks: Vec::new() }
    }

    /// These are needed.
    pub fn of(checks: impl IntoIterator<Item = Check>) -> Self {
        let checks = checks.into_iter().collect();
        Self { checks }
    }

    /// Whether everything is ready.
    pub fn is_ready(&self) -> bool {
        self.checks.iter().all(|check| check.is_healthy)
    }

    /// `{"ready":true,"checks":[{"name":"file","healthy":true,"since":"2026-11-24T08:00:00.000Z",
    /// "queue":{"events":0,"bytes":0,"capacity_bytes":4194304}}]}`, with errors only if it is to be
    /// whole: they name hosts and paths.
    pub(crate) fn to_json(&self, is_whole: bool) -> String {
        let checks = self.checks.iter().map(|check| check.to_json(is_whole));
        let checks: Vec<Value> = checks.collect();
        json!({ "ready": self.is_ready(), "checks": checks }).to_string()
    }
}

/// The state of one thing the service needs, such as a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    name: String,
    is_healthy: bool,
    since: Option<SystemTime>,
    last_error: Option<String>,
    queue: Option<Queue>,
}

/// What waits for a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Queue {
    events: u64,
    bytes: u64,
    capacity_bytes: u64,
}

impl Check {
    /// The state of the thing with this name.
    pub fn new(name: impl Into<String>, is_healthy: bool) -> Self {
        Self {
            name: name.into(),
            is_healthy,
            since: None,
            last_error: None,
            queue: None,
        }
    }

    /// Since when it has been so.
    pub fn since(mut self, since: SystemTime) -> Self {
        self.since = Some(since);
        self
    }

    /// What went wrong last, even if it works again. Told to whoever has the token, if one is set;
    /// no secret belongs here all the same.
    pub fn last_error(mut self, error: impl Into<String>) -> Self {
        self.last_error = Some(error.into());
        self
    }

    /// What waits for it, and how many bytes may.
    pub fn queue(mut self, events: u64, bytes: u64, capacity_bytes: u64) -> Self {
        self.queue = Some(Queue {
            events,
            bytes,
            capacity_bytes,
        });
        self
    }

    fn to_json(&self, is_whole: bool) -> Value {
        let mut check = json!({ "name": self.name, "healthy": self.is_healthy });
        if let Some(since) = self.since {
            check["since"] = json!(timestamp(since).to_string());
        }
        if let Some(error) = self.last_error.as_ref().filter(|_| is_whole) {
            let error: String = error.chars().take(MAX_ERROR_CHARS).collect();
            check["last_error"] = json!(error);
        }
        if let Some(queue) = self.queue {
            check["queue"] = json!({
                "events": queue.events,
                "bytes": queue.bytes,
                "capacity_bytes": queue.capacity_bytes,
            });
        }
        check
    }
}

fn timestamp(time: SystemTime) -> Timestamp {
    let millis = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(millis.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(report: &Report, is_whole: bool, json: &str) {
        let expected: Value = serde_json::from_str(json).expect("JSON");
        let actual: Value = serde_json::from_str(&report.to_json(is_whole)).expect("JSON");
        assert_eq!(actual, expected);
    }

    /// A sink that works and one that does not.
    fn report() -> Report {
        let since = UNIX_EPOCH + Duration::from_millis(1_766_226_600_123);
        Report::of([
            Check::new("file", true),
            Check::new("cloudwatch", false)
                .since(since)
                .last_error("no answer for 40 s")
                .queue(7, 4_000, 65_536),
        ])
    }

    #[test]
    fn a_service_that_needs_nothing_is_ready() {
        assert!(Report::ready().is_ready());
        check(&Report::ready(), true, r#"{"ready":true,"checks":[]}"#);
    }

    #[test]
    fn one_thing_that_is_not_healthy_is_enough() {
        assert!(!report().is_ready());
        check(
            &report(),
            true,
            r#"{"ready":false,"checks":[{"name":"file","healthy":true},
               {"name":"cloudwatch","healthy":false,"since":"2025-12-20T10:30:00.123Z",
                "last_error":"no answer for 40 s",
                "queue":{"events":7,"bytes":4000,"capacity_bytes":65536}}]}"#,
        );
    }

    #[test]
    fn errors_are_left_out_for_strangers() {
        check(
            &report(),
            false,
            r#"{"ready":false,"checks":[{"name":"file","healthy":true},
               {"name":"cloudwatch","healthy":false,"since":"2025-12-20T10:30:00.123Z",
                "queue":{"events":7,"bytes":4000,"capacity_bytes":65536}}]}"#,
        );
    }

    #[test]
    fn an_endless_error_is_cut() {
        let check = Check::new("file", false).last_error("ü".repeat(10_000));
        let json = Report::of([check]).to_json(true);
        assert!(json.chars().count() < 700, "{json}");
    }
}
