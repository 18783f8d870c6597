//! Every variable and every key, right and wrong.

use rra_metrics::CertificateFile;
use rra_schema::configuration::{SETTINGS, VARIABLES};

use super::*;

fn from(variables: &[(&str, &str)]) -> Result<Config, Error> {
    Config::from_lookup(&|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

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
fn an_empty_environment_is_the_default() {
    assert_eq!(from(&[]).unwrap(), Config::default());
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
fn an_empty_log_file_variable_switches_off_what_the_file_says() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rra.toml");
    std::fs::write(&path, "log_file = \"a.log\"\nservice_name = \"shop\"\n").unwrap();
    let path = path.to_str().unwrap();
    let config = from(&[("RRA_CONFIG_FILE", path)]).unwrap();
    assert_eq!(config.log_file, Some("a.log".into()));
    let config = from(&[
        ("RRA_CONFIG_FILE", path),
        ("RRA_SECURITY_LOG_FILE", ""),
        ("RRA_SERVICE_NAME", "till"),
    ]);
    let config = config.unwrap();
    assert_eq!(
        (config.log_file, config.service_name.as_str()),
        (None, "till")
    );
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
fn a_token_shows_in_no_error_and_no_debug_output() {
    let error = from(&[("RRA_METRICS_TOKEN", "hunter2")]).unwrap_err();
    assert!(error.to_string().contains("at least 16"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    let config = from(&[("RRA_METRICS_TOKEN", "hunter2hunter2hunter2")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let error = parse("metrics.token = 'hunter2'").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[cfg(unix)]
#[test]
fn a_token_that_is_no_text_shows_in_no_error_either() {
    use std::os::unix::ffi::OsStringExt;
    let token = OsString::from_vec(b"hunter2hunter2hunter2\xff".to_vec());
    let lookup = |name: &str| (name == "RRA_METRICS_TOKEN").then(|| token.clone());
    let error = Config::from_lookup(&lookup).unwrap_err().to_string();
    assert!(error.contains("expected text in UTF-8"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
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
fn a_path_that_is_looked_at_later_is_anchored() {
    let config = parse(
        "log_file = 'a'\njournal.directory = 'b'\n[metrics]\ntls_certificate = 'c'\ntls_key = 'd'\n\
         certificate_files = ['e=e']\n",
    );
    let config = config.unwrap().anchored();
    let JournalDirectory::At(journal) = config.journal.directory else {
        panic!("a directory");
    };
    let access = config.metrics_access;
    let named = [config.log_file, access.tls_certificate, access.tls_key];
    let file = config.metrics.certificate_files[0].path.clone();
    let paths = named.into_iter().flatten().chain([journal, file]);
    let here = std::env::current_dir().unwrap();
    let expected = ["a", "c", "d", "b", "e"].map(|name| here.join(name));
    assert_eq!(paths.collect::<Vec<_>>(), expected);
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
    let expected = "names with the paths of PEM files, such as public=/etc/rra/public.pem";
    for wrong in ["/etc/a.pem", "=/etc/a.pem", "public="] {
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

#[test]
fn the_defaults_of_the_tables_are_the_defaults() {
    let set = |row: &&rra_schema::configuration::Variable| {
        let served = row.name != "RRA_METRICS_ADDRESS" || cfg!(feature = "http");
        !row.default.is_empty() && served
    };
    for row in VARIABLES.iter().filter(set) {
        assert_eq!(
            from(&[(row.name, row.default)]).unwrap(),
            Config::default(),
            "{}",
            row.name
        );
    }
}

fn parse(text: &str) -> Result<Config, Error> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rra.toml");
    std::fs::write(&path, text).unwrap();
    Config::from_file(path)
}

#[test]
fn the_documented_default_parses_back_to_the_default() {
    assert_eq!(
        parse(&Config::documented_default()).unwrap(),
        Config::default()
    );
}

#[cfg(feature = "http")]
#[test]
fn the_file_of_the_reference_is_the_documented_default() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/rra.toml");
    assert_eq!(
        std::fs::read_to_string(file).unwrap(),
        Config::documented_default(),
        "write it anew: cargo run -p rra-observability --features http --example documented_default > docs/reference/rra.toml"
    );
}

#[test]
fn every_example_of_the_table_is_accepted() {
    for row in SETTINGS {
        parse(&format!("{} = {}", row.key, row.example)).unwrap();
    }
}

#[test]
fn the_documented_default_has_a_comment_above_every_key() {
    let text = Config::documented_default();
    let start = "# The configuration of rra-observability, with every default.\n\
        # Code wins over the environment, the environment over this file.\n\
        \n\
        # The name of the service in every event and span.\n\
        # In the environment: RRA_SERVICE_NAME\n\
        service_name = \"rra-module\"\n";
    assert!(text.starts_with(start), "{text}");
    assert!(
        text.contains("\n[journal]\n# Where accepted events survive kill -9"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.len() <= 100), "{text}");
}

#[test]
fn a_file_says_how_the_log_rotates_and_whether_it_is_chained() {
    let config = parse(
        "[log]\nrotate_bytes = 1_000_000\nrotate_every = 'hour'\ncompress = false\n\
         keep_files = 7\nkeep_bytes = 5\nkeep_days = 2\nchain = true\n",
    );
    let expected = LogConfig {
        rotate_bytes: Some(1_000_000),
        rotate_every: Some(RotateEvery::Hour),
        compress: false,
        keep_files: 7,
        keep_bytes: Some(5),
        keep_age: Some(Duration::from_hours(48)),
        chain: true,
    };
    assert_eq!(config.unwrap().log, expected);
    check_mistake(
        "[log]\nrotate_every = 'week'",
        "2:16: log.rotate_every must be \"hour\", \"day\" or \"never\"",
    );
    check_mistake(
        "log.keep_days = 0",
        "1:17: log.keep_days must be a whole number of days from 1 to 36500",
    );
}

#[test]
fn a_file_sets_everything_it_names() {
    let config = parse(
        "environment = 'production'\n\
         shutdown_deadline_ms = 1_000\n\
         panic_hook = false\n\
         [journal]\n\
         overflow = 'block'\n\
         max_bytes = 0x100000\n\
         [metrics]\n\
         chains = ['eip155:1', 'eip155:137']\n\
         [traces]\n\
         sampling_ratio = 0.25\n\
         sampling_routes = ['/a={b} = 0']\n",
    );
    let mut expected = Config {
        environment: "production".into(),
        shutdown_deadline: Duration::from_secs(1),
        panic_hook: false,
        journal: JournalConfig {
            overflow: Overflow::Block,
            max_bytes: Some(1 << 20),
            ..JournalConfig::default()
        },
        metrics: MetricsConfig {
            chains: vec!["eip155:1".into(), "eip155:137".into()],
            ..MetricsConfig::default()
        },
        ..Config::default()
    };
    expected.traces.set_sampling_ratio(0.25);
    expected
        .traces
        .set_sampling_routes(vec![("/a={b}".into(), 0.0)]);
    assert_eq!(config.unwrap(), expected);
}

/// The message without the path of the file.
#[track_caller]
fn check_mistake(text: &str, expected: &str) {
    let error = parse(text).unwrap_err().to_string();
    let (_, message) = error.split_once("rra.toml:").unwrap();
    assert_eq!(message, expected);
}

#[test]
fn an_unknown_key_has_a_place_and_the_nearest_known_one() {
    check_mistake(
        "servce_name = 'shop'",
        "1:1: there is no setting servce_name: did you mean service_name?",
    );
    check_mistake(
        "environment = 'x'\n\n[journal]\n  max_byte = 1",
        "4:3: there is no setting journal.max_byte: did you mean journal.max_bytes?",
    );
    check_mistake(
        "[jurnal]\nmax_bytes = 1",
        "1:2: there is no setting jurnal: did you mean journal?",
    );
    check_mistake(
        "max_bytes = 1",
        "1:1: there is no setting max_bytes: did you mean journal.max_bytes?",
    );
    check_mistake(
        "journal = 1",
        "1:1: journal is a section: write [journal] and its keys below",
    );
    check_mistake(
        "[log_file]\npath = 'x'",
        "1:1: log_file must be a path in quotes",
    );
}

#[test]
fn a_wrong_value_has_a_place_and_says_what_is_right() {
    check_mistake(
        "service_name = 7",
        "1:16: service_name must be a text of 1 to 64 visible characters",
    );
    check_mistake(
        "service_name = ''",
        "1:16: service_name must be a text of 1 to 64 visible characters",
    );
    check_mistake("log_file = true", "1:12: log_file must be a path in quotes");
    check_mistake("panic_hook = 1", "1:14: panic_hook must be true or false");
    check_mistake(
        "[journal]\nmax_bytes = 4096",
        "2:13: journal.max_bytes must be a whole number of bytes, at least 131072",
    );
    check_mistake(
        "journal.max_bytes = -1",
        "1:21: journal.max_bytes must be a whole number of bytes, at least 131072",
    );
    check_mistake(
        "journal.overflow = 'drop'",
        "1:20: journal.overflow must be \"shed\" or \"block\"",
    );
    check_mistake(
        "journal.patience_ms = 3600001",
        "1:23: journal.patience_ms must be a whole number of milliseconds up to 3600000",
    );
    check_mistake(
        "metrics.tokens = ['a', 1]",
        "1:18: metrics.tokens must be a list of texts such as [\"a\", \"b\"]",
    );
    check_mistake(
        "metrics.chains = ['ethereum']",
        "1:18: metrics.chains must be a list of chains in CAIP-2 form such as [\"eip155:1\"]",
    );
    check_mistake(
        "traces.sampling_ratio = 1.5",
        "1:25: traces.sampling_ratio must be a number from 0 to 1",
    );
}

#[test]
fn broken_toml_has_a_place() {
    let error = parse("environment = 'x'\nservice_name = shop")
        .unwrap_err()
        .to_string();
    let (_, message) = error.split_once("rra.toml:").unwrap();
    assert!(message.starts_with("2:16: "), "{message}");
}

#[cfg(feature = "otel")]
#[test]
fn a_key_for_the_receiver_of_traces_does_not_show() {
    let name = "OTEL_EXPORTER_OTLP_HEADERS";
    let config = from(&[(name, "x-key=hunter2")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let error = from(&[(name, "x-key:hunter2")]).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn an_endpoint_does_not_show_in_debug_output() {
    let mut config = Config::default();
    let endpoint = "https://user:hunter2@collector.example";
    config.traces.set_endpoint(endpoint);
    assert!(!format!("{config:?}").contains("hunter2"));
}
