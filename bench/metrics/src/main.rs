//! What moving and rendering metrics costs, beside the libraries a service might use instead.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark prints its tables for `cargo xtask bench`"
)]

mod operations;
mod peers;
mod scrape;
mod unscraped;

#[global_allocator]
static HEAP: bench_measure::Counting = bench_measure::Counting;

fn main() {
    println!("{}", operations::table());
    println!("{}", scrape::table());
    println!("{}", unscraped::table());
}
