//! Starts the program of `victim/program.rs`, lets strace kill it or fail its calls, and keeps what
//! it told: the oracle that knows more than the log.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

/// Nothing here takes that long unless it hangs.
pub(crate) const LONG: Duration = Duration::from_mins(1);
const VICTIM: &str = env!("CARGO_BIN_EXE_rra-sink-file-victim");
const STDERR: &str = "stderr";
/// What the test tells itself when the victim is dead.
const END: &str = "end of victim";

/// A directory for a log, a journal and a socket.
pub(crate) struct Stage {
    directory: TempDir,
}

/// A running victim.
pub(crate) struct Victim {
    child: Child,
    stdin: Option<ChildStdin>,
    socket: PathBuf,
    told: Arc<Mutex<Vec<String>>>,
    times: Arc<Mutex<Vec<SystemTime>>>,
    listener: Option<JoinHandle<()>>,
}

/// How a victim ended and what it told until then.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) was_killed: bool,
    pub(crate) told: Vec<String>,
    /// When each word was heard: a little after it was told.
    pub(crate) times: Vec<SystemTime>,
}

/// The threads whose calls can be picked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Opens the log and repairs it.
    Main,
    /// Writes, syncs and rotates.
    Lane,
    /// Compresses and removes.
    Archive,
}

/// strace at work on one thread. Detaches when dropped.
pub(crate) struct Strace {
    child: Child,
    output: PathBuf,
}

impl Stage {
    /// In memory where there is such a place: a kill leaves the same behind there as on a disk.
    pub(crate) fn new() -> Self {
        Self {
            directory: super::memory_directory(),
        }
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.directory.path().join("logs/security.log")
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.directory.path().join("logs")
    }

    /// What its victims wrote to standard error.
    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(self.directory.path().join(STDERR)).unwrap()
    }

    /// Starts a victim on this stage that waits to open its log. Its journal outlives it.
    pub(crate) fn start(&self, arguments: &[&str]) -> Victim {
        self.start_by(Command::new(VICTIM), arguments)
    }

    /// The same with an umask.
    pub(crate) fn start_masked(&self, umask: &str, arguments: &[&str]) -> Victim {
        let mut shell = Command::new("sh");
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        shell.args(["-c", &script, VICTIM]);
        self.start_by(shell, arguments)
    }

    fn start_by(&self, mut program: Command, arguments: &[&str]) -> Victim {
        let journal = self.directory.path().join("journal");
        let socket = tempfile::Builder::new()
            .prefix("socket")
            .make_in(self.directory.path(), |path| UnixDatagram::bind(path));
        let (datagrams, socket) = socket.unwrap().into_parts();
        let socket = socket.keep().unwrap();
        let stderr = File::options()
            .create(true)
            .append(true)
            .open(self.directory.path().join(STDERR));
        let mut child = program
            .arg(self.log())
            .arg(&socket)
            .arg(format!("journal={}", journal.display()))
            .args(arguments)
            .stdin(Stdio::piped())
            .stderr(stderr.unwrap())
            .spawn()
            .unwrap();
        let told = Arc::default();
        let times = Arc::default();
        let listener = listen(datagrams, Arc::clone(&told), Arc::clone(&times));
        Victim {
            stdin: child.stdin.take(),
            child,
            socket,
            told,
            times,
            listener: Some(listener),
        }
    }

    /// A victim that only takes over what another one left.
    pub(crate) fn recover(&self, arguments: &[&str]) -> Ended {
        let mut victim = self.start(arguments);
        victim.step();
        victim.step();
        victim.wait()
    }
}

impl Victim {
    /// Lets it take its next step: open the log, then emit.
    pub(crate) fn step(&mut self) {
        // A victim that died already shows when it is waited for.
        let _ = self.stdin.as_mut().unwrap().write_all(b".");
    }

    /// Opens the log; whether it is still alive then.
    pub(crate) fn open(&mut self) -> bool {
        self.step();
        self.wait_for(|told| told.iter().any(|word| word == "opened"))
    }

