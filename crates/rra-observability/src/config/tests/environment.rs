//! Every variable, right and wrong.

use rra_metrics::CertificateFile;

use super::super::environment;
use super::*;

/// With the variable set, the configuration is the default with one change.
#[track_caller]
fn check(name: &str, value: &str, change: impl Fn(&mut Config)) {
    assert!(
        VARIABLES.iter().any(|row| row.name == name),
        "{name} is not in the table"
    );
    let mut expected = Config::default();
    change(&mut expected);
    assert_eq!(from(&[(name, value)]).unwrap(), expected);
}

#[track_caller]
fn check_refused(name: &str, value: &str, expected: &str) {
    let error = from(&[(name, value)]).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("{name} cannot be {value:?}: expected {expected}")
    );
}

#[test]
fn a_variable_that_is_set_to_nothing_counts_as_unset() {
    for variable in VARIABLES {
        assert_eq!(from(&[(variable.name, "")]).unwrap(), Config::default());
    }
}

#[test]
fn the_log_file_is_a_switch_or_a_path() {
    let name = "RRA_SECURITY_LOG_FILE";
    let file = |path: &'static str| move |config: &mut Config| config.log_file = Some(path.into());
    check(name, "true", file("logs/security.log"));
    check(name, "True", file("logs/security.log"));
    check(
        name,
        "/var/log/rra/security.log",
        file("/var/log/rra/security.log"),
    );
    check(name, "./on", file("./on"));
    check(name, "false", |_| {});
    check(name, "FALSE", |_| {});
    for word in ["1", "0", "yes", "no", "on", "off"] {
        let expected = "true, false or a path; a file of that name would be ./ and the name";
        check_refused(name, word, expected);
    }
}

#[test]
fn a_path_with_blanks_or_quotes_around_it_is_refused() {
    let expected = "a path without blanks or quotes around it";
    for wrong in ["\"/var/log/rra.log\"", " /var/log/rra.log", "'true'", "a\n"] {
        check_refused("RRA_SECURITY_LOG_FILE", wrong, expected);
        check_refused("RRA_JOURNAL_DIRECTORY", wrong, expected);
    }
    check("RRA_SECURITY_LOG_FILE", "my logs/it's.log", |config| {
        config.log_file = Some("my logs/it's.log".into());
    });
}

/// The environment holds the variable beside those that are set.
#[track_caller]
fn check_misspelt(name: &str, set: &[&str], expected: Option<&str>) {
    let lookup = |name: &str| set.contains(&name).then(|| "x".into());
    let names = [name.to_owned()].into_iter();
    let refused = environment::refuse_misspelt(names, &lookup).err();
    assert_eq!(refused.map(|error| error.to_string()).as_deref(), expected);
}

#[test]
fn a_variable_that_is_nearly_one_of_ours_is_an_error() {
    check_misspelt(
        "RRA_SECURITY_LOG_FIEL",
        &[],
        Some(
            "RRA_SECURITY_LOG_FIEL is no variable of rra-observability: did you mean RRA_SECURITY_LOG_FILE? If somebody else reads it, set RRA_SECURITY_LOG_FILE too",
        ),
    );
    check_misspelt(
        "rra_metrics_token",
        &[],
        Some(
            "rra_metrics_token is no variable of rra-observability: did you mean RRA_METRICS_TOKEN? If somebody else reads it, set RRA_METRICS_TOKEN too",
        ),
    );
    for row in VARIABLES {
        check_misspelt(row.name, &[], None);
    }
}

