//! The file sink against what the world does to it: one program, so that everything links once.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crash;
mod effort;
mod faults;
mod kills;
mod modes;
mod neighbours;
mod openings;
mod oracle;
mod runs;
mod tampering;
mod victim;

use tempfile::TempDir;

/// In memory where there is such a place: many small files are slow on a disk.
fn memory_directory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}
