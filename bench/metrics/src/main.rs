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
    // The heap is looked at first, while no peer has threads that use it.
    let (unscraped, scrape) = (unscraped::table(), scrape::table());
    println!("{}\n{scrape}\n{unscraped}", operations::table());
}
