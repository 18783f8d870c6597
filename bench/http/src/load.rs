//! Load by wrk: as many requests as two cores give, and how long they took.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::service::{Service, processor_of_ended};

const CONNECTIONS: &str = "-c64";
const THREADS: &str = "-t2";

/// What one round of load came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Load {
    pub(crate) requests_per_second: f64,
    /// Milliseconds that half of the requests took at most.
    pub(crate) p50: f64,
    /// Milliseconds that all but one in a hundred took at most.
    pub(crate) p99: f64,
    /// Microseconds of processor that the service used for a request.
    pub(crate) service: f64,
    /// And with what its client used.
    pub(crate) both: f64,
}

/// Loads the service with the script for so long.
pub(crate) fn run(service: &Service, script: &Path, time: Duration) -> io::Result<Load> {
    let before = (service.processor()?, processor_of_ended()?);
    let output = Command::new("wrk")
        .args([THREADS, CONNECTIONS, "--latency", "-s"])
        .arg(script)
        .arg(format!("-d{}s", time.as_secs()))
        .arg(format!("http://{}/", service.api))
        .output()
        .map_err(|error| {
            io::Error::other(format!(
                "wrk cannot be started: {error}; apt-get install wrk"
            ))
        })?;
    let after = (service.processor()?, processor_of_ended()?);
    let text = String::from_utf8_lossy(&output.stdout);
    let load = parse(&text).map(|(requests, load)| {
        let service = (after.0 - before.0) / requests * 1e6;
        let client = (after.1 - before.1) / requests * 1e6;
        Load {
            service,
            both: service + client,
            ..load
        }
    });
    load.ok_or_else(|| io::Error::other(format!("wrk says something else:\n{text}")))
}

/// The number of requests and what wrk says of them. None when a connection failed: then the figures
/// are of something else.
fn parse(text: &str) -> Option<(f64, Load)> {
    if text.contains("Socket errors") {
        return None;
    }
    let words = |line: &'_ str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut load = Load::default();
    let mut requests = None;
    for line in text.lines().map(words) {
        match &line.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["50%", time] => load.p50 = milliseconds(time)?,
            ["99%", time] => load.p99 = milliseconds(time)?,
            ["Requests/sec:", rate] => load.requests_per_second = rate.parse().ok()?,
            [count, "requests", "in", ..] => requests = count.parse().ok(),
            _ => {}
        }
    }
    Some((requests?, load))
}

fn milliseconds(time: &str) -> Option<f64> {
    let (number, scale) = match time {
        _ if time.ends_with("us") => (time.strip_suffix("us")?, 1e-3),
        _ if time.ends_with("ms") => (time.strip_suffix("ms")?, 1.0),
        _ => (time.strip_suffix('s')?, 1e3),
    };
    Some(number.parse::<f64>().ok()? * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
Running 3s test @ http://127.0.0.1:8080/
  2 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   452.50us    1.10ms  31.17ms   97.90%
  Latency Distribution
     50%  237.00us
     99%    1.44ms
  261653 requests in 3.10s, 60.00MB read
Requests/sec:  87217.96
";

    #[test]
    fn the_figures_of_wrk_are_read() {
        let (requests, load) = parse(TEXT).expect("figures");
        let all = [requests, load.requests_per_second, load.p50, load.p99];
        let expected = [261_653.0, 87_217.96, 0.237, 1.44];
        assert!(
            all.iter()
                .zip(expected)
                .all(|(left, right)| (left - right).abs() < 1e-9)
        );
    }

    #[test]
    fn failed_connections_are_no_result() {
        let failed = format!("{TEXT}  Socket errors: connect 0, read 3, write 0, timeout 0\n");
        assert!(parse(&failed).is_none());
    }
}
