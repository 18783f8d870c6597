//! What can be set about traces. The values are those of rra-otel; the keys of the configuration
//! file and the variables of OpenTelemetry change them.

use std::ffi::OsString;

use rra_otel::{Endpoint, OtelConfig, Protocol};

use crate::error::Error;

/// Which traces are kept and where they go.
#[derive(Clone, Debug, PartialEq)]
pub struct TracesConfig {
    /// How spans are sampled and sent. Without an endpoint nothing is traced. What it leaves open
    /// about the service is taken from the rest of the configuration.
    pub otel: OtelConfig,
    /// Whether [`init`](crate::init) installs the tracing subscriber of the process. Default: yes.
    pub install_subscriber: bool,
}

impl Default for TracesConfig {
    fn default() -> Self {
        Self {
            otel: OtelConfig::default(),
            install_subscriber: true,
        }
    }
}

impl TracesConfig {
    pub(crate) fn set_endpoint(&mut self, url: &str) {
        self.otel.endpoint = Some(Endpoint::Base(url.to_owned()));
    }

    pub(crate) fn set_grpc(&mut self, is_grpc: bool) {
        self.otel.protocol = if is_grpc {
            Protocol::Grpc
        } else {
            Protocol::HttpProtobuf
        };
    }

    pub(crate) fn set_sampling_ratio(&mut self, ratio: f64) {
        self.otel.sampling_ratio = ratio;
    }

    pub(crate) fn set_sampling_routes(&mut self, routes: Vec<(String, f64)>) {
        self.otel.route_ratios = routes;
    }

    pub(crate) fn set_service_version(&mut self, version: &str) {
        self.otel.resource.service_version = Some(version.to_owned());
    }

    pub(crate) fn set_install_subscriber(&mut self, is_wanted: bool) {
        self.install_subscriber = is_wanted;
    }

    pub(crate) fn apply_environment(
        &mut self,
        lookup: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<(), Error> {
        let applied = self.otel.apply_environment(lookup);
        applied.map_err(|error| match error {
            rra_otel::Error::Variable {
                name,
                value,
                expected,
            } => Error::Variable {
                name,
                value,
                expected,
            },
            other => Error::Traces(other),
        })
    }
}
