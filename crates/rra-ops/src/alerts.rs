//! Every alert: when it fires, how serious it is, and what it tells the person who is paged.
//!
//! The eight alerts of the monitoring guide keep their names, severities, thresholds, durations and
//! summaries; their expressions are corrected here and stand word for word in
//! [`SEED_RULES`](crate::prometheus::SEED_RULES).

mod blockchain;
mod pipeline;
mod security;
mod service;
mod slo;

/// One alert.
#[derive(Clone, Debug)]
pub struct Alert {
    /// The name, which is also the name of its runbook.
    pub name: &'static str,
    /// Who is told, and how loudly.
    pub severity: AlertSeverity,
    /// What must hold.
    pub expression: String,
    /// For how many minutes it must hold.
    pub for_minutes: u32,
    /// For how many minutes the alert stays after the condition has gone.
    pub keep_firing_minutes: u32,
    /// One sentence without a number.
    pub summary: &'static str,
    /// What is known, with the value.
    pub description: &'static str,
    /// The dashboard that shows it.
    pub dashboard: &'static str,
}

/// Who is told, and how loudly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertSeverity {
    /// Somebody is woken up.
    Critical,
    /// Somebody looks within an hour.
    Warning,
    /// Somebody looks once a day.
    Info,
    /// Nobody: the alert proves that alerts arrive.
    None,
}

impl AlertSeverity {
    /// The value of the label `severity`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::None => "none",
        }
    }
}

/// Alerts that are evaluated together.
#[derive(Clone, Debug)]
pub struct Group {
    /// The value of the label `category`; the rule group is called `rra.<category>`.
    pub category: &'static str,
    /// The alerts, in the order they are evaluated.
    pub alerts: Vec<Alert>,
}

/// All alerts, group by group.
pub fn groups() -> Vec<Group> {
    vec![
        service::group(),
        security::group(),
        blockchain::group(),
        pipeline::group(),
        slo::group(),
    ]
}

impl Alert {
    fn critical(name: &'static str, expression: String) -> Self {
        Self::new(name, AlertSeverity::Critical, expression)
    }

    fn warning(name: &'static str, expression: String) -> Self {
        Self::new(name, AlertSeverity::Warning, expression)
    }

    fn info(name: &'static str, expression: String) -> Self {
        Self::new(name, AlertSeverity::Info, expression)
    }

    fn new(name: &'static str, severity: AlertSeverity, expression: String) -> Self {
        Self {
            name,
            severity,
            expression,
            for_minutes: 0,
            keep_firing_minutes: 0,
            summary: "",
            description: "",
            dashboard: "rra-overview",
        }
    }

    fn lasting(self, for_minutes: u32) -> Self {
        Self {
            for_minutes,
            ..self
        }
    }

    fn keeping(self, keep_firing_minutes: u32) -> Self {
        Self {
            keep_firing_minutes,
            ..self
        }
    }

    fn says(self, summary: &'static str, description: &'static str) -> Self {
        Self {
            summary,
            description,
            ..self
        }
    }

    fn shown_on(self, dashboard: &'static str) -> Self {
        Self { dashboard, ..self }
    }
}
