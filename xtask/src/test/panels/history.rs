//! A history for a page of metrics: what it shows now as it may have grown.

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The labels of a recorded series.
const RECORDED: &str = "job=\"rra-module\",environment=\"production\"";

/// One sample for each series and each of the moments, up to `now`, in the form of OpenMetrics.
/// Counters grow evenly from 0 to what the page shows; everything else stays as it is.
pub(super) fn of(page: &str, instance: &str, now: SystemTime) -> String {
    let now = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let moments = moments(now);
    let first = moments.first().copied().unwrap_or(now);
    let target = format!("{RECORDED},instance=\"{instance}\"");
    let mut text = String::new();
    let series = page.lines().filter_map(|line| series(line, &target));
    // What Prometheus itself would have written meanwhile.
    let own = [
        (format!("up{{{target}}}"), 1.0),
        (format!("job:rra_api_requests:rate5m{{{RECORDED}}}"), 1.0),
    ];
    for (name, value) in series.chain(own) {
        let grows = ["_total{", "_bucket{", "_count{", "_sum{"]
            .iter()
            .any(|part| name.contains(part));
        for &moment in &moments {
            let share = seconds(moment - first) / seconds(now - first);
            let value = if grows { value * share } else { value };
            writeln!(text, "{name} {value} {moment}").expect("a String takes every write");
        }
    }
    text + "# EOF\n"
}

/// Sparse for 35 days, dense where a panel looks at rates: now, and a week ago.
fn moments(now: u64) -> Vec<u64> {
    let (minute, day) = (60, 86_400);
    let days = (1..=35).map(|ago| now - ago * day);
    let hours = (1..24).map(|ago| now - ago * 3600);
    let week = (0..20).map(|ago| now - 7 * day - ago * minute / 2 - 1);
    let dense = (1..40).map(|ago| now - ago * minute / 2);
    let mut moments: Vec<u64> = days.chain(hours).chain(week).chain(dense).collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Name with labels, the target's among them, and value of one line.
fn series(line: &str, target: &str) -> Option<(String, f64)> {
    let (name, value) = line.rsplit_once(' ').filter(|_| !line.starts_with('#'))?;
    let value = value.parse().ok()?;
    let name = match name.split_once('{') {
        Some((name, labels)) => format!("{name}{{{target},{labels}"),
        None => format!("{name}{{{target}}}"),
    };
    Some((name, value))
}

fn seconds(seconds: u64) -> f64 {
    Duration::from_secs(seconds).as_secs_f64()
}
