//! What the whole library costs a service at the highest rate that the machine gives, and whether its
//! counts are exact at that rate.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark prints its tables for `cargo xtask bench`"
)]

mod exact;
mod hostile;
mod load;
mod receiver;
mod service;
mod traffic;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use bench_measure::{Spread, Table};

use load::Load;
use service::{Mode, Service};

/// The services that are measured; the first is what the others are compared with.
const SERVICES: [(&str, Mode); 4] = [
    ("nothing", Mode::Bare),
    ("log, metrics, context", Mode::Untraced),
    ("the same and traces, 1 % kept", Mode::Traced("0.01")),
    ("the same and traces, all kept", Mode::Traced("1")),
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
    println!("{}", table(&loads?));
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

fn table(loads: &[Vec<Load>]) -> Table {
    let mut table = Table::new(&[
        "Observed by",
        "requests/s",
        "p50, ms",
        "p99, ms",
        "p99, times",
        "processor of the service, µs",
        "service and client together, µs",
        "requests/s, share",
        "by processor, share",
    ]);
    let spread = |at: usize, of: fn(&Load) -> f64| Spread::of(loads[at].iter().map(of).collect());
    let times = |at: usize, of| spread(at, of).median / spread(0, of).median;
    let (rate, p99) = (
        |load: &Load| load.requests_per_second,
        |load: &Load| load.p99,
    );
    for (at, (name, _)) in SERVICES.iter().enumerate() {
        table.row(&[
            name,
            &format!("{:.0}", spread(at, rate)),
            &format!("{:.2}", spread(at, |load| load.p50)),
            &format!("{:.2}", spread(at, p99)),
            &format!("{:.2}", times(at, p99)),
            &spread(at, |load| load.service),
            &spread(at, |load| load.both),
            &format!("{:.0} %", 100.0 * times(at, rate)),
            &format!("{:.0} %", 100.0 / times(at, |load| load.both)),
        ]);
    }
    table
}
