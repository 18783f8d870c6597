//! What a service tells its metrics once, when it starts: the values of registered labels.

use std::path::PathBuf;

use rra_schema::metrics::labels::HTTP_METHOD;

/// The values that registered labels may take, and the ceiling of series.
///
/// A value that is not listed here is still counted, under `_other`.
///
/// ```
/// use rra_metrics::{MetricsConfig, Route};
///
/// let config = MetricsConfig {
///     routes: vec![Route::new("POST", "/api/v1/licenses/{id}")],
///     chains: vec!["eip155:1".into(), "eip155:137".into()],
///     ..MetricsConfig::default()
/// };
/// assert_eq!(config.max_series_per_metric, 2_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsConfig {
    /// The routes of the service, at most 200.
    pub routes: Vec<Route>,
    /// The chains it works with, in CAIP-2 form, at most 16.
    pub chains: Vec<String>,
    /// The tokens it is paid in, at most 32.
    pub tokens: Vec<String>,
    /// The kinds of licence it issues, at most 16.
    pub license_types: Vec<String>,
    /// What its transactions do, at most 16.
    pub operations: Vec<String>,
    /// The names of its sinks, at most 8.
    pub sinks: Vec<String>,
    /// The names of its TLS certificates, at most 16 with those of `certificate_files`.
    pub certificates: Vec<String>,
    /// Certificates whose end is read from files, by `CertificateWatch` (feature `certificates`).
    pub certificate_files: Vec<CertificateFile>,
    /// The roles of its wallets, at most 8.
    pub wallets: Vec<String>,
    /// Whether our exposition names the networks, cut to /24 and /48, that most failures came from:
    /// `rra_auth_failures_by_source` and `rra_rate_limit_hits_by_source`. Personal data, so no.
    pub by_source: bool,
    /// What is running, for `rra_build_info`.
    pub build: BuildInfo,
    /// Most combinations of label values that one metric may have; further ones are counted with
    /// their open labels as `_other`. OpenTelemetry's SDK has the same default.
    pub max_series_per_metric: usize,
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self {
            routes: Vec::new(),
            chains: Vec::new(),
            tokens: Vec::new(),
            license_types: Vec::new(),
            operations: Vec::new(),
            sinks: Vec::new(),
            certificates: Vec::new(),
            certificate_files: Vec::new(),
            wallets: Vec::new(),
            by_source: false,
            build: BuildInfo::default(),
            max_series_per_metric: 2_000,
        }
    }
}

/// A method and the template of the paths it serves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    pub(crate) method: &'static str,
    pub(crate) template: String,
}

impl Route {
    /// A route such as `POST /api/v1/licenses/{id}`. A method outside the nine of HTTP is `_OTHER`.
    pub fn new(method: &str, template: impl Into<String>) -> Self {
        let method = HTTP_METHOD.values[method_index(method)];
        let template = template.into();
        Self { method, template }
    }
}

/// A TLS certificate in a PEM file, with or without its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFile {
    /// Its name in the metrics: a path tells an attacker too much.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl CertificateFile {
    /// A certificate of this name in this file.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        let (name, path) = (name.into(), path.into());
        Self { name, path }
    }
}

/// What is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildInfo {
    /// The version of the service.
    pub version: String,
    /// The commit it was built from.
    pub revision: String,
    /// The compiler it was built with.
    pub rustc: String,
    /// The features it was built with, comma-separated.
    pub features: String,
}

impl Default for BuildInfo {
    fn default() -> Self {
        let unknown = || "unknown".to_owned();
        Self {
            version: unknown(),
            revision: unknown(),
            rustc: unknown(),
            features: unknown(),
        }
    }
}

/// The place of a method in the catalogue's list, whose last word stands for every other method.
pub(crate) fn method_index(method: &str) -> usize {
    let words = HTTP_METHOD.values;
    words
        .iter()
        .position(|word| *word == method)
        .unwrap_or(words.len() - 1)
}
