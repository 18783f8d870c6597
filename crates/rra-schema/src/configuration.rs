//! How a service is configured: every environment variable and every key of the configuration
//! file, as tables that the documentation and `check-schema` read.
//!
//! Reads neither: that is `rra-observability`, whose tests hold these tables to what it does.

mod opentelemetry;

/// One environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is not set; empty when nothing does.
    pub default: &'static str,
    /// What it may be set to.
    pub values: &'static str,
    /// One sentence for the reference page.
    pub meaning: &'static str,
    /// The key of the configuration file that says the same, if one does.
    pub setting: Option<&'static str>,
    /// The version of the library it appeared in.
    pub since: &'static str,
}

/// One key of the configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Its name, with the name of its section and a dot before it.
    pub key: &'static str,
    /// Its default as TOML; `None` when it has no value unless given one.
    pub default: Option<&'static str>,
    /// A value as TOML, for keys without a default.
    pub example: &'static str,
    /// One sentence for the reference page.
    pub meaning: &'static str,
    /// The version of the library it appeared in.
    pub since: &'static str,
}

/// Every environment variable that the library reads.
pub const VARIABLES: &[Variable] = &joined();

const OWN: &[Variable] = &[
    Variable {
        name: "RRA_CONFIG_FILE",
        default: "",
        values: "a path",
        meaning: "The configuration file, in TOML. Other variables win over what it says.",
        setting: None,
        since: "0.1.0",
    },
    Variable {
        name: "RRA_SECURITY_LOG_FILE",
        default: "",
        values: "true for logs/security.log, a path, or false or nothing for no file",
        meaning: "Where security events are written as JSON lines.",
        setting: Some("log_file"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_SERVICE_NAME",
        default: "rra-module",
        values: "1 to 64 visible characters",
        meaning: "The name of the service in every event and span.",
        setting: Some("service_name"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_ENVIRONMENT",
        default: "development",
        values: "1 to 64 visible characters",
        meaning: "Where the service runs, such as production.",
        setting: Some("environment"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_JOURNAL_DIRECTORY",
        default: "auto",
        values: "a path, auto for a directory beside the log file, or off",
        meaning: "Where accepted events survive kill -9 until they are in the log.",
        setting: Some("journal.directory"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_METRICS_ADDRESS",
        default: "127.0.0.1:8000",
        values: "an IP address with a port, or off",
        meaning: "Where /metrics, /health and /ready are served (feature http).",
        setting: Some("metrics.address"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_METRICS_EVERY_INTERFACE",
        default: "false",
        values: "true or false",
        meaning: "Whether that address may be all of the machine's, 0.0.0.0 or [::] (feature http).",
        setting: Some("metrics.every_interface"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_METRICS_TOKEN",
        default: "",
        values: "at least 16 visible ASCII characters",
        meaning: "What a client must send as a bearer token to read /metrics (feature http).",
        setting: Some("metrics.token"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_METRICS_ALLOWED",
        default: "",
        values: "networks such as 10.0.0.0/8, with commas between; nothing for all",
        meaning: "From where anyone may ask there (feature http).",
        setting: Some("metrics.allowed"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_METRICS_TLS_CERTIFICATE",
        default: "",
        values: "a path",
        meaning: "The certificate chain in PEM to serve HTTPS with; read again when it changes (feature tls).",
        setting: Some("metrics.tls_certificate"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_METRICS_TLS_KEY",
        default: "",
        values: "a path",
        meaning: "The private key of that certificate in PEM (feature tls).",
        setting: Some("metrics.tls_key"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_TRUSTED_PROXIES",
        default: "",
        values: "networks such as 10.0.0.0/8, with commas between",
        meaning: "The service's own proxies, whose word on a client's address is believed (feature http).",
        setting: Some("http.trusted_proxies"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_PROXY_HEADER",
        default: "x-forwarded-for",
        values: "x-forwarded-for or forwarded",
        meaning: "The header that those proxies write (feature http).",
        setting: Some("http.proxy_header"),
        since: "0.1.0",
    },
    Variable {
        name: "RRA_TLS_CERTIFICATES",
        default: "",
        values: "names with the paths of PEM files, such as public=/etc/rra/public.pem, with commas between",
        meaning: "The TLS certificates whose end is read, every minute (feature certificates).",
        setting: Some("metrics.certificate_files"),
        since: "0.1.0",
    },
];

/// Our variables and those of OpenTelemetry, as one table.
const fn joined() -> [Variable; OWN.len() + opentelemetry::VARIABLES.len()] {
    let mut all = [OWN[0]; OWN.len() + opentelemetry::VARIABLES.len()];
    let mut place = 0;
    while place < all.len() {
        all[place] = if place < OWN.len() {
            OWN[place]
        } else {
            opentelemetry::VARIABLES[place - OWN.len()]
        };
        place += 1;
    }
    all
}

/// Every key of the configuration file, in the order of the documented default.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "service_name",
        default: Some("\"rra-module\""),
        example: "\"rra-module\"",
        meaning: "The name of the service in every event and span.",
        since: "0.1.0",
    },
    Setting {
        key: "environment",
        default: Some("\"development\""),
        example: "\"production\"",
        meaning: "Where the service runs.",
        since: "0.1.0",
    },
    Setting {
        key: "log_file",
        default: None,
        example: "\"logs/security.log\"",
        meaning: "Where security events are written as JSON lines. Without it there is no file.",
        since: "0.1.0",
    },
    Setting {
        key: "shutdown_deadline_ms",
        default: Some("5000"),
        example: "5000",
        meaning: "How long the end of the service waits for events and spans to be delivered.",
        since: "0.1.0",
    },
    Setting {
        key: "panic_hook",
        default: Some("true"),
        example: "true",
        meaning: "Whether a panic flushes the events before it, for at most 200 ms.",
        since: "0.1.0",
    },
    Setting {
        key: "journal.directory",
        default: Some("\"auto\""),
        example: "\"/var/lib/rra/journal\"",
        meaning: "Where accepted events survive kill -9: a private directory on a local disk, auto for one beside the log file, or off.",
        since: "0.1.0",
    },
    Setting {
        key: "journal.max_bytes",
        default: None,
        example: "4194304",
        meaning: "The bound of events that wait, in bytes, whatever the outage. Without it: 1 MiB for each CPU, at most 8 MiB.",
        since: "0.1.0",
    },
    Setting {
        key: "journal.overflow",
        default: Some("\"shed\""),
        example: "\"block\"",
        meaning: "When that bound is reached: shed refuses info and warning at once, block lets every event wait.",
        since: "0.1.0",
    },
    Setting {
        key: "journal.patience_ms",
        default: Some("50"),
        example: "50",
        meaning: "How long an event that may wait for room does so.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.address",
        default: Some("\"127.0.0.1:8000\""),
        example: "\"127.0.0.1:8000\"",
        meaning: "Where /metrics, /health and /ready are served, or \"off\" (feature http).",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.every_interface",
        default: Some("false"),
        example: "true",
        meaning: "Whether that address may be all of the machine's, 0.0.0.0 or [::].",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.token",
        default: None,
        example: "\"at-least-16-characters\"",
        meaning: "What a client must send as a bearer token to read /metrics. Anyone who may read this file has it: the environment is the better place.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.allowed",
        default: Some("[]"),
        example: "[\"10.0.0.0/8\"]",
        meaning: "The networks from which anyone may ask there; none means all.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.tls_certificate",
        default: None,
        example: "\"/etc/rra/tls.crt\"",
        meaning: "The certificate chain in PEM to serve HTTPS with. It is read again when it changes (feature tls).",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.tls_key",
        default: None,
        example: "\"/etc/rra/tls.key\"",
        meaning: "The private key of that certificate in PEM (feature tls).",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.chains",
        default: Some("[]"),
        example: "[\"eip155:1\"]",
        meaning: "The chains that metrics tell apart, in CAIP-2 form, at most 16.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.tokens",
        default: Some("[]"),
        example: "[\"USDC\"]",
        meaning: "The tokens that metrics tell apart, at most 32.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.license_types",
        default: Some("[]"),
        example: "[\"commercial\"]",
        meaning: "The kinds of licence that metrics tell apart, at most 16.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.operations",
        default: Some("[]"),
        example: "[\"issue_license\"]",
        meaning: "The operations on chains that metrics tell apart, at most 16.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.certificates",
        default: Some("[]"),
        example: "[\"api\"]",
        meaning: "The TLS certificates whose end the service tells itself, at most 16 with those in files.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.certificate_files",
        default: Some("[]"),
        example: "[\"public=/etc/rra/public.pem\"]",
        meaning: "The TLS certificates whose end is read every minute, each with its name and the path of its PEM file (feature certificates).",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.by_source",
        default: Some("false"),
        example: "true",
        meaning: "Whether metrics name the 20 networks, cut to /24 or /48, that most failed sign-ins and refused requests came from. Personal data.",
        since: "0.1.0",
    },
    Setting {
        key: "metrics.wallets",
        default: Some("[]"),
        example: "[\"treasury\"]",
        meaning: "The wallets that metrics tell apart, by role, at most 8.",
        since: "0.1.0",
    },
    Setting {
        key: "http.trusted_proxies",
        default: Some("[]"),
        example: "[\"10.0.0.0/8\"]",
        meaning: "The networks of the service's own proxies, whose word on a client's address is believed. They should hold nothing else (feature http).",
        since: "0.1.0",
    },
    Setting {
        key: "http.proxy_header",
        default: Some("\"x-forwarded-for\""),
        example: "\"forwarded\"",
        meaning: "The header that those proxies write: x-forwarded-for or forwarded. The other one is whatever a client puts there and is not read.",
        since: "0.1.0",
    },
    Setting {
        key: "traces.endpoint",
        default: None,
        example: "\"http://127.0.0.1:4318\"",
        meaning: "Where spans are sent. Nothing is traced without it (feature otel).",
        since: "0.1.0",
    },
    Setting {
        key: "traces.protocol",
        default: Some("\"http/protobuf\""),
        example: "\"grpc\"",
        meaning: "How spans travel: http/protobuf or grpc.",
        since: "0.1.0",
    },
    Setting {
        key: "traces.sampling_ratio",
        default: Some("1.0"),
        example: "0.1",
        meaning: "Share of the traces begun here that is kept, from 0 to 1.",
        since: "0.1.0",
    },
    Setting {
        key: "traces.sampling_routes",
        default: Some("[]"),
        example: "[\"/health=0\", \"/api/v1/licenses=1\"]",
        meaning: "Shares for single routes, or for names of spans that have no route; they win over sampling_ratio.",
        since: "0.1.0",
    },
    Setting {
        key: "traces.service_version",
        default: None,
        example: "\"1.4.2\"",
        meaning: "The version of the service, in every span and in rra_build_info.",
        since: "0.1.0",
    },
    Setting {
        key: "traces.install_subscriber",
        default: Some("true"),
        example: "false",
        meaning: "Whether init installs the tracing subscriber of the process. A service with one of its own says false and adds the guard's layer to it.",
        since: "0.1.0",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_names_a_setting_that_exists() {
        for setting in VARIABLES.iter().filter_map(|variable| variable.setting) {
            let known = SETTINGS.iter().any(|row| row.key == setting);
            assert!(known, "{setting}");
        }
    }

    #[test]
    fn names_are_unique() {
        for (at, row) in SETTINGS.iter().enumerate() {
            assert!(SETTINGS[..at].iter().all(|earlier| earlier.key != row.key));
        }
        for (at, row) in VARIABLES.iter().enumerate() {
            assert!(
                VARIABLES[..at]
                    .iter()
                    .all(|earlier| earlier.name != row.name)
            );
        }
    }
}