#[test]
fn a_variable_that_one_would_guess_for_a_setting_is_an_error() {
    let of_setting = "RRA_LOG_CHAIN is no variable of rra-observability: say log.chain in a configuration file, and its path in RRA_CONFIG_FILE";
    check_misspelt("RRA_LOG_CHAIN", &[], Some(of_setting));
    check_misspelt("RRA_LOG_CHAIN", &["RRA_CONFIG_FILE"], None);
    let of_variable = "RRA_LOG_FILE is no variable of rra-observability: did you mean RRA_SECURITY_LOG_FILE? If somebody else reads it, set RRA_SECURITY_LOG_FILE too";
    check_misspelt("RRA_LOG_FILE", &[], Some(of_variable));
    check_misspelt("RRA_LOG_FILE", &["RRA_SECURITY_LOG_FILE"], None);
    // One letter from RRA_METRICS_TOKEN, and meant all the same.
    let tokens = "RRA_METRICS_TOKENS is no variable of rra-observability: say metrics.tokens in a configuration file, and its path in RRA_CONFIG_FILE";
    check_misspelt("RRA_METRICS_TOKENS", &[], Some(tokens));
}

#[test]
fn a_variable_of_somebody_else_is_not_ours_to_judge() {
    // The RRA Module may have some, and Kubernetes names them after its services.
    for name in [
        "RRA_API_KEY",
        "RRA_SERVICE_HOST",
        "RRA_METRICS_PORT",
        "RRA_",
    ] {
        check_misspelt(name, &[], None);
    }
    // OpenTelemetry has more variables than we read.
    check_misspelt("OTEL_BLRP_SCHEDULE_DELAY", &[], None);
    check_misspelt("RRA_SERVICE_NAMES", &["RRA_SERVICE_NAME"], None);
}

#[test]
fn names_are_taken_as_they_are_and_checked() {
    const EXPECTED: &str = "a text of 1 to 64 visible characters";
    check("RRA_SERVICE_NAME", "shop", |config| {
        config.service_name = "shop".into();
    });
    check("RRA_ENVIRONMENT", "production", |config| {
        config.environment = "production".into();
    });
    let long = "x".repeat(65);
    check_refused("RRA_SERVICE_NAME", &long, EXPECTED);
    check_refused("RRA_ENVIRONMENT", "a\nb", EXPECTED);
    check_refused("RRA_ENVIRONMENT", "  ", EXPECTED);
}

#[test]
fn the_metrics_address_is_an_address_or_off() {
    let name = "RRA_METRICS_ADDRESS";
    let expected = "an IP address with a port such as \"127.0.0.1:8000\", or \"off\"";
    check(name, "off", |config| config.metrics_address = None);
    check(name, "[::1]:9100", |config| {
        config.metrics_address = "[::1]:9100".parse().ok();
    });
    check_refused(name, "8000", expected);
    check_refused(name, "localhost:8000", expected);
    check_refused(name, "127.0.0.1:99999", expected);
}

#[test]
fn who_may_ask_for_metrics_is_set_by_variables() {
    check("RRA_METRICS_EVERY_INTERFACE", "True", |config| {
        config.metrics_access.every_interface = true;
    });
    check("RRA_METRICS_TOKEN", "0123456789abcdef", |config| {
        config.metrics_access.token = Some(Secret::new("0123456789abcdef"));
    });
    check("RRA_METRICS_ALLOWED", "10.0.0.0/8,::1", |config| {
        config.metrics_access.allowed = vec!["10.0.0.0/8".into(), "::1".into()];
    });
    check("RRA_METRICS_TLS_CERTIFICATE", "/etc/tls.crt", |config| {
        config.metrics_access.tls_certificate = Some("/etc/tls.crt".into());
    });
    check("RRA_METRICS_TLS_KEY", "/etc/tls.key", |config| {
        config.metrics_access.tls_key = Some("/etc/tls.key".into());
    });
    check_refused("RRA_METRICS_EVERY_INTERFACE", "1", "true or false");
}

#[test]
fn proxies_are_networks_and_the_header_they_write() {
    check("RRA_TRUSTED_PROXIES", "10.0.0.0/8, ::1,", |config| {
        config.http.trusted_proxies = vec!["10.0.0.0/8".into(), "::1".into()];
    });
    let name = "RRA_PROXY_HEADER";
    check(name, "forwarded", |config| {
        config.http.proxy_header = ProxyHeader::Forwarded;
    });
    check_refused(name, "both", "\"x-forwarded-for\" or \"forwarded\"");
}

