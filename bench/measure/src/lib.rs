//! What every benchmark needs: cases measured in turn, allocations counted, results as Markdown.
//!
//! A benchmark is a program that prints Markdown to its standard output; `cargo xtask bench` takes
//! it from there. Progress goes to standard error.

mod allocations;
mod goals;
mod rounds;
mod table;

pub use allocations::{Allocations, Counting, allocations, live_bytes};
pub use goals::{Goal, Limit, goals};
pub use rounds::{Case, Spread, measure};
pub use table::Table;
