//! What a request span with one child costs, beside the libraries a service might use instead.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark prints its tables for `cargo xtask bench`"
)]

mod peers;
mod receiver;
mod table;

#[global_allocator]
static HEAP: bench_measure::Counting = bench_measure::Counting;

fn main() {
    let peers = peers::Peers::new();
    let settle = || {
        peers.losses();
    };
    println!("{}", table::table(&peers.cases(), settle));
    println!("{}", table::losses(&peers.losses()));
}