#[test]
fn the_journal_is_beside_the_log_unless_told_otherwise() {
    let name = "RRA_JOURNAL_DIRECTORY";
    check(name, "auto", |_| {});
    check(name, "off", |config| {
        config.journal.directory = JournalDirectory::Off;
    });
    check(name, "/var/lib/rra", |config| {
        config.journal.directory = JournalDirectory::At("/var/lib/rra".into());
    });
    let log = Path::new("logs/security.log");
    let auto = JournalDirectory::Auto;
    assert_eq!(auto.beside(None), None);
    assert_eq!(
        auto.beside(Some(log)),
        Some("logs/security.log.journal".into())
    );
    assert_eq!(JournalDirectory::Off.beside(Some(log)), None);
}

#[test]
fn certificates_have_names_and_paths() {
    let name = "RRA_TLS_CERTIFICATES";
    check(name, "public=/etc/a.pem, inner = b=c.pem", |config| {
        config.metrics.certificate_files = vec![
            CertificateFile::new("public", "/etc/a.pem"),
            CertificateFile::new("inner", "b=c.pem"),
        ];
    });
    let expected =
        "names, each once, with the paths of PEM files, such as public=/etc/rra/public.pem";
    // The end of one certificate would hide behind that of the other.
    let twice = "public=/etc/a.pem, public=/etc/b.pem";
    for wrong in ["/etc/a.pem", "=/etc/a.pem", "public=", twice] {
        check_refused(name, wrong, expected);
    }
}

#[cfg(feature = "otel")]
#[test]
fn traces_follow_the_variables_of_opentelemetry() {
    let endpoint = "http://127.0.0.1:4318";
    check("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, |config| {
        config.traces.set_endpoint(endpoint);
    });
    let name = "OTEL_EXPORTER_OTLP_PROTOCOL";
    check(name, "grpc", |config| config.traces.set_grpc(true));
    check(name, "http/protobuf", |_| {});
    check_refused(name, "http/json", "\"http/protobuf\" or \"grpc\"");
}

#[cfg(not(feature = "otel"))]
#[test]
fn what_asks_for_traces_and_what_switches_them_off_is_heard_without_them() {
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
    let asks = |variables: &[_]| from(variables).unwrap() != Config::default();
    assert!(asks(&[endpoint]));
    assert!(asks(&[("OTEL_TRACES_EXPORTER", "otlp")]));
    assert!(!asks(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]));
    assert!(!asks(&[endpoint, ("OTEL_SDK_DISABLED", " TRUE ")]));
    assert!(asks(&[endpoint, ("OTEL_SDK_DISABLED", "false")]));
}

#[test]
fn a_config_file_that_is_not_there_is_an_error() {
    let error = from(&[("RRA_CONFIG_FILE", "/nowhere/rra.toml")]).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("the configuration file /nowhere/rra.toml cannot be read: No such file"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_an_error() {
    use std::os::unix::ffi::OsStringExt;
    let lookup = |name: &str| (name == "RRA_ENVIRONMENT").then(|| OsString::from_vec(vec![0xff]));
    let error = Config::from_lookup(&lookup).unwrap_err().to_string();
    assert_eq!(
        error,
        "RRA_ENVIRONMENT cannot be \"(not text)\": expected text in UTF-8"
    );
}

#[test]
fn every_variable_of_the_table_is_read() {
    use std::cell::RefCell;
    let asked = RefCell::new(Vec::new());
    let lookup = |name: &str| {
        asked.borrow_mut().push(name.to_owned());
        None
    };
    Config::from_lookup(&lookup).unwrap();
    let mut asked = asked.into_inner();
    let mut listed: Vec<_> = VARIABLES.iter().map(|row| row.name.to_owned()).collect();
    asked.sort();
    listed.sort();
    assert_eq!(asked, listed);
}
