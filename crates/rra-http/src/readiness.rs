//! Whether the service can do its work now: what `/ready` says.

use serde_json::json;

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
        self.checks.iter().all(|check| check.ready)
    }

    /// `{"ready":false,"checks":[{"name":"file","ready":false,"detail":"disk full"}]}`
    pub(crate) fn to_json(&self) -> String {
        let checks: Vec<_> = self.checks.iter().map(Check::to_json).collect();
        json!({ "ready": self.is_ready(), "checks": checks }).to_string()
    }
}

/// The state of one thing the service needs, such as a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    name: String,
    ready: bool,
    detail: Option<String>,
}

impl Check {
    /// The state of the thing with this name.
    pub fn new(name: impl Into<String>, ready: bool) -> Self {
        Self {
            name: name.into(),
            ready,
            detail: None,
        }
    }

    /// Why it is so, for the operator. It is served to whoever may ask, so no secret belongs here.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn to_json(&self) -> serde_json::Value {
        let mut check = json!({ "name": self.name, "ready": self.ready });
        if let Some(detail) = &self.detail {
            check["detail"] = json!(detail);
        }
        check
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(report: &Report, ready: bool, json: &str) {
        assert_eq!(report.is_ready(), ready);
        let expected: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let actual: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
        assert_eq!(actual, expected);
    }

    #[test]
    fn a_service_that_needs_nothing_is_ready() {
        check(&Report::ready(), true, r#"{"ready":true,"checks":[]}"#);
    }

    #[test]
    fn one_thing_that_is_not_ready_is_enough() {
        let report = Report::of([
            Check::new("file", true),
            Check::new("cloudwatch", false).detail("no answer for 40 s"),
        ]);
        check(
            &report,
            false,
            r#"{"ready":false,"checks":[{"name":"file","ready":true},
               {"name":"cloudwatch","ready":false,"detail":"no answer for 40 s"}]}"#,
        );
    }
}
