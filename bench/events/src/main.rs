//! What a service pays to emit a security event, beside the libraries it might use instead: the
//! same events in the same run, each peer in a process of its own, and the lines in the file
//! counted afterwards.
//!
//! Without an argument this measures everybody, and fails when a line is missing that was promised.
//! With the names of a peer and a mode, and a directory, it is that peer's process; started by hand
//! so, it can be profiled.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark prints its tables for `cargo xtask bench`"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures for people: six digits are more than enough"
)]

mod clock;
mod goals;
mod line;
mod lines;
mod mode;
mod peers;
mod process;
mod results;
mod rounds;
mod rows;
mod tables;

use std::error::Error;
use std::path::Path;

#[global_allocator]
static HEAP: bench_measure::Counting = bench_measure::Counting;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => println!("{}", tables::report(&rounds::measure()?)),
        [peer, mode, directory] => {
            let entry = peers::named(peer).ok_or("there is no such peer")?;
            let mode = mode::named(mode).ok_or("there is no such mode")?;
            let cost = process::run(entry, mode, Path::new(directory));
            println!("{}", serde_json::to_string(&cost)?);
        }
        _ => return Err("usage: bench-events [PEER MODE DIRECTORY]".into()),
    }
    Ok(())
}
