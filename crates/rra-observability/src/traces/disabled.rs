//! No traces in this build.

use std::ffi::OsString;

use rra_metrics::Metrics;
use rra_schema::configuration::VARIABLES;
use rra_schema::{Instance, Origin, SecurityEvent, TraceContext};

use crate::error::Error;

/// What asks for traces, which this build does not have (feature `otel`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracesConfig {
    asked_by: Option<&'static str>,
}

/// Asks for an export, or switches it off.
const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
/// Where an export is asked for too.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];

#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the same form with the feature"
)]
impl TracesConfig {
    pub(crate) fn set_endpoint(&mut self, _: &str) {
        self.asked_by = Some("traces.endpoint");
    }

    pub(crate) fn set_grpc(&mut self, _: bool) {}

    pub(crate) fn set_sampling_ratio(&mut self, _: f64) {}

    pub(crate) fn set_sampling_routes(&mut self, _: Vec<(String, f64)>) {}

    pub(crate) fn set_service_version(&mut self, _: &str) {}

    pub(crate) fn set_install_subscriber(&mut self, _: bool) {}

    pub(crate) fn apply_environment(
        &mut self,
        lookup: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<(), Error> {
        let mut is_off = false;
        let names = VARIABLES.iter().map(|row| row.name);
        for name in names.filter(|name| name.starts_with("OTEL_")) {
            let value = lookup(name)
                .unwrap_or_default()
                .to_string_lossy()
                .trim()
                .to_ascii_lowercase();
            match (name, value.as_str()) {
                (_, "") => {}
                ("OTEL_SDK_DISABLED", "true") | (EXPORTER, "none") => is_off = true,
                (EXPORTER, _) => self.asked_by = Some(name),
                _ if ENDPOINTS.contains(&name) => self.asked_by = Some(name),
                _ => {}
            }
        }
        if is_off {
            self.asked_by = None;
        }
        Ok(())
    }
}

/// Nothing runs.
#[derive(Debug)]
pub(crate) struct Traces;

impl Traces {
    pub(crate) fn start(config: &TracesConfig, _: &Origin) -> Result<Self, Error> {
        match config.asked_by {
            None => Ok(Self),
            Some(setting) => Err(Error::FeatureMissing {
                setting,
                feature: "otel",
            }),
        }
    }

    #[expect(clippy::unused_self, reason = "the same form with the feature")]
    pub(crate) fn counts(&self) -> Counts {
        Counts
    }

    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the same form with the feature"
    )]
    pub(crate) fn install(&self, _: &TracesConfig) -> Result<(), Error> {
        Ok(())
    }
}

/// There are none.
#[derive(Debug, Default)]
pub(crate) struct Counts;

impl Counts {
    #[expect(clippy::unused_self, reason = "the same form with the feature")]
    pub(crate) fn publish(&mut self, _: &Metrics) {}
}

/// No trace is going on.
pub(crate) fn current() -> Option<TraceContext> {
    None
}

/// No span to tell.
pub(crate) fn note(_: &dyn SecurityEvent, _: Instance, _: Option<u64>) {}
