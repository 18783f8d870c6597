//! What a service pays to emit a security event, beside the libraries it might use instead: same
//! events, same run, each in a process of its own, and the lines in the file counted afterwards.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark prints its tables for `cargo xtask bench`"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people: six digits are more than enough"
)]

mod clock;
mod peers;
mod rows;
mod run;

use std::path::Path;

#[global_allocator]
static HEAP: bench_measure::Counting = bench_measure::Counting;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [peer, log, load] = arguments.as_slice() else {
        return;
    };
    let entry = peers::PEERS
        .iter()
        .find(|entry| entry.name == peer)
        .expect("a peer's name");
    let load = serde_json::from_str(load).expect("a load as JSON");
    let cost = run::run(entry, Path::new(log), load);
    println!("{}", serde_json::to_string(&cost).expect("plain figures"));
}
