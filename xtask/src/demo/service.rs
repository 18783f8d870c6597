//! The example service as a process: builds it, starts it on free ports, asks how it is, ends it.

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rra_schema::configuration::VARIABLES;

use super::scrape::Samples;
use crate::failure::Failure;
use crate::program;

const READY_DEADLINE: Duration = Duration::from_secs(20);
/// Longer than the deadline the service gives itself.
const END_DEADLINE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(50);
/// What a service exposes only when asked to; the addresses of the demo are nobody's.
const CONFIGURATION: &str = "[metrics]\nby_source = true\n";

/// A running example service.
pub(crate) struct Service {
    child: Child,
    started: Instant,
    /// Where clients call.
    pub(crate) api: String,
    /// Where operators look: `/metrics`, `/health`, `/ready`.
    pub(crate) admin: String,
    /// The security log.
    pub(crate) log: PathBuf,
    /// What the service prints.
    output: PathBuf,
    ports: Ports,
}

/// Where the API and where the admin routes listen.
pub(crate) type Ports = (String, String);

/// What a service is started with.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The folder for log and output. What an earlier demo left there is removed.
    pub(crate) folder: PathBuf,
    /// Where traces go.
    pub(crate) trace_endpoint: String,
    /// Whether that is the person's own receiver, whose other settings then count too.
    pub(crate) has_own_receiver: bool,
    /// A log to replay instead of waiting for clients.
    pub(crate) input: Option<PathBuf>,
    /// Where it listens; on free ports when not given.
    pub(crate) ports: Option<Ports>,
    /// A certificate whose end it watches.
    pub(crate) certificate: Option<PathBuf>,
}

