//! What every span says about where it comes from: the service as configured, and host, operating
//! system and process as found (OpenTelemetry semantic conventions, "Resource").
//!
//! The command line is left out on purpose: people put secrets there.

use std::path::Path;
use std::{env, process};

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;

use crate::config::ResourceConfig;

pub(crate) fn resource(config: &ResourceConfig) -> Resource {
    let known = |key: &str| config.attributes.iter().any(|(known, _)| known == key);
    let service = match (&config.service_name, known("service.name")) {
        (Some(name), _) => Some(name.as_str()),
        (None, true) => None,
        (None, false) => Some("unknown_service"),
    };
    let given = config.attributes.iter();
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(found())
        .with_attributes(configured(config))
        .with_attributes(given.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .with_attributes(service.map(|name| KeyValue::new("service.name", name.to_owned())))
        .build()
}

fn configured(config: &ResourceConfig) -> impl Iterator<Item = KeyValue> {
    let optional = [
        ("deployment.environment.name", &config.environment),
        ("service.version", &config.service_version),
        ("service.instance.id", &config.instance_id),
    ];
    optional
        .into_iter()
        .filter_map(|(key, value)| Some(KeyValue::new(key, value.clone()?)))
}

fn found() -> impl Iterator<Item = KeyValue> {
    let executable = env::current_exe().ok();
    let executable = executable.as_deref().and_then(Path::file_name);
    let executable = executable.map(|name| name.to_string_lossy().into_owned());
    let texts = [
        ("host.name", host_name()),
        (
            "host.arch",
            Some(architecture(env::consts::ARCH).to_owned()),
        ),
        ("os.type", Some(system(env::consts::OS).to_owned())),
        ("process.executable.name", executable),
        ("process.runtime.name", Some("rust".to_owned())),
    ];
    let texts = texts.into_iter();
    texts
        .filter_map(|(key, value)| Some(KeyValue::new(key, value?)))
        .chain([KeyValue::new("process.pid", i64::from(process::id()))])
}

#[cfg(unix)]
fn host_name() -> Option<String> {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().ok()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// Elsewhere nothing tells the name without unsafe code.
#[cfg(not(unix))]
fn host_name() -> Option<String> {
    None
}

/// From Rust's name to that of the conventions.
fn architecture(rust: &str) -> &str {
    match rust {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "arm" => "arm32",
        "powerpc" => "ppc32",
        "powerpc64" => "ppc64",
        other => other,
    }
}

/// From Rust's name to that of the conventions.
fn system(rust: &str) -> &str {
    match rust {
        "macos" | "ios" => "darwin",
        "dragonfly" => "dragonflybsd",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::Key;

    use super::*;

    fn check(config: &ResourceConfig, key: &'static str, expected: Option<&str>) {
        let value = resource(config).get(&Key::from_static_str(key));
        assert_eq!(value.map(|value| value.to_string()).as_deref(), expected);
    }

    #[test]
    fn host_system_and_process_are_found() {
        let nothing = ResourceConfig::default();
        check(&nothing, "process.pid", Some(&process::id().to_string()));
        check(&nothing, "os.type", Some(system(env::consts::OS)));
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        if let Some(host) = host.as_deref().map(str::trim) {
            check(&nothing, "host.name", Some(host));
        }
        check(&nothing, "telemetry.sdk.language", Some("rust"));
    }

    #[test]
    fn a_service_without_name_says_so() {
        check(
            &ResourceConfig::default(),
            "service.name",
            Some("unknown_service"),
        );
    }

    #[test]
    fn a_service_name_beats_the_attribute_of_that_name() {
        let attributes = vec![("service.name".to_owned(), "till".to_owned())];
        let mut config = ResourceConfig {
            attributes,
            ..ResourceConfig::default()
        };
        check(&config, "service.name", Some("till"));
        config.service_name = Some("shop".to_owned());
        check(&config, "service.name", Some("shop"));
    }

    #[test]
    fn an_attribute_beats_what_is_configured_or_found() {
        let attribute = |key: &str| (key.to_owned(), "mine".to_owned());
        let config = ResourceConfig {
            environment: Some("staging".to_owned()),
            attributes: vec![
                attribute("deployment.environment.name"),
                attribute("host.name"),
            ],
            ..ResourceConfig::default()
        };
        check(&config, "deployment.environment.name", Some("mine"));
        check(&config, "host.name", Some("mine"));
    }
}
