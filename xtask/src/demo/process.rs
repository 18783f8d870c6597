//! A server of somebody else as a process: started on a free port, asked over HTTP, gone when it is
//! let go.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Body;
use ureq::http::Response;

use crate::failure::Failure;

/// How often it is asked whether it is ready.
const POLL: Duration = Duration::from_millis(100);
/// How long it may take to start on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// A running server.
pub(crate) struct Process {
    child: Child,
    url: String,
}

impl Process {
    /// Starts it in this folder and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started or does not get ready, with what it said.
    pub(crate) fn start(
        folder: &Path,
        name: &str,
        address: &str,
        arguments: &[&str],
    ) -> Result<Self, Failure> {
        let said = folder.join(format!("{name}.out"));
        let failed = |error: &dyn std::fmt::Display| {
            Failure::Broken(format!("{name} cannot be started: {error}; Debian has it"))
        };
        let output = File::create(&said).map_err(|error| failed(&error))?;
        let child = Command::new(name)
            .current_dir(folder)
            .args(arguments)
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            // Ctrl-C is for the demo, which ends them in order.
            .process_group(0)
            .spawn()
            .map_err(|error| failed(&error))?;
        let url = format!("http://{address}");
        let mut process = Self { child, url };
        let start = Instant::now();
        while ureq::get(&format!("{}/-/ready", process.url))
            .call()
            .is_err()
        {
            let is_over = process
                .child
                .try_wait()
                .is_ok_and(|status| status.is_some());
            if is_over || start.elapsed() > DEADLINE {
                let said = std::fs::read_to_string(&said).unwrap_or_default();
                return Err(failed(&said));
            }
            std::thread::sleep(POLL);
        }
        Ok(process)
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What Prometheus answers to a query; nothing when it does not.
    pub(crate) fn query(&self, query: &str) -> Value {
        let url = format!("{}/api/v1/query", self.url);
        let answer = ureq::post(&url)
            .config()
            .http_status_as_error(false)
            .build();
        let answer = answer.send_form([("query", query)]);
        read(answer).unwrap_or_default()
    }

    /// The JSON at a path; nothing when there is none.
    pub(crate) fn ask(&self, path: &str) -> Value {
        read(ureq::get(&format!("{}{path}", self.url)).call()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing of the stack is worth keeping, and a process that has ended is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that was free a moment ago; neither program can choose one and say which.
///
/// # Errors
/// When loopback has no free port.
pub(crate) fn free_address() -> Result<String, Failure> {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    address
        .map(|address| address.to_string())
        .map_err(|error| Failure::Broken(format!("loopback has no free port: {error}")))
}

fn read(answer: Result<Response<Body>, ureq::Error>) -> Option<Value> {
    let text = answer.ok()?.body_mut().read_to_string().ok()?;
    serde_json::from_str(&text).ok()
}