impl Service {
    /// Builds the example, starts it and waits until it is ready.
    ///
    /// # Errors
    /// When it does not build, does not start, or is not ready in time; with what it printed.
    pub(crate) fn start(plan: &Plan) -> Result<Self, Failure> {
        build()?;
        prepare(&plan.folder).map_err(|error| broken("the folder of the demo", &error))?;
        let ports = plan.ports.clone().map_or_else(free_ports, Ok);
        let (api, admin) = ports.map_err(|error| broken("free ports", &error))?;
        let log = plan.folder.join("security.log");
        let output = plan.folder.join("service.out");
        let configuration = plan.folder.join("rra.toml");
        fs::write(&configuration, CONFIGURATION)
            .map_err(|error| broken("the configuration", &error))?;
        let mut command = Command::new(example()?);
        // Embedded defaults, whatever the person's shell is set up for.
        for variable in VARIABLES.iter().map(|row| row.name) {
            if !(plan.has_own_receiver && variable.starts_with("OTEL_")) {
                command.env_remove(variable);
            }
        }
        command.args(["--listen", &api]);
        if let Some(input) = &plan.input {
            command.arg("--input").arg(input);
        }
        if let Some(certificate) = &plan.certificate {
            let named = format!("public={}", certificate.display());
            command.env("RRA_TLS_CERTIFICATES", named);
        }
        command
            .env("RRA_CONFIG_FILE", &configuration)
            .env("RRA_SECURITY_LOG_FILE", &log)
            .env("RRA_SERVICE_NAME", "rra-module")
            .env("RRA_ENVIRONMENT", "demo")
            .env("RRA_METRICS_ADDRESS", &admin)
            // The clients of the demo say for whom they ask, as a proxy would.
            .env("RRA_TRUSTED_PROXIES", "127.0.0.1")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &plan.trace_endpoint);
        let child = spawn(&mut command, &output).map_err(|error| broken("the service", &error))?;
        let mut service = Self {
            child,
            started: Instant::now(),
            api: format!("http://{api}"),
            admin: format!("http://{admin}"),
            log,
            output,
            ports: (api, admin),
        };
        service.wait_ready()?;
        Ok(service)
    }

    /// Where it listens, for one that takes its place.
    pub(crate) fn ports(&self) -> Ports {
        self.ports.clone()
    }

    /// How long it has run.
    pub(crate) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// What it serves at `/metrics` now.
    ///
    /// # Errors
    /// When it does not answer.
    pub(crate) fn scrape(&self) -> Result<Samples, Failure> {
        Ok(Samples::parse(&self.page()?))
    }

    /// The page of metrics as it is served.
    ///
    /// # Errors
    /// When the service does not answer.
    pub(crate) fn page(&self) -> Result<String, Failure> {
        let url = format!("{}/metrics", self.admin);
        let answer = ureq::get(&url)
            .call()
            .and_then(|mut answer| answer.body_mut().read_to_string());
        answer.map_err(|error| Failure::Broken(format!("{url} does not answer: {error}")))
    }

    /// Whether it is still there.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end as systemd and Kubernetes do, waits, and returns what it printed from then on.
    ///
    /// # Errors
    /// When it does not end in time or ends with an error.
    pub(crate) fn stop(mut self) -> Result<String, Failure> {
        let before = self.said().len();
        let pid = self.child.id();
        // The standard library sends no signal but SIGKILL; every POSIX shell has `kill`.
        let asked = Command::new("sh")
            .args(["-c", &format!("kill -TERM {pid}")])
            .status();
        asked.map_err(|error| broken("the end of the service", &error))?;
        let deadline = Instant::now() + END_DEADLINE;
        while self.is_running() && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        let said = self.said().split_off(before);
        match self.child.try_wait() {
            Ok(Some(status)) if status.success() => Ok(said),
            Ok(Some(status)) => Err(Failure::Broken(format!(
                "the service ended with {status}:\n{said}"
            ))),
            _ => Err(Failure::Broken(format!(
                "the service did not end within {END_DEADLINE:?}:\n{said}"
            ))),
        }
    }

    /// How many lines of the input it has read, and how many of them are no events, as it says itself.
    pub(crate) fn replayed(&self) -> (usize, usize) {
        let said = self.said();
        let last = |key| {
            let mut words = said.split_whitespace().rev();
            let count = words.find_map(|word| word.strip_prefix(key)?.parse().ok());
            count.unwrap_or_default()
        };
        (last("replayed="), last("no_events="))
    }

    fn wait_ready(&mut self) -> Result<(), Failure> {
        let url = format!("{}/ready", self.admin);
        let deadline = Instant::now() + READY_DEADLINE;
        while self.is_running() && Instant::now() < deadline {
            if ureq::get(&url).call().is_ok() {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        Err(Failure::Broken(format!(
            "the service is not ready; it said:\n{}",
            self.said()
        )))
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.output).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Only a demo that failed comes here with the service alive; it must not stay behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// With the features of the whole workspace, so that the tests and the demo build once.
fn build() -> Result<(), Failure> {
    program::run(
        program::program("cargo")
            .args(["build", "--workspace", "--all-features"])
            .args(["--example", "rra_service"]),
    )
}

/// Starts a service that writes to `output` and that Ctrl-C does not reach: it goes to the demo
/// alone, which then ends the service and reads its last words.
fn spawn(command: &mut Command, output: &Path) -> io::Result<Child> {
    let out = File::create(output)?;
    let both = out.try_clone()?;
    command
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(both)
        .process_group(0)
        .spawn()
}

/// Cargo puts examples into a folder beside the programs, this one among them.
fn example() -> Result<PathBuf, Failure> {
    let here = std::env::current_exe().map_err(|error| broken("the folder of cargo", &error))?;
    Ok(here.with_file_name("examples").join("rra_service"))
}

/// An empty folder: what an earlier demo left there is nothing that this one did.
pub(super) fn prepare(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

/// Two ports of loopback that were free a moment ago.
fn free_ports() -> io::Result<Ports> {
    let (api, admin) = (
        TcpListener::bind("127.0.0.1:0")?,
        TcpListener::bind("127.0.0.1:0")?,
    );
    Ok((
        api.local_addr()?.to_string(),
        admin.local_addr()?.to_string(),
    ))
}

fn broken(what: &str, error: &io::Error) -> Failure {
    Failure::Broken(format!("{what} cannot be had: {error}"))
}
