//! What holds of both sources: every default, every secret. Each has a file of its own for its values.

mod environment;
mod file;

use rra_schema::configuration::VARIABLES;

use super::*;

fn from(variables: &[(&str, &str)]) -> Result<Config, Error> {
    Config::from_lookup(&|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

#[test]
fn an_empty_environment_is_the_default() {
    assert_eq!(from(&[]).unwrap(), Config::default());
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
