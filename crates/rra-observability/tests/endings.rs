//! Every way in which a process ends, in every kind of program: nothing that was accepted is lost and
//! nothing is there twice, in the log at once or after the next start. The table of [`Guard`] is this one.
//!
//! [`Guard`]: rra_observability::Guard

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rra_observability::schema::events::auth::{AuthMethod, Success};
use rra_observability::schema::{Event, SecurityEvent, read_strict};
use rra_observability::sink::{Overflow, Reason};
use rra_observability::{Config, EmitError, Guard, Setup, emit, init};
use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;
use signal_hook::low_level::raise;

const EVENTS: usize = 400;
/// Longer than any process here lives, so that only a hang reaches it.
const LONG: Duration = Duration::from_secs(20);
/// How the test tells its child what to do: the ending, the runtime and the log.
const ORDERS: &str = "RRA_TEST_ENDING";
const SIGABRT: i32 = 6;

/// What is in the log when the process is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Promise {
    /// Everything, and that it stopped for that reason.
    Stopped(&'static str),
    /// Everything.
    Written,
    /// Some of it; the rest after the next start.
    NextStart,
}

/// An ending: its name, how the process is seen to end (exit code, signal), what is in the log.
type Ending = (&'static str, (Option<i32>, Option<i32>), Promise);

const ENDINGS: [Ending; 10] = [
    ("return", (Some(0), None), Promise::Stopped("shutdown")),
    ("shutdown", (Some(0), None), Promise::Stopped("shutdown")),
    ("panic", (Some(101), None), Promise::Stopped("panic")),
    ("panic_of_a_worker", (None, Some(SIGABRT)), Promise::Written),
    ("panic_abort", (None, Some(SIGABRT)), Promise::Written),
    (
        "handled_sigterm",
        (Some(0), None),
        Promise::Stopped("shutdown"),
    ),
    (
        "forked_child",
        (Some(0), None),
        Promise::Stopped("shutdown"),
    ),
    ("exit", (Some(0), None), Promise::NextStart),
    ("abort", (None, Some(SIGABRT)), Promise::NextStart),
    ("sigterm", (None, Some(SIGTERM)), Promise::NextStart),
];
const RUNTIMES: [&str; 3] = ["none", "current_thread", "multi_thread"];

/// One test, because each child is this test once more.
#[test]
fn every_ending_keeps_its_promise_under_every_runtime() {
    if let Some(orders) = orders() {
        let orders: Vec<_> = orders.splitn(3, ' ').collect();
        live(orders[0], orders[1], Path::new(orders[2]));
        return;
    }
    for ending in ENDINGS {
        for runtime in RUNTIMES {
            check(ending, runtime);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how a test calls itself, and no setting of the library"
)]
fn orders() -> Option<String> {
    std::env::var(ORDERS).ok()
}

#[track_caller]
fn check((name, expected, promise): Ending, runtime: &str) {
    let what = format!("{name} under {runtime}");
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("logs/security.log");
    let status = run(name, runtime, &log);
    assert_eq!((status.code(), status.signal()), expected, "{what}");
    let found = Found::in_log(&log);
    match promise {
        Promise::Stopped(reason) => assert_eq!(found.stops, [reason], "{what}"),
        Promise::Written | Promise::NextStart => assert!(found.stops.is_empty(), "{what}"),
    }
    if promise != Promise::NextStart {
        assert_eq!(
            (found.numbers, found.is_torn),
            (EVENTS, false),
            "{what}: at the end"
        );
    }
    Setup::new(config(&log)).start().unwrap().shutdown(LONG);
    let found = Found::in_log(&log);
    assert_eq!(
        (found.numbers, found.is_torn),
        (EVENTS, false),
        "{what}: after the next start"
    );
}

/// Runs this test as a process that ends as it is told to.
fn run(ending: &str, runtime: &str, log: &Path) -> ExitStatus {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--nocapture")
        .env(ORDERS, format!("{ending} {runtime} {}", log.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > LONG {
            child.kill().unwrap();
            panic!("{ending} under {runtime} hangs");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What is in a log.
#[derive(Debug)]
struct Found {
    /// Events of the child, each of which was there once.
    numbers: usize,
    /// The reasons of `audit.stopped`.
    stops: Vec<String>,
    /// A write was cut short.
    is_torn: bool,
}

impl Found {
    #[track_caller]
    fn in_log(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let (mut ids, mut lines, mut stops) = (BTreeSet::new(), 0, Vec::new());
        for line in text[..whole].lines() {
            let event = read_strict(line).unwrap();
            match event.event_name().as_str() {
                "auth.success" => {
                    lines += 1;
                    ids.insert(event.event_id().unwrap().to_string());
                }
                "audit.stopped" => stops.push(reason(line)),
                _ => {}
            }
        }
        assert_eq!(ids.len(), lines, "some are there twice");
        Self {
            numbers: lines,
            stops,
            is_torn: whole < text.len(),
        }
    }
}

fn reason(line: &str) -> String {
    let (_, rest) = line.split_once("\"reason\":\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

fn config(log: &Path) -> Config {
    let mut config = Config {
        log_file: Some(log.to_owned()),
        metrics_address: cfg!(feature = "http").then(|| ([127, 0, 0, 1], 0).into()),
        ..Config::default()
    };
    config.journal.overflow = Overflow::Block;
    config
}

/// The child: one life under that runtime.
fn live(ending: &str, runtime: &str, log: &Path) {
    if ending == "panic_abort" {
        // What `panic = "abort"` does, which no test can be compiled with.
        std::panic::set_hook(Box::new(|_| std::process::abort()));
    }
    let program = Program::new(runtime);
    let guard = program.main(|| init(config(log)).unwrap());
    assert!(program.worker(emit_half));
    program.main(emit_half);
    match ending {
        "panic_of_a_worker" => {
            assert!(!program.worker(|| panic!("as told")));
            std::process::abort();
        }
        _ => program.main(|| end(ending, guard)),
    }
}

fn emit_half() {
    for _ in 0..EVENTS / 2 {
        emit(&event()).unwrap();
    }
}

fn event() -> Event<'static, Success<'static>> {
    Event::new(Success::new(AuthMethod::ApiKey))
}

fn end(ending: &str, guard: Guard) {
    match ending {
        "return" => drop(guard),
        "shutdown" => assert!(guard.shutdown(LONG).events.is_complete()),
        "panic" | "panic_abort" => panic!("as told"),
        "handled_sigterm" => {
            let mut signals = Signals::new([SIGTERM]).unwrap();
            raise(SIGTERM).unwrap();
            assert_eq!(signals.forever().next(), Some(SIGTERM));
            assert!(guard.shutdown(LONG).events.is_complete());
        }
        "forked_child" => fork(guard),
        "exit" => std::process::exit(0),
        "abort" => std::process::abort(),
        "sigterm" => raise(SIGTERM).unwrap(),
        _ => panic!("there is no ending {ending}"),
    }
}

/// A child that was forked and has called no `exec` yet is refused, and may drop what it inherited.
fn fork(guard: Guard) {
    let mut inherited = Some(guard);
    let in_child = move || {
        let refused = emit(&event()).unwrap_err();
        assert!(matches!(refused, EmitError::Refused(refused) if refused.reason == Reason::Forked));
        drop(inherited.take());
        Ok(())
    };
    let mut command = Command::new("true");
    #[expect(unsafe_code, reason = "the one way to a fork in the standard library")]
    // SAFETY: the C library that we test with keeps its allocator usable in a forked child.
    unsafe {
        command.pre_exec(in_child);
    }
    assert!(command.status().unwrap().success());
    // The parent's guard goes with the closure.
    drop(command);
}

/// A program of that kind.
enum Program {
    Plain,
    Async(tokio::runtime::Runtime),
}

impl Program {
    fn new(runtime: &str) -> Self {
        let mut builder = match runtime {
            "none" => return Self::Plain,
            "current_thread" => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        Self::Async(builder.build().unwrap())
    }

    /// Does it where the program's `main` is.
    fn main<T>(&self, work: impl FnOnce() -> T) -> T {
        match self {
            Self::Plain => work(),
            Self::Async(runtime) => runtime.block_on(async { work() }),
        }
    }

    /// Does it on another thread or in another task; whether it did not panic.
    fn worker(&self, work: impl FnOnce() + Send + 'static) -> bool {
        match self {
            Self::Plain => std::thread::spawn(work).join().is_ok(),
            Self::Async(runtime) => {
                let task = runtime.spawn(async { work() });
                runtime.block_on(task).is_ok()
            }
        }
    }
}
