//! What the whole library costs a service at the highest rate that the machine gives, beside what others
//! cost it, and whether its counts are exact at that rate.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark prints its tables for `cargo xtask bench`"
)]

mod exact;
mod hostile;
mod load;
mod receiver;
mod service;
mod tables;
mod traffic;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use load::Load;
use service::{Mode, Service};
use tables::Loads;

/// The services that are measured; the first is what the others are compared with.
const SERVICES: [(&str, Mode); 7] = [
    ("nothing", Mode::Bare),
    ("ours: log, metrics, context", Mode::Untraced),
    ("ours and traces, 1 % kept", Mode::Traced("0.01")),
    ("ours and traces, all kept", Mode::Traced("1")),
    ("the usual: log, metrics, context", Mode::Usual(None)),
    ("the usual and traces, 1 % kept", Mode::Usual(Some("0.01"))),
    ("the usual and traces, all kept", Mode::Usual(Some("1"))),
];
const ROUNDS: usize = 10;
const ROUND: Duration = Duration::from_secs(3);

fn main() -> io::Result<()> {
    service::build()?;
    let spans_to = receiver::start()?;
    println!("{}\n", exact::check(spans_to)?);
    println!("{}\n", hostile::check(spans_to)?);
    let script = std::env::temp_dir().join(format!("bench-http-{}.lua", std::process::id()));
    std::fs::write(&script, traffic::script())?;
    let loads = measure(&script, spans_to);
    std::fs::remove_file(&script)?;
    let loads = Loads(loads?);
    println!("### Goals\n\n{}", loads.goals());
    println!("### All\n\n{}", loads.table());
    Ok(())
}

/// Each service in turn, round after round, so that a busy moment of the machine meets all of them.
fn measure(script: &Path, spans_to: SocketAddr) -> io::Result<Vec<Vec<Load>>> {
    let mut loads = vec![Vec::new(); SERVICES.len()];
    for round in 0..ROUNDS {
        for turn in 0..SERVICES.len() {
            let at = (turn + round) % SERVICES.len();
            let service = Service::start(SERVICES[at].1, spans_to)?;
            loads[at].push(load::run(&service, script, ROUND)?);
            service.stop()?;
        }
        eprintln!("round {} of {ROUNDS}", round + 1);
    }
    Ok(loads)
}