    /// Waits until it has told enough; whether it lived long enough for that.
    pub(crate) fn wait_for(&mut self, is_enough: impl Fn(&[String]) -> bool) -> bool {
        let start = Instant::now();
        while !is_enough(&self.told.lock().unwrap()) {
            if self.child.try_wait().unwrap().is_some() {
                // What it told last may not have been heard yet.
                self.end_listening();
                return is_enough(&self.told());
            }
            assert!(start.elapsed() < LONG, "the victim hangs");
            thread::yield_now();
        }
        true
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Ended {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                start.elapsed() < LONG,
                "the victim hangs: {:?}",
                self.told().last()
            );
            thread::sleep(Duration::from_micros(200));
        };
        self.end_listening();
        Ended {
            code: status.code(),
            was_killed: status.signal() == Some(9),
            told: self.told(),
            times: self.times.lock().unwrap().clone(),
        }
    }

    /// Attaches strace to one of its threads, which has begun.
    pub(crate) fn strace(&mut self, target: Target, arguments: &[&str]) -> Strace {
        // The calls that load a program are not counted.
        self.wait_for(|told| !told.is_empty());
        let start = Instant::now();
        let thread = loop {
            // A thread has its name a moment after it has begun.
            match self.thread(target) {
                Some(thread) => break thread,
                None => assert!(start.elapsed() < LONG, "there is no thread {target:?}"),
            }
        };
        let output = self.socket.with_extension(format!("{target:?}"));
        let mut child = Command::new("strace")
            .args(["-o", output.to_str().unwrap(), "-p", &thread])
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace starts; Debian has it in the package strace");
        let mut said = String::new();
        let stderr = child.stderr.take().unwrap();
        BufReader::new(stderr).read_line(&mut said).unwrap();
        assert!(
            said.contains("attached"),
            "{said} (as root, or with kernel.yama.ptrace_scope=0)"
        );
        Strace { child, output }
    }

    fn thread(&self, target: Target) -> Option<String> {
        let name = match target {
            Target::Main => return Some(self.child.id().to_string()),
            Target::Lane => "rra-sink-file",
            Target::Archive => "rra-file-archiv",
        };
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let has_name = |path: &PathBuf| {
            fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim() == name)
        };
        let task = tasks.map(|task| task.unwrap().path()).find(has_name)?;
        Some(task.file_name().unwrap().to_str().unwrap().to_owned())
    }

    fn end_listening(&mut self) {
        if let Some(listener) = self.listener.take() {
            let datagrams = UnixDatagram::unbound().unwrap();
            datagrams.send_to(END.as_bytes(), &self.socket).unwrap();
            listener.join().unwrap();
        }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // A test that failed must leave nobody running.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !thread::panicking() {
            self.end_listening();
        }
    }
}

impl Strace {
    /// Waits until it has failed so many calls.
    pub(crate) fn wait_for_injections(&self, count: usize) {
        let start = Instant::now();
        let injected = |text: String| text.matches("INJECTED").count();
        while fs::read_to_string(&self.output).map_or(0, injected) < count {
            assert!(start.elapsed() < LONG, "too little was injected");
            thread::yield_now();
        }
    }

    /// Waits until the thread is gone; what was traced.
    pub(crate) fn output(mut self) -> String {
        self.child.wait().unwrap();
        fs::read_to_string(&self.output).unwrap()
    }
}

impl Drop for Strace {
    fn drop(&mut self) {
        // Its id may be somebody else's when it was waited for.
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let id = i32::try_from(self.child.id()).unwrap();
        let id = rustix::process::Pid::from_raw(id).unwrap();
        // It is gone already when its thread is.
        let _ = rustix::process::kill_process(id, rustix::process::Signal::INT);
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "compared with the clock of strace"
)]
fn listen(
    datagrams: UnixDatagram,
    told: Arc<Mutex<Vec<String>>>,
    times: Arc<Mutex<Vec<SystemTime>>>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 256];
        loop {
            let length = datagrams.recv(&mut buffer).unwrap();
            let word = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if word == END {
                return;
            }
            times.lock().unwrap().push(SystemTime::now());
            told.lock().unwrap().push(word);
        }
    })
}
