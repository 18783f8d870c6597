//! Every key of the file, right and wrong.

use rra_schema::configuration::SETTINGS;

use super::*;

#[test]
fn every_example_of_the_table_is_accepted() {
    for row in SETTINGS {
        parse(&format!("{} = {}", row.key, row.example)).unwrap();
    }
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
