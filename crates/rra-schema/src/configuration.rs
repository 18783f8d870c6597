//! How a service is configured: every environment variable and every key of the configuration
//! file, as tables that the documentation and `check-schema` read.
//!
//! Reads neither: that is `rra-observability`, whose tests hold these tables to what it does.

mod opentelemetry;
mod settings;

pub use settings::SETTINGS;

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
