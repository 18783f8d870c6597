//! Starts each peer in each mode, round after round in another order, so that a busy moment of the
//! machine meets all of them; counts what they wrote, and stops at the first broken promise.

use std::env::current_exe;
use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::lines;
use crate::mode::{MODES, Mode};
use crate::peers::Entry;
use crate::results::{Outcome, Results};

/// How often each peer is measured in each mode.
const ROUNDS: usize = 5;

/// Measures everybody in everything.
///
/// # Errors
/// When a process fails, or what is in a file is not what was promised.
pub(crate) fn measure() -> Result<Results, Box<dyn Error>> {
    let mut results = Results::default();
    for round in 0..ROUNDS {
        for mode in MODES
            .into_iter()
            .filter(|mode| round == 0 || !mode.is_exact())
        {
            let peers = mode.peers();
            for turn in 0..peers.len() {
                let entry = peers[(turn + round) % peers.len()];
                results.push(mode, entry, run(entry, mode)?);
            }
            eprintln!("round {} of {ROUNDS}: {mode}", round + 1);
        }
    }
    Ok(results)
}

/// Starts the peer's process and looks at what it wrote. Its files are on the disk of the
/// workspace, because a temporary directory may be memory, which syncs at no cost.
fn run(entry: &'static Entry, mode: Mode) -> Result<Outcome, Box<dyn Error>> {
    let program = current_exe()?;
    let beside = program.parent().unwrap_or(Path::new("."));
    let directory = tempfile::tempdir_in(beside)?;
    let child = Command::new(&program)
        .args([entry.name, &mode.to_string()])
        .arg(directory.path())
        .stderr(Stdio::inherit())
        .output()?;
    let told = |what: String| format!("{}, {mode}: {what}", entry.name);
    if !child.status.success() {
        return Err(told(child.status.to_string()).into());
    }
    let written = lines::count(directory.path()).map_err(told)?;
    let emitted = mode.events(entry);
    if mode.is_lossless(entry) && written != emitted {
        return Err(told(format!("{written} of {emitted} events are in the file")).into());
    }
    if entry.is_ours() {
        lines::prove(directory.path()).map_err(told)?;
    }
    Ok(Outcome {
        cost: serde_json::from_slice(&child.stdout)?,
        emitted,
        written,
    })
}
