//! The fuzz targets, for the programs in `fuzz_targets`.

mod targets;

pub use targets::{read_lenient, redact, write_custom};
