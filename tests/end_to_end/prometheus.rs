//! A real Prometheus reads what the service serves.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rra_observability::schema::Event;
use rra_observability::schema::events::auth::{AuthFailureReason, Failure};
use rra_observability::{Config, Setup};

use super::LONG;

/// How often the server is asked again.
const POLL: Duration = Duration::from_millis(200);

#[test]
fn prometheus_counts_what_was_emitted() {
    let guard = Setup::new(Config {
        metrics_address: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        ..Config::default()
    })
    .start()
    .unwrap();
    for _ in 0..3 {
        guard
            .emit(&Event::new(Failure::new(AuthFailureReason::InvalidKey)))
            .unwrap();
    }

    let server = Server::scraping(guard.admin_address().unwrap());
    server.wait_for("up", "=> 1 ");
    server.wait_for(
        "rra_security_events_total{event_type=\"auth.failure\",severity=\"warning\"}",
        "=> 3 ",
    );
    assert!(guard.shutdown(LONG).events.is_complete());
}

/// A Prometheus server that ends with the test.
struct Server {
    process: Child,
    url: String,
    _directory: tempfile::TempDir,
}

impl Server {
    /// Starts it on a free port, scraping one target each second.
    fn scraping(target: SocketAddr) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let configuration = directory.path().join("prometheus.yml");
        let text = format!(
            "global: {{ scrape_interval: 1s }}\n\
             scrape_configs:\n  \
             - job_name: rra\n    \
             static_configs: [{{ targets: ['{target}'] }}]\n"
        );
        fs::write(&configuration, text).unwrap();
        let address = free_address();
        let process = start(&configuration, directory.path(), address);
        Self {
            process,
            url: format!("http://{address}"),
            _directory: directory,
        }
    }

    /// Asks until the answer contains the text.
    fn wait_for(&self, query: &str, expected: &str) {
        let start = Instant::now();
        loop {
            let answer = self.ask(query);
            if answer.contains(expected) {
                return;
            }
            assert!(start.elapsed() < LONG, "{query} stays at \"{answer}\"");
            thread::sleep(POLL);
        }
    }

    /// What promtool says; nothing while the server starts.
    fn ask(&self, query: &str) -> String {
        let answer = Command::new("promtool")
            .args(["query", "instant", &self.url, query])
            .output()
            .unwrap();
        String::from_utf8_lossy(&answer.stdout).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(configuration: &Path, directory: &Path, address: SocketAddr) -> Child {
    Command::new("prometheus")
        .arg(format!("--config.file={}", configuration.display()))
        .arg(format!("--storage.tsdb.path={}", directory.display()))
        .arg(format!("--web.listen-address={address}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// An address that was free a moment ago; Prometheus cannot choose one and say which.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
