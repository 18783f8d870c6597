//! The example service as a process: built for release, started on free ports, watched, ended.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything the service does at its start or end.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);
/// Clock ticks of a second in `/proc`, on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// How much of the library a service runs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing of it.
    Bare,
    /// Log, metrics, context.
    Untraced,
    /// The same, and spans, of which this share is kept.
    Traced(&'static str),
    /// Log, metrics and context by other libraries, and spans of which this share is kept, if any are.
    Usual(Option<&'static str>),
}

impl Mode {
    /// Whether the library observes the service.
    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Untraced | Self::Traced(_))
    }
}

/// A running service.
pub(crate) struct Service {
    child: Child,
    folder: PathBuf,
    pub(crate) api: SocketAddr,
    pub(crate) admin: SocketAddr,
}

/// Builds the example, with us and with others, as a service is built that must be fast: as one piece.
pub(crate) fn build() -> io::Result<()> {
    let ours = ["--package", "rra-observability", "--example", "rra_service"];
    build_one(&[&ours[..], &["--features", "full"]].concat())?;
    let manifest = ["--manifest-path", "bench/Cargo.toml"];
    build_one(&[&manifest[..], &["--package", "bench-http-usual"]].concat())
}

fn build_one(which: &[&str]) -> io::Result<()> {
    let status = Command::new("cargo")
        .current_dir(root())
        .args(["build", "--release", "--target-dir", "target"])
        .args(which)
        .env("CARGO_PROFILE_RELEASE_LTO", "fat")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other("the example service does not build"))
}

impl Service {
    /// Starts it with an empty log and waits until it takes connections.
    pub(crate) fn start(mode: Mode, spans_to: SocketAddr) -> io::Result<Self> {
        let folder = root().join("target/bench-http");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let (api, admin) = free_ports()?;
        let mut command = command(mode, spans_to, &folder)?;
        command
            .args(["--listen", &api.to_string(), "--burst", "1000000000"])
            .env("RRA_SECURITY_LOG_FILE", folder.join("security.log"))
            .env("RRA_METRICS_ADDRESS", admin.to_string())
            .stdin(Stdio::null())
            .stdout(File::create(folder.join("out"))?);
        let mut service = Self {
            child: command.spawn()?,
            folder,
            api,
            admin,
        };
        service.wait_until(|service| TcpStream::connect(service.api).is_ok())?;
        Ok(service)
    }

    /// Seconds of processor that it has used.
    pub(crate) fn processor(&self) -> io::Result<f64> {
        processor(&self.child.id().to_string(), 14)
    }

    /// MiB of memory that it holds.
    pub(crate) fn memory(&self) -> io::Result<usize> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
        kib.map(|kib| kib / 1024)
            .ok_or_else(|| io::Error::other("no VmRSS in /proc"))
    }

    /// The page of metrics.
    pub(crate) fn scrape(&self) -> io::Result<String> {
        let mut connection = TcpStream::connect(self.admin)?;
        connection.write_all(b"GET /metrics HTTP/1.1\r\nhost: bench\r\n\r\n")?;
        let mut page = String::new();
        connection.read_to_string(&mut page)?;
        Ok(page)
    }

    /// Ends it as Ctrl-C does; returns its last words and its log.
    pub(crate) fn stop(mut self) -> io::Result<(String, String)> {
        let pid = self.child.id();
        // The standard library sends no signal but SIGKILL; every POSIX shell has `kill`.
        let kill = format!("kill -INT {pid}");
        Command::new("sh").args(["-c", &kill]).status()?;
        self.wait_until(|service| matches!(service.child.try_wait(), Ok(Some(_))))?;
        let words = fs::read_to_string(self.folder.join("out"))?;
        let log = fs::read_to_string(self.folder.join("security.log")).unwrap_or_default();
        Ok((words, log))
    }

    fn wait_until(&mut self, is_so: impl Fn(&mut Self) -> bool) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if is_so(self) {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        Err(io::Error::other("the example service does not react"))
    }
}

/// The program, and what its mode asks for.
fn command(mode: Mode, spans_to: SocketAddr, folder: &Path) -> io::Result<Command> {
    let mut ours = Command::new(root().join("target/release/examples/rra_service"));
    match mode {
        Mode::Bare => {
            ours.arg("--bare");
        }
        Mode::Untraced => {}
        Mode::Traced(share) => {
            let config = folder.join("rra.toml");
            let traces =
                format!("[traces]\nendpoint = \"http://{spans_to}\"\nsampling_ratio = {share}\n");
            fs::write(&config, traces)?;
            ours.env("RRA_CONFIG_FILE", config);
        }
        Mode::Usual(share) => {
            let mut usual = Command::new(root().join("target/release/bench-http-usual"));
            usual.arg("--log").arg(folder.join("security.log"));
            if let Some(share) = share {
                usual.args(["--spans-to", &format!("http://{spans_to}"), "--kept", share]);
            }
            return Ok(usual);
        }
    }
    Ok(ours)
}

/// Seconds of processor that programs have used which this one has started and seen end.
pub(crate) fn processor_of_ended() -> io::Result<f64> {
    processor("self", 16)
}

/// The sum of two times in the line that Linux keeps about a process, by the number of the first.
fn processor(process: &str, field: usize) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is a name in brackets and may hold spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let times = fields.split_whitespace().skip(field - 3).take(2);
    let ticks: f64 = times.filter_map(|time| time.parse::<f64>().ok()).sum();
    Ok(ticks / TICKS)
}

impl Drop for Service {
    fn drop(&mut self) {
        // Alive only if something failed; it must not stay behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The top folder of the repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Two ports of loopback that were free a moment ago.
fn free_ports() -> io::Result<(SocketAddr, SocketAddr)> {
    let any = || TcpListener::bind("127.0.0.1:0");
    let (api, admin) = (any()?, any()?);
    Ok((api.local_addr()?, admin.local_addr()?))
}
