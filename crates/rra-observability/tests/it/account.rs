//! The account: what was accepted, delivered, lost and left, in reports and in metrics.

use rra_observability::sink::Reason;
use rra_observability::sink::testing::{CapturingSink, FailingSink, Failure};
use rra_observability::{Config, EmitError, Setup};
use std::time::Duration;

use super::{Bench, Down, LONG, failure};

fn without_file() -> Config {
    Config {
        metrics_address: None,
        ..Config::default()
    }
}

#[test]
fn the_report_of_a_shutdown_balances_for_every_sink() {
    let bench = Bench::new();
    let guard = Setup::new(bench.config()).sink(Down).start().unwrap();
    for _ in 0..100 {
        guard.emit(&failure()).unwrap();
    }
    // As long as it takes a busy machine to deliver to the sink that works.
    let report = guard.shutdown(Duration::from_secs(2)).events;
    assert!(report.is_balanced());
    assert_eq!(report.accepted, 102, "the two of the log itself included");
    assert_eq!(
        (report.sinks[0].name.as_str(), report.sinks[0].delivered),
        ("file", 102)
    );
    assert_eq!(
        (report.sinks[1].name.as_str(), report.sinks[1].pending),
        ("down", 102)
    );
}

#[test]
fn a_loss_is_refused_reported_counted_and_written_into_the_log() {
    let bench = Bench::new();
    let mut config = bench.config();
    config.journal.max_bytes = Some(128 * 1024);
    config.journal.patience = Duration::ZERO;
    let (sink, captured) = CapturingSink::new("memory");
    // Down just long enough for the journal to fill.
    let down = [Failure::Retryable { after: 0 }; 2];
    config.log_file = None;
    let guard = Setup::new(config)
        .sink(FailingSink::new(sink, down))
        .start()
        .unwrap();
    let mut last = 0;
    let refused = loop {
        match guard.emit(&failure()) {
            Ok(accepted) => last = accepted.seq,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, EmitError::Refused(refused) if refused.reason == Reason::QueueFull));
    let handle = guard.handle();
    let report = guard.shutdown(LONG).events;
    assert!(report.is_balanced());
    assert_eq!(report.refused.total(), 1);
    let gap = captured.assert_contains("audit.gap");
    assert!(
        gap.text.contains("\"reason\":\"queue_full\""),
        "{}",
        gap.text
    );
    assert!(gap.text.contains("\"warning_events\":1"), "{}", gap.text);
    let numbers = format!("\"first_seq\":{last},\"last_seq\":{}", last + 1);
    assert!(gap.text.contains(&numbers), "{numbers}: {}", gap.text);
    assert!(handle.emit(&failure()).is_err(), "after the shutdown");
}

#[test]
fn without_a_file_events_still_count() {
    let guard = Setup::new(without_file()).start().unwrap();
    assert_eq!(guard.emit(&failure()).unwrap().seq, 2);
    let error = guard
        .handle()
        .emit_durable(&failure())
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "the event was not taken: no sink can vouch for durable; configure a log file"
    );
    assert!(guard.shutdown(LONG).events.is_complete());
}

#[cfg(feature = "prometheus")]
#[test]
fn metrics_have_the_events_and_the_account_of_the_journal() {
    let guard = Setup::new(without_file()).sink(Down).start().unwrap();
    for _ in 0..3 {
        guard.emit(&failure()).unwrap();
    }
    let text = guard.handle().render_metrics();
    for line in [
        "rra_security_events_total{event_type=\"auth.failure\",severity=\"warning\"} 3\n",
        "rra_security_events_total{event_type=\"audit.started\",severity=\"info\"} 1\n",
        "rra_pipeline_events_accepted_total{sink=\"down\"} 4\n",
        "rra_sink_queue_events{sink=\"down\"} 4\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let handle = guard.handle();
    while handle.health()[0].up {
        std::thread::yield_now();
    }
    guard.shutdown(Duration::ZERO);
    assert!(
        handle
            .render_metrics()
            .contains("rra_sink_up{sink=\"down\"} 0\n")
    );
}

#[cfg(feature = "prometheus")]
#[test]
fn metrics_have_every_attempt_of_a_sink() {
    let (sink, captured) = CapturingSink::new("memory");
    let sink = FailingSink::new(sink, [Failure::Retryable { after: 0 }]);
    let guard = Setup::new(without_file()).sink(sink).start().unwrap();
    guard.emit(&failure()).unwrap();
    let handle = guard.handle();
    guard.shutdown(LONG);
    let text = handle.render_metrics();
    let value = |series: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        let value = line.unwrap_or_else(|| panic!("{series} is not in {text}"));
        value.trim().parse::<f64>().unwrap()
    };
    let bytes: usize = captured.lines().iter().map(|line| line.text.len()).sum();
    let bytes = f64::from(u32::try_from(bytes).unwrap());
    assert!((value("rra_sink_written_bytes_total{sink=\"memory\"}") - bytes).abs() < 0.5);
    let writes = value("rra_sink_writes_total{sink=\"memory\"}");
    assert!(writes >= 2.0);
    let timed = value("rra_sink_write_duration_seconds_count{sink=\"memory\"}");
    assert!((timed - writes).abs() < 0.5);
    for (series, expected) in [
        (
            "rra_sink_errors_total{sink=\"memory\",error_type=\"other\"}",
            1.0,
        ),
        (
            "rra_sink_errors_total{sink=\"memory\",error_type=\"io\"}",
            0.0,
        ),
        ("rra_sink_retries_total{sink=\"memory\"}", 1.0),
    ] {
        assert!((value(series) - expected).abs() < 0.5, "{series}");
    }
    assert!(value("rra_sink_last_success_timestamp_seconds{sink=\"memory\"}") > 1e9);
    assert!(value("rra_sink_queue_capacity_events{sink=\"memory\"}") > 1000.0);
}

#[cfg(feature = "prometheus")]
#[test]
fn metrics_balance_with_what_was_refused_apart() {
    let (sink, _) = CapturingSink::new("memory");
    let sink = FailingSink::new(sink, [Failure::Fatal { after: 0 }]);
    let guard = Setup::new(without_file()).sink(sink).start().unwrap();
    // The first line of the log is rejected, and a gap and the last one follow.
    guard.handle().flush(LONG).unwrap();
    let handle = guard.handle();
    guard.shutdown(LONG);
    handle.emit(&failure()).unwrap_err();
    let text = handle.render_metrics();
    for line in [
        "rra_pipeline_events_accepted_total{sink=\"memory\"} 3\n",
        "rra_sink_written_events_total{sink=\"memory\"} 2\n",
        "rra_pipeline_events_dropped_total{sink=\"memory\",reason=\"rejected\"} 1\n",
        "rra_sink_queue_events{sink=\"memory\"} 0\n",
        "rra_pipeline_events_dropped_total{sink=\"memory\",reason=\"closed\"} 1\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}
